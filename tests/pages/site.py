"""The public site on a fictional edition, without any database: these tests run once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages.example import LISTINGS, ExampleEdition, make_app


@pytest.fixture(scope="session")
def edition() -> ExampleEdition:
    """The fictional edition."""
    return ExampleEdition(LISTINGS)


@pytest.fixture(scope="session")
def app(edition: ExampleEdition, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that has the edition and no database."""
    return make_app(tmp_path_factory.mktemp("public"), edition)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def empty_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A browser on a site whose first edition was not built yet."""
    with make_app(tmp_path_factory.mktemp("empty"), None).test_client() as browser:
        yield browser
