from __future__ import annotations

import pytest

from referral.intake.safe import ring
from referral.keyring.folder import list_masters, remove_master
from referral.keyring.services import create_master
from referral.shared.clock import now
from referral.shared.database import KEYS, keys_session, writing


@pytest.fixture
def keys(app, session, tmp_path, monkeypatch):
    """The application's keys in a folder of the test's own, without any master key yet."""
    monkeypatch.setitem(app.config, "MASTER_KEY_DIR", tmp_path / "masters")
    return ring()


@pytest.fixture
def made(keys):
    """The first master key, made."""
    with writing(keys_session(), KEYS):
        return create_master(keys, now())


@pytest.fixture
def lose(keys):
    """Return a function that loses every master key's file."""

    def lose() -> None:
        for name in list_masters(keys.folder):
            remove_master(keys.folder, name)

    return lose
