"""A demonstration on an empty database, with its fictional catalogue and people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from referral.accounts import passwords
from referral.catalogue.importing import import_catalogue
from referral.demo.seeding import seed
from referral.shared.clock import now
from referral.shared.database import writing
from tests import postgresql
from tests.conftest import Visitor, migrated_app
from tools.demo import CATALOGUE


@pytest.fixture(scope="session")
def app(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One demonstration a worker and a backend."""
    folder = tmp_path_factory.mktemp("demo")
    if backend == "sqlite":
        yield from migrated_app(f"sqlite:///{folder}/test.db", folder / "editions", DEMO=True)
    else:
        with postgresql.empty_database() as url:
            yield from migrated_app(url, folder / "editions", DEMO=True)


@pytest.fixture
def catalogue(session: Session) -> Session:
    """Hold the fictional catalogue."""
    with writing(session):
        import_catalogue(session, CATALOGUE, "Exemple")
    return session


@pytest.fixture
def seeded(catalogue: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Hold the fictional people too; hashing passwords that nobody knows would only take long."""
    monkeypatch.setattr(passwords, "make_hash", lambda _password: "a hash")
    with writing(catalogue):
        seed(catalogue, now())
    return catalogue


@pytest.fixture
def visitor(app: Flask, seeded: Session) -> FlaskClient:
    """A browser without JavaScript at a demonstration that has everything."""
    app.test_client_class = Visitor
    return app.test_client()
