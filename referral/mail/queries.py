"""Reads of the outbox, for the operator: never a recipient nor a text."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.mail.models import Outbox, OutboxRow


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
