from __future__ import annotations

import importlib.util
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from config import Config
from referral.app import create_app
from referral.geo.precision import LARGE_MUNICIPALITIES
from referral.shared.database import DIRECTORY, DirectoryBase, db
from referral.shared.paths import MIGRATIONS

VERSIONS = sorted((MIGRATIONS / "versions").glob("*.py"))
SERVICE, ORGANIZATION, LOCATION = (uuid4().hex for _ in range(3))
ROWS = (
    "INSERT INTO revision (number, occurred_at, actor, reason) VALUES (1, :at, 'Exemple', 'import')",
    "INSERT INTO organization (id, slug, name_fr, revision) VALUES (:organization, 'exemple', 'Exemple', 1)",
    "INSERT INTO service (id, slug, organization_id, status, trust, name_fr, revision, version) "
    "VALUES (:service, 'exemple', :organization, 'active', 'sourced', 'Écoute', 1, 1)",
    "INSERT INTO location (id, organization_id, location_type, region_code) "
    "VALUES (:location, :organization, 'physical', '11')",
    "INSERT INTO verification (id, service_id, actor, method, occurred_at, from_trust, to_trust, outcome) "
    "VALUES (:service, :service, 'Exemple', 'import', :at, 'candidate', 'sourced', 'exemple')",
)
VALUES = {
    "organization": ORGANIZATION,
    "service": SERVICE,
    "location": LOCATION,
    "at": datetime(2026, 11, 24, tzinfo=UTC),
}


@pytest.fixture
def engine(database, tmp_path):
    """The engine of a database of the test's own, inside an application that migrates it."""
    config = Config(SECRET_KEY="exemple-" * 5, DIRECTORY_URL=database, EDITION_DIR=tmp_path, TESTING=True)
    with create_app(config).app_context():
        yield db.engines[DIRECTORY]
        db.engines[DIRECTORY].dispose()


def differences(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return compare_metadata(context, DirectoryBase.metadata)


def fill(engine):
    with engine.begin() as connection:
        for statement in ROWS:
            connection.execute(sa.text(statement), VALUES)


def dump(engine):
    tables = ("revision", "organization", "service", "location", "verification")
    with engine.connect() as connection:
        return {name: list(connection.execute(sa.text(f"SELECT * FROM {name}"))) for name in tables}  # noqa: S608


def test_models_and_migrations_agree(engine):
    upgrade()

    assert differences(engine) == []


def test_every_migration_can_be_undone_and_done_again(engine):
    for path in VERSIONS:
        number = path.name[:4]
        upgrade(revision=number)
        downgrade(revision="-1")
        upgrade(revision=number)

    assert differences(engine) == []


def test_undoing_all_leaves_nothing_behind(engine):
    upgrade()
    downgrade(revision="base")

    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            left = connection.execute(
                sa.text("SELECT proname FROM pg_proc WHERE proname = 'refuse_rewriting'")
            )
        else:
            left = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        assert left.all() == []


def test_rows_live_through_every_migration_after_the_first(engine):
    upgrade(revision="0001")
    fill(engine)
    before = dump(engine)
    upgrade()
    assert dump(engine) == before
    downgrade(revision="0001")

    assert dump(engine) == before


def test_history_can_be_written_and_not_rewritten(engine):
    upgrade()
    fill(engine)
    for table in ("verification", "revision"):
        for order in (f"UPDATE {table} SET actor = 'Autre'", f"DELETE FROM {table}"):  # noqa: S608
            with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="append-only"):
                connection.execute(sa.text(order))


def test_large_municipalities_are_those_of_the_geography(engine):
    upgrade()
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT name, region_code, population FROM large_municipality"))
        stored = {name: (region_code, population) for name, region_code, population in rows}

    assert stored == LARGE_MUNICIPALITIES


def test_foreign_keys_are_watched_again_after_a_migration(engine):
    upgrade()
    with engine.begin() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text(ROWS[2]), VALUES)


def test_migration_that_fails_leaves_the_database_as_it_was_before_the_first(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE listing_flag (id INTEGER)"))
    with pytest.raises((sa.exc.OperationalError, sa.exc.ProgrammingError), match="already exists"):
        upgrade()

    assert set(sa.inspect(engine).get_table_names()) - {"alembic_version"} == {"listing_flag"}


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_migration_imports_nothing_of_ours_and_is_numbered(path):
    text = path.read_text(encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    position = VERSIONS.index(path)

    assert not re.search(r"^\s*(from|import) (referral|config)", text, re.MULTILINE)
    assert migration.revision == path.name[:4] == f"{position + 1:04d}"
    assert migration.down_revision == (f"{position:04d}" if position else None)
