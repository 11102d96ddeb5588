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
from tests.migrations.test_cases_rules import ITEM, PACKET, ROWS, USER, insert

BASES = {CASES: CasesBase, KEYS: KeysBase}
LAST_BEFORE_FILES = "0013"
LAST_BEFORE_REFERRALS = "0015"


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


def read_by(engine):
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(CasesBase.metadata.tables["packet_reading"].c.read_by)))


def test_undoing_referrals_takes_what_was_read_by_a_link_and_what_is_kept_stays_guarded(engines):
    engine = engines[CASES]
    with engine.begin() as connection:
        for name, given in ROWS:
            insert(connection, name, given)
        insert(connection, "packet_reading", {"packet_id": PACKET, "item": ITEM, "read_by": USER})
    assert set(read_by(engine)) == {USER, None}

    for move, kept in ((lambda: downgrade(revision=LAST_BEFORE_REFERRALS), [USER]), (upgrade, [USER])):
        move()
        assert read_by(engine) == kept
        for order in ("DELETE FROM packet_reading", "UPDATE packet_reading SET item = item"):
            with pytest.raises(sa.exc.IntegrityError, match="append-only"), engine.begin() as connection:
                connection.execute(sa.text(order))
