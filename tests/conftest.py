"""Databases, the application and browsers, for every test.

A test that asks for ``database``, ``app``, ``session`` or ``client`` runs twice: on SQLite
and on PostgreSQL. A test that asks for none of them runs once.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from config import Config
from referral.shared import encryption
from referral.shared.database import (
    CASES,
    DIRECTORY,
    KEYS,
    WRITES,
    CasesBase,
    DirectoryBase,
    KeysBase,
    close_sessions,
    db,
)
from tests import postgresql
from tools import browser as browsers

REAL_COST = encryption.COST
encryption.COST = 2**4
"""Recovery codes are tried by tests only, which need no quarter of a second for each."""

BACKENDS = ("sqlite", "postgresql")
ON_ONE_BACKEND = pytest.mark.parametrize("backend", BACKENDS[:1], indirect=True)
"""Of a walk through pages that asks the policy and the templates, and nothing of the database system."""
SECRET_KEY = "a-key-for-tests-0123456789-abcdefghij"  # noqa: S105
AUDIT_KEY = "a-key-for-the-audit-0123456789-abcdef"

unexpected: list[str] = []
"""Tests that were skipped, or expected to fail: none may be."""


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder of this run's PostgreSQL; workers inherit the name."""
    if not hasattr(config, "workerinput"):
        postgresql.open_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL once every worker has ended."""
    if not hasattr(config, "workerinput"):
        postgresql.close_folder()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what was skipped or expected to fail."""
    if report.skipped or hasattr(report, "wasxfail"):
        unexpected.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note the files that were skipped whole."""
    if report.skipped:
        unexpected.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run in which a test was skipped or expected to fail."""
    if unexpected and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests were skipped."""
    for nodeid in unexpected:
        terminalreporter.write_line(f"skipped, which no test may be: {nodeid}", red=True)


@sa.event.listens_for(sa.Engine, "connect")
def hurry_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Let SQLite go on before the disk has written, as PostgreSQL does here: no test cuts the power."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Name of the database system that the test runs on."""
    return str(request.param)


@pytest.fixture
def database(backend: str, tmp_path: Path) -> Iterator[str]:
    """Address of a database of the test's own that holds nothing, not even tables."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path}/test.db"
    else:
        with postgresql.empty_database() as url:
            yield url


@pytest.fixture(scope="session")
def app(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application a worker and a backend, on a database that the migrations made."""
    folder = tmp_path_factory.mktemp("app")
    with ExitStack() as stack:
        names = {"DIRECTORY_URL": "test", "CASES_URL": "cases", "KEYS_URL": "keys"}
        if backend == "sqlite":
            urls = {setting: f"sqlite:///{folder}/{name}.db" for setting, name in names.items()}
        else:
            urls = {setting: stack.enter_context(postgresql.empty_database()) for setting in names}
        yield from migrated_app(urls.pop("DIRECTORY_URL"), folder / "editions", **urls)


def migrated_app(url: str, editions: Path, **more: Any) -> Iterator[Flask]:
    """Make an application on empty databases and bring those to the last migration."""
    from referral.app import create_app  # noqa: PLC0415  # tests of pure rules need no application

    editions.mkdir()
    config = Config(
        SECRET_KEY=SECRET_KEY,
        AUDIT_KEY=AUDIT_KEY,
        AUDIT_WITNESS=editions.parent / "audit-witness.json",
        DIRECTORY_URL=url,
        EDITION_DIR=editions,
        SEALING_DIR=editions.parent / "sealing",
        MASTER_KEY_DIR=editions.parent / "master-keys",
        TESTING=True,
        **more,
    )
    app = create_app(config)
    with app.app_context():
        upgrade()
        app.extensions["filled_by_migrations"] = filled_tables(db.engines[DIRECTORY])
        app.extensions["written"] = watch_writes()
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def watch_writes() -> set[str]:
    """Return the names of the databases of case files that a test wrote to: only they are emptied."""
    written: set[str] = set()
    for name in db.engines.keys() & {CASES, KEYS}:

        def note(connection: sa.Connection, name: str = name) -> None:
            if connection.get_execution_options().get(WRITES):
                written.add(name)

        sa.event.listen(db.engines[name], "begin", note)
    return written


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session on a database without rows; tests commit as the application does."""
    with app.app_context():
        yield db.session()
        db.session.remove()
        close_sessions()
        empty_tables(db.engines[DIRECTORY], DirectoryBase, app.extensions["filled_by_migrations"])
        for base in (CasesBase, KeysBase):
            if (name := base.metadata.info["bind_key"]) in app.extensions["written"]:
                empty_tables(db.engines[name], base, frozenset())
        app.extensions["written"].clear()
        empty_folder(app.config["EDITION_DIR"])
        forget_edition(app)


def forget_edition(app: Flask) -> None:
    """Let the next test begin with a reader that knows no edition: one never goes back to a lower number."""
    from referral.edition import reader  # noqa: PLC0415  # tests of pure rules need no application

    reader.init_app(app)


class Visitor(FlaskClient):
    """A browser without JavaScript, each of whose requests has a context of its own, as when served.

    The context that ``session`` holds would otherwise lend its ``g`` to every request of a test.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request."""
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser without JavaScript."""
    app.test_client_class = Visitor
    return app.test_client()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the one real browser of a worker: Playwright runs once in a process."""
    path = browsers.find_browser()
    assert path is not None, browsers.ADVICE
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=browsers.flags())
        yield launched
        launched.close()


def filled_tables(engine: sa.Engine) -> frozenset[str]:
    """Return the tables in which the migrations put rows: emptying leaves them alone."""
    with engine.connect() as connection:
        return frozenset(
            table.name
            for table in DirectoryBase.metadata.sorted_tables
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
        )


def empty_tables(engine: sa.Engine, base: type[DeclarativeBase], kept: frozenset[str]) -> None:
    """Delete every row, also where triggers refuse it to the application."""
    tables = [table for table in reversed(base.metadata.sorted_tables) if table.name not in kept]
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            for table in tables:
                connection.execute(table.delete())
        else:
            empty_sqlite(connection, tables)


def empty_sqlite(connection: sa.Connection, tables: list[sa.Table]) -> None:
    """Delete every row with the triggers out of the way, then put them back."""
    connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
    triggers = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for table in tables:
        connection.execute(table.delete())
    for _, statement in triggers:
        connection.exec_driver_sql(statement)


def empty_folder(folder: Path) -> None:
    """Remove what a test left in the folder of editions."""
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry)
        else:
            Path(entry).unlink()
