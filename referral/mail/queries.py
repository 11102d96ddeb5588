"""Reads of the outbox, for the operator: never a recipient nor a text."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.mail.models import OUTBOXES, Outbox, OutboxRow
from referral.shared.database import db


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that was not sent."""

    id: uuid.UUID
    kind: str
    created_at: datetime
    due_at: datetime
    attempts: int
    dead_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many letters wait, since when the oldest does, and how many are dead."""

    waiting: int
    oldest: datetime | None
    dead: int


def count_all_unsent() -> Counts:
    """Count what was not sent, in every database that this application has."""
    waiting, dead, oldest = 0, 0, []
    for outbox, name in list_outboxes():
        with Session(db.engines[name]) as session:
            counts = count_unsent(session, outbox)
        waiting, dead = waiting + counts.waiting, dead + counts.dead
        oldest += [counts.oldest] if counts.oldest else []
    return Counts(waiting, min(oldest, default=None), dead)


def list_outboxes() -> list[tuple[type[OutboxRow], str]]:
    """Return the outbox of each database that this application has, with the database's name."""
    named = [(outbox, str(outbox.metadata.info["bind_key"])) for outbox in OUTBOXES]  # type: ignore[attr-defined]
    return [(outbox, name) for outbox, name in named if name in db.engines]


def list_unsent(session: Session, outbox: type[OutboxRow] = Outbox) -> Sequence[Waiting]:
    """Return what was not sent: the dead first, then what waits for longest."""
    columns = [getattr(outbox, name) for name in Waiting.__slots__]
    statement = (
        sa.select(*columns)
        .where(outbox.sent_at.is_(None))
        .order_by(outbox.dead_at.is_(None), outbox.created_at)
    )
    return [Waiting(**row._asdict()) for row in session.execute(statement)]


def count_unsent(session: Session, outbox: type[OutboxRow] = Outbox) -> Counts:
    """Count what was not sent."""
    alive = sa.case((outbox.dead_at.is_(None), outbox.created_at))
    statement = sa.select(sa.func.count(alive), sa.func.min(alive), sa.func.count(outbox.dead_at)).where(
        outbox.sent_at.is_(None)
    )
    waiting, oldest, dead = session.execute(statement).one()
    return Counts(waiting, oldest, dead)
