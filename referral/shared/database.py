"""Database handles and types shared by every feature.

Each database has its own declarative base; its ``bind_key`` is where Flask-SQLAlchemy
finds its engine. There is no default database: a process given no address has none.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry

from referral.shared.turns import turn

DIRECTORY, CASES, KEYS = "directory", "cases", "keys"
WRITES = "writes"
SESSIONS = "relais_sessions"
HELD: dict[str, Any] = {"key_share": True}
"""How a row is locked to be written (``with_for_update``): whoever only refers to it need not wait.

PostgreSQL asks for a row that another refers to each time that one is written twice; two who hold one row
each would otherwise wait for each other.
"""


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware datetimes in and out, also where the backend forgets the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive values and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give back what SQLite stored without its zone."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
STORED_ENUM = sa.Enum(
    StrEnum,
    native_enum=False,
    length=32,
    values_callable=lambda members: [member.value for member in members],
)


class DirectoryBase(DeclarativeBase):
    """Base of the tables of the directory: catalogue, vetting, accounts."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING, info={"bind_key": DIRECTORY}),
        type_annotation_map={datetime: UtcDateTime(), date: sa.Date(), StrEnum: STORED_ENUM},
    )


class CasesBase(DeclarativeBase):
    """Base of the tables of case files; what tells of a person is sealed in them."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING, info={"bind_key": CASES}),
        type_annotation_map={datetime: UtcDateTime(), date: sa.Date(), StrEnum: STORED_ENUM},
    )


class KeysBase(DeclarativeBase):
    """Base of the tables of keys, each wrapped by another; kept and backed up apart."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING, info={"bind_key": KEYS}),
        type_annotation_map={datetime: UtcDateTime(), date: sa.Date(), StrEnum: STORED_ENUM},
    )


BASES = (DirectoryBase, CasesBase, KeysBase)


class Identified:
    """A public identifier that says nothing and cannot be guessed from another."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)


db = SQLAlchemy()
migrate = Migrate(render_as_batch=True)


def directory_session() -> Session:
    """Return this context's session on the directory database."""
    session: Session = db.session()
    return session


def cases_session() -> Session:
    """Return this context's session on the case files; it shares no transaction with another's."""
    return _own_session(CASES)


def keys_session() -> Session:
    """Return this context's session on the store of keys."""
    return _own_session(KEYS)


def _own_session(database: str) -> Session:
    """Return the session of this context on one database; raises NoSuchDatabaseError."""
    sessions: dict[str, Session] = g.setdefault(SESSIONS, {})
    if database not in sessions:
        if database not in db.engines:
            raise NoSuchDatabaseError(database)
        sessions[database] = Session(db.engines[database])
    return sessions[database]


def close_sessions(_error: BaseException | None = None) -> None:
    """Give the connections of this context back."""
    for session in g.pop(SESSIONS, {}).values():
        session.close()


class NoSuchDatabaseError(LookupError):
    """No address of a database was given to the process."""


class AlreadyWritingError(RuntimeError):
    """Somebody who writes began to write again elsewhere: each would wait for the other."""


_writes_to: ContextVar[frozenset[str]] = ContextVar("writes_to", default=frozenset())


@contextmanager
def writing(session: Session, database: str = DIRECTORY) -> Iterator[Session]:
    """Hold the write lock from the first statement on; commit at the end, or undo everything.

    SQLite would otherwise take its lock at the first write, after reads that another
    writer may have made stale, and answer "locked" without waiting. There, writers also take
    turns (``shared.turns``); PostgreSQL queues by itself. Raises TooLongAWaitError, or
    AlreadyWritingError inside itself, on both.
    """
    if database in _writes_to.get():
        raise AlreadyWritingError(database)
    engine = db.engines[database]
    session.rollback()
    token = _writes_to.set(_writes_to.get() | {database})
    try:
        with turn_of(engine):
            session.connection(bind_arguments={"bind": engine}, execution_options={WRITES: True})
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
    finally:
        _writes_to.reset(token)


def turn_of(engine: sa.Engine) -> AbstractContextManager[None]:
    """Return what waits for one's turn at a file of SQLite, and for nothing elsewhere."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        return nullcontext()
    return turn(Path(f"{path}-turns"))


def is_writing(session: Session, engine: sa.Engine) -> bool:
    """Say whether a transaction was begun by ``writing``, so that no writer will be told "locked"."""
    connection = session.connection(bind_arguments={"bind": engine})
    return bool(connection.get_execution_options().get(WRITES, False))


@sa.event.listens_for(sa.Engine, "connect")
def prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Make SQLite check foreign keys, wait for its lock and leave transactions to us."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for setting in (
            "foreign_keys = ON",
            "busy_timeout = 5000",
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {setting}")


@sa.event.listens_for(sa.Engine, "begin")
def begin_sqlite(connection: sa.Connection) -> None:
    """Begin for real, and at once as a writer where the transaction will write."""
    if connection.dialect.name == "sqlite":
        immediate = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
