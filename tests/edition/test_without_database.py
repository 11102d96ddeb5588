"""The public directory answers when its database is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from werkzeug.routing import Rule

from config import Config
from referral.app import create_app
from referral.edition.builder import build_edition
from referral.edition.reader import READER
from referral.shared.database import DIRECTORY, db, directory_session
from tests import postgresql
from tests.conftest import SECRET_KEY
from tests.edition.conftest import Directory


@dataclass
class Installation:
    """A directory of its own, published, whose database can be taken away."""

    url: str
    take_away: Callable[[], None]


@contextmanager
def own_sqlite(folder: Path) -> Iterator[Installation]:
    """A file, to be removed."""
    path = folder / "own.db"

    def remove() -> None:
        for file in folder.glob("own.db*"):
            file.unlink()

    yield Installation(f"sqlite:///{path}", remove)


@contextmanager
def own_postgresql(_folder: Path) -> Iterator[Installation]:
    """A server of its own, to be stopped."""
    with postgresql.own_server() as folder:
        stop = lambda: postgresql.stop(folder)  # noqa: E731
        yield Installation(f"postgresql+psycopg://postgres@/postgres?host={folder}", stop)


@pytest.fixture(params=[own_sqlite, own_postgresql], ids=["file removed", "server stopped"])
def app_without_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application that published one service and then lost its database."""
    with request.param(tmp_path) as installation:
        editions = tmp_path / "editions"
        sealing = tmp_path / "sealing"
        app = create_app(
            Config(SECRET_KEY, DIRECTORY_URL=installation.url, EDITION_DIR=editions, SEALING_DIR=sealing)
        )
        with app.app_context():
            upgrade()
            Directory(directory_session()).add("Service Exemple")
            build_edition(directory_session(), editions, "sourced", 3)
            db.session.remove()
            db.engines[DIRECTORY].dispose()
        installation.take_away()
        yield app


def public_addresses(app: Flask) -> list[str]:
    """Return an address for every rule that can be asked for, in both languages."""
    listing = app.extensions[READER].current().listing(0)
    values = {"service_id": listing.id, "organization_id": listing.organization.id, "name": "style.css"}
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments <= {"language", *values} and not is_door(rule):
            for language in ("fr", "en"):
                given = {name: (values | {"language": language})[name] for name in rule.arguments}
                found.append(adapter.build(rule.endpoint, given))
    return sorted(set(found))


DOORS = frozenset({"accounts", "apply", "gaps", "house", "links", "listings", "vetting"})


def is_door(rule: Rule) -> bool:
    """Say whether an address is for who signs in, holds a link or asks to be listed."""
    return rule.endpoint.partition(".")[0] in DOORS


def test_every_public_page_answers_without_its_database(app_without_database):
    client: FlaskClient = app_without_database.test_client()
    addresses = public_addresses(app_without_database)

    assert {address: client.get(address).status_code for address in addresses} == {
        address: 302 if address == "/" else 200 for address in addresses
    }


def test_a_process_without_credentials_answers_all_but_what_must_be_written_down(app_without_database):
    editions = app_without_database.config["EDITION_DIR"]
    sealing = app_without_database.config["SEALING_DIR"]
    bare = create_app(Config(SECRET_KEY, EDITION_DIR=editions, SEALING_DIR=sealing)).test_client()

    addresses = public_addresses(app_without_database)
    answers = {address: bare.get(address).status_code for address in addresses}

    assert {address for address, status in answers.items() if status == 503} == {
        address for address in addresses if address.endswith(("/fix", "/unmet-need", "/what-came-of-it"))
    }
    assert set(answers.values()) == {200, 302, 503}
