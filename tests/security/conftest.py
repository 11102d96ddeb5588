from __future__ import annotations

import pytest

from referral.edition import reader
from referral.edition.builder import build_edition
from referral.web.limits import EXTENSION
from tests.edition.conftest import Directory


@pytest.fixture
def build(app, session):
    """Return a function that publishes what the directory holds to a reader that knew nothing before."""
    reader.init_app(app)
    yield lambda published_from="sourced": build_edition(
        session, app.config["EDITION_DIR"], published_from, kept=3
    )
    reader.init_app(app)


@pytest.fixture
def service(app, session, build):
    """A listing that is shown, on an application that counts from nought who writes to it."""
    app.extensions[EXTENSION].reset()
    made = Directory(session).add("Maison Exemple")
    build()
    return made
