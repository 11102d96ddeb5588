from __future__ import annotations

import pytest

from referral.web.limits import EXTENSION
from tests.edition.conftest import Directory, build

__all__ = ["build"]


@pytest.fixture
def service(app, session, build):
    """A listing that is shown, on an application that counts from nought who writes to it."""
    app.extensions[EXTENSION].reset()
    made = Directory(session).add("Maison Exemple")
    build()
    return made
