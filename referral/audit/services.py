"""Writes of the audit: an event in the caller's transaction, or in a short one of its own.

Rows are appended when the transaction commits, after all else: the head's lock is the last taken,
so that nobody waits for somebody's whole transaction and no two can wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction

from referral.audit.chain import GENESIS, authenticate, segment_at
from referral.audit.events import LONGEST_NAME, Event
from referral.audit.models import CHAINS, DIRECTORY_CHAIN, Chain, HeadRow, covered
from referral.shared.clock import now
from referral.shared.database import db, is_writing, writing

PENDING = "relais.audit.pending"
KEY = "relais.audit.key"
HEAD_ID = 1


class NoAuditKeyError(RuntimeError):
    """Something must be recorded and no key was configured: nothing is done rather than unrecorded."""


class NotWritingError(RuntimeError):
    """An act was recorded outside ``writing``, where SQLite may answer "locked" under load."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits for its transaction to commit, with the key and the moment of its recording."""

    event: Event
    chain: Chain
    key: bytes
    at: datetime
    transaction: SessionTransaction | None


def list_chains() -> list[Chain]:
    """Return the chain of each database that this application has."""
    return [chain for chain in CHAINS if chain.name in db.engines]


def chain_of(database: str) -> Chain:
    """Return the chain of a database by the database's name."""
    return next(chain for chain in CHAINS if chain.name == database)


def current_key() -> bytes:
    """Return the key of this application; raises NoAuditKeyError."""
    key: bytes | None = current_app.extensions.get(KEY)
    if key is None:
        raise NoAuditKeyError
    return key


def record(session: Session, event: Event, chain: Chain = DIRECTORY_CHAIN) -> None:
    """Record an act in the transaction that does it: both are kept, or neither."""
    transaction = session.get_nested_transaction() or session.get_transaction()
    waiting = session.info.setdefault(PENDING, [])
    waiting.append(Pending(event, chain, current_key(), now(), transaction))


def record_apart(event: Event, chain: Chain = DIRECTORY_CHAIN) -> None:
    """Record a view, a refusal or a sign-in at once, whatever becomes of the request.

    Must not be called while ``writing``; raises what the database raises, so that what cannot
    be recorded is not shown.
    """
    with Session(db.engines[chain.name]) as session, writing(session, chain.name):
        record(session, event, chain)


def record_or_feign(session: Session, event: Event, *, feigned: bool) -> None:
    """Record an act of the directory at once, or do the same work and undo it.

    So nobody tells by the time that an answer takes whether something was recorded.
    """
    with session.begin_nested() as savepoint:
        append(session, DIRECTORY_CHAIN, [Pending(event, DIRECTORY_CHAIN, current_key(), now(), savepoint)])
        if feigned:
            savepoint.rollback()


@sa.event.listens_for(Session, "before_commit")
def append_pending(session: Session) -> None:
    """Append what was recorded, in order; a savepoint that ends is no commit."""
    if not session.info.get(PENDING) or session.in_nested_transaction():
        return
    session.flush()
    waiting: list[Pending] = session.info.pop(PENDING)
    for chain in dict.fromkeys(each.chain for each in waiting):
        append(session, chain, [each for each in waiting if each.chain is chain])


@sa.event.listens_for(Session, "after_soft_rollback")
def forget_pending(session: Session, undone: SessionTransaction) -> None:
    """Forget what was recorded in what was undone."""
    waiting: list[Pending] = session.info.get(PENDING, [])
    session.info[PENDING] = [each for each in waiting if not _is_within(each.transaction, undone)]


def _is_within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    """Say whether a transaction is another or a savepoint in it; None began with the next outermost."""
    if transaction is None:
        return outer.parent is None
    while transaction is not None:
        if transaction is outer:
            return True
        transaction = transaction.parent
    return False


def append(session: Session, chain: Chain, waiting: list[Pending]) -> None:
    """Give each event the next number and move the head, which stays locked until the commit."""
    if not is_writing(session, db.engines[chain.name]):
        raise NotWritingError
    key = waiting[0].key
    head = lock_head(session, chain, waiting[0])
    rows = []
    for each in waiting:
        month = segment_at(each.at, head.segment)
        if month != head.segment:
            close_segment(session, chain, head, key)
            head.segment, head.first_number, head.first_previous = month, head.number + 1, head.mac
        row = describe(each.event, each.at) | {"number": head.number + 1, "segment": month}
        row |= {"previous": head.mac}
        row["mac"] = authenticate(key, *covered(chain, row["number"], row))
        head.number, head.mac = row["number"], row["mac"]
        rows.append(row)
    head.seal = authenticate(key, chain.name, "head", *head.sealed())
    session.flush()
    session.execute(sa.insert(chain.event), rows)


def describe(event: Event, at: datetime) -> dict[str, Any]:
    """Return the columns that tell the act."""
    actor = event.actor
    return {
        "occurred_at": at,
        "action": event.action.value,
        "target_type": event.target_type,
        "target_id": None if event.target_id is None else str(event.target_id),
        "actor": actor.name[:LONGEST_NAME] if actor else None,
        "user_id": actor.user_id if actor else None,
        "acting_for": actor.acting_for if actor else None,
        "organization_id": event.organization_id,
    }


def lock_head(session: Session, chain: Chain, first: Pending) -> HeadRow:
    """Return the head, locked until the commit; made with the first event."""
    statement = sa.select(chain.head).with_for_update().execution_options(populate_existing=True)
    if head := session.scalars(statement).one_or_none():
        return head
    engine = db.engines[chain.name]
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    month = segment_at(first.at, None)
    values = {"id": HEAD_ID, "number": 0, "segment": month, "first_number": 1, "first_previous": GENESIS}
    session.execute(
        dialect.insert(chain.head).values(**values, mac=GENESIS, seal=GENESIS).on_conflict_do_nothing()
    )
    return session.scalars(statement).one()


def close_segment(session: Session, chain: Chain, head: HeadRow, key: bytes) -> None:
    """Write where the month that is over began and ended."""
    row = chain.segment()
    row.segment, row.expired_at = head.segment, None
    row.first_number, row.last_number = head.first_number, head.number
    row.first_previous, row.last_mac = head.first_previous, head.mac
    row.seal = authenticate(key, chain.name, "segment", *row.sealed())
    session.add(row)


def expire_segments(session: Session, months: int, chain: Chain = DIRECTORY_CHAIN) -> list[str]:
    """Let go of the rows of months that ended more than so many months ago; returns the months.

    The segment stays with both its ends, so that the chain can still be followed across it.
    """
    at, key = now(), current_key()
    oldest = months_before(at, months)
    statement = (
        sa.select(chain.segment)
        .where(chain.segment.segment < oldest, chain.segment.expired_at.is_(None))
        .order_by(chain.segment.segment)
    )
    gone = session.scalars(statement).all()
    for row in gone:
        row.expired_at = at
        row.seal = authenticate(key, chain.name, "segment", *row.sealed())
        session.flush()
        session.execute(sa.delete(chain.event).where(chain.event.segment == row.segment))
    return [row.segment for row in gone]


def months_before(at: datetime, months: int) -> str:
    """Return the month so many before a moment's."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return f"{year:04d}-{month + 1:02d}"
