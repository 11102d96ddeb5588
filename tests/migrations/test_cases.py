"""The databases of case files and of their keys, as the migrations make them."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from config import Config
from referral.app import create_app
from referral.shared.database import CASES, KEYS, CasesBase, KeysBase, db
from tests import postgresql

BASES = {CASES: CasesBase, KEYS: KeysBase}
LAST_BEFORE_FILES = "0013"


@pytest.fixture
def engines(backend, tmp_path):
    """The three databases of an application, without any table yet."""
    names = ("DIRECTORY_URL", "CASES_URL", "KEYS_URL")
    config = {"SECRET_KEY": "exemple-" * 5, "TESTING": True, "EDITION_DIR": tmp_path}
    config |= {"AUDIT_KEY": "exemple-audit-" * 3, "MASTER_KEY_DIR": tmp_path / "masters"}
    if backend == "sqlite":
        yield from migrated(config | {name: f"sqlite:///{tmp_path}/{name}.db" for name in names})
        return
    with ExitStack() as stack:
        urls = {name: stack.enter_context(postgresql.empty_database()) for name in names}
        yield from migrated(config | urls)


def migrated(config):
    with create_app(Config(**config)).app_context():
        upgrade()
        yield db.engines
        for engine in db.engines.values():
            engine.dispose()


def differences(engine, base):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return compare_metadata(context, base.metadata)


@pytest.mark.parametrize("name", BASES)
def test_models_and_migrations_agree(engines, name):
    assert differences(engines[name], BASES[name]) == []


@pytest.mark.parametrize("name", BASES)
def test_undoing_them_leaves_no_table_trigger_or_function_behind(engines, name):
    downgrade(revision=LAST_BEFORE_FILES)

    assert sa.inspect(engines[name]).get_table_names() == ["alembic_version"]
    with engines[name].connect() as connection:
        if engines[name].dialect.name == "postgresql":
            left = "SELECT proname FROM pg_proc WHERE proname LIKE '%refuses%'"
        else:
            left = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        assert connection.execute(sa.text(left)).all() == []


@pytest.mark.parametrize("name", BASES)
def test_undone_they_can_be_done_again(engines, name):
    downgrade(revision=LAST_BEFORE_FILES)
    upgrade()

    assert differences(engines[name], BASES[name]) == []
