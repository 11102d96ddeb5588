"""A rotation of the master key that is killed at any step leaves all readable, and can be run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from contextlib import ExitStack
from itertools import product

import pytest
from flask_migrate import upgrade

from config import Config
from referral.app import create_app
from referral.intake.safe import make_safe, open_safes, ring
from referral.keyring.folder import list_masters
from referral.keyring.models import Kind
from referral.keyring.queries import list_needed
from referral.keyring.services import Thing, create_master
from referral.shared.clock import now
from referral.shared.database import KEYS, close_sessions, db, keys_session, writing
from tests import postgresql
from tests.conftest import AUDIT_KEY, SECRET_KEY
from tests.rotating import STEPS, WHEN
from tests.soak.test_killed_builds import ROOT

DATABASES = ("DIRECTORY_URL", "CASES_URL", "KEYS_URL")
ORGANIZATIONS, PATIENCE_SECONDS = 3, 120

pytestmark = pytest.mark.soak


@pytest.fixture
def settings(backend, tmp_path):
    """The variables of an installation with case files."""
    given = {"DEVELOPMENT": "1", "SECRET_KEY": SECRET_KEY, "AUDIT_KEY": AUDIT_KEY}
    given |= {"EDITION_DIR": str(tmp_path / "editions"), "SEALING_DIR": str(tmp_path / "sealing")}
    given |= {"MASTER_KEY_DIR": str(tmp_path / "masters")}
    with ExitStack() as stack:
        for name in DATABASES:
            is_file = backend == "sqlite"
            url = (
                f"sqlite:///{tmp_path}/{name}.db"
                if is_file
                else stack.enter_context(postgresql.empty_database())
            )
            given[name] = url
        yield {f"RELAIS_{name}": value for name, value in given.items()}


@pytest.fixture
def safes(settings):
    """What was sealed for several organizations, in an installation that has a master key."""
    with create_app(Config.from_environment(settings)).app_context():
        upgrade()
        with writing(keys_session(), KEYS):
            create_master(ring(), now())
        yield [make_safe(Thing(Kind.CASE, uuid.uuid4(), uuid.uuid4()), now()) for _ in range(ORGANIZATIONS)]
        close_sessions()
        for engine in db.engines.values():
            engine.dispose()


def start(settings, *command):
    outside = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=outside | settings | {"FLASK_SKIP_DOTENV": "1"},
        check=False,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )
    return done.returncode


def are_read(safes):
    keys_session().rollback()
    return {each: safe.key for each, safe in open_safes(each.thing for each in safes).items()} == {
        each.thing: each.key for each in safes
    }


@pytest.mark.parametrize(("step", "when"), list(product(STEPS, WHEN)))
def test_killed_at_a_step_everything_is_read_and_the_next_rotation_ends(settings, safes, step, when):
    assert start(settings, "tests.rotating", step, when) == -signal.SIGKILL
    assert are_read(safes)

    assert start(settings, "flask", "--app", "wsgi", "relais", "keys", "rotate") == 0
    assert are_read(safes)
    (needed,) = list_needed(keys_session())
    assert needed.organizations == ORGANIZATIONS
    assert needed.fingerprint in list_masters(ring().folder)
