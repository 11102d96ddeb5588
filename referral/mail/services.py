"""Puts letters into the outbox and sends what is due.

A letter is claimed in a short transaction, sent outside of any, and its fate noted in another: no lock
is held while a mail server is waited for. A process killed in between leaves the claim to run out, and
the letter is sent again under the same Message-ID.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from referral.audit.services import NotWritingError
from referral.mail.letters import Message, next_try
from referral.mail.models import Outbox, OutboxRow
from referral.mail.sealing import UnreadableLetterError, open_sealed, seal
from referral.mail.sending import Parcel, PutOffError, RefusedError, Sender, UnreachableError
from referral.mail.writing import write_letter
from referral.shared.clock import now
from referral.shared.database import db, is_writing, writing

CLAIM = timedelta(minutes=15)
AFTER_SILENCE = timedelta(minutes=2)
MOST_SECONDS = 300
"""Of one delivery, well within a claim."""
KEPT = timedelta(days=30)
"""For a letter that was sent, whose text is gone, and for a dead one."""


@dataclass(slots=True)
class Delivery:
    """What came of one delivery."""

    sent: int = 0
    put_off: int = 0
    dead: int = 0
    is_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A letter that is ours to send."""

    id: uuid.UUID
    attempts: int
    created_at: datetime
    sealed: bytes


def enqueue(session: Session, message: Message, outbox: type[OutboxRow] = Outbox) -> None:
    """Put a letter into the outbox in the caller's transaction: it is sent if that commits, and once.

    Raises LetterError at once where it cannot be written, and NotWritingError.
    """
    engine = db.engines[database_of(outbox)]
    if not is_writing(session, engine):
        raise NotWritingError
    at = now()
    values = {
        "id": uuid.uuid4(),
        "key": message.key,
        "kind": message.kind,
        "created_at": at,
        "due_at": at,
        "attempts": 0,
        "sealed": seal(write_letter(message)),
    }
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(outbox).values(**values).on_conflict_do_nothing(index_elements=["key"]))


def enqueue_apart(message: Message, outbox: type[OutboxRow] = Outbox) -> None:
    """Put a letter into the outbox in a short transaction of its own; not while ``writing``."""
    name = database_of(outbox)
    with Session(db.engines[name]) as session, writing(session, name):
        enqueue(session, message, outbox)


def deliver_due(session: Session, sender: Sender, at: datetime, outbox: type[OutboxRow] = Outbox) -> Delivery:
    """Send what is due at a moment, each letter once however many deliver; stops where no server answers."""
    delivery = Delivery()
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline and (claim := claim_next(session, at, outbox)):
        deliver(session, claim, sender, at, outbox, delivery)
        if delivery.is_unreachable:
            break
    return delivery


def claim_next(session: Session, at: datetime, outbox: type[OutboxRow] = Outbox) -> Claim | None:
    """Take the letter that is due for longest, so that nobody else sends it meanwhile."""
    statement = (
        sa.select(outbox)
        .where(outbox.sent_at.is_(None), outbox.dead_at.is_(None), outbox.due_at <= at)
        .order_by(outbox.due_at, outbox.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with writing(session, database_of(outbox)):
        row = session.scalars(statement).one_or_none()
        if row is None:
            return None
        row.due_at, row.attempts = at + CLAIM, row.attempts + 1
        return Claim(row.id, row.attempts, row.created_at, row.sealed or b"")


def deliver(  # noqa: PLR0913, PLR0917  # one letter, and everything that its fate depends on
    session: Session,
    claim: Claim,
    sender: Sender,
    at: datetime,
    outbox: type[OutboxRow],
    delivery: Delivery,
) -> None:
    """Send one letter and note what came of it."""
    try:
        sender.send(Parcel(claim.id, claim.created_at, open_sealed(claim.sealed)))
    except UnreadableLetterError:
        delivery.dead += 1
        note(session, claim, outbox, dead_at=at, reason="unreadable")
    except RefusedError as error:
        delivery.dead += 1
        note(session, claim, outbox, dead_at=at, reason=error.reason)
    except UnreachableError as error:
        delivery.is_unreachable = True
        soon, as_before = at + AFTER_SILENCE, claim.attempts - 1
        note(session, claim, outbox, due_at=soon, attempts=as_before, reason=error.reason)
    except PutOffError as error:
        again = next_try(claim.attempts, at)
        if again is None:
            delivery.dead += 1
            note(session, claim, outbox, dead_at=at, reason=error.reason)
        else:
            delivery.put_off += 1
            note(session, claim, outbox, due_at=again, reason=error.reason)
    else:
        delivery.sent += 1
        note(session, claim, outbox, sent_at=at, sealed=None, reason=None)


def note(session: Session, claim: Claim, outbox: type[OutboxRow], **values: object) -> None:
    """Write what became of a letter, unless its claim ran out and another took it."""
    mine = (outbox.id == claim.id, outbox.attempts == claim.attempts, outbox.sent_at.is_(None))
    with writing(session, database_of(outbox)):
        session.execute(sa.update(outbox).where(*mine).values(**values))


def retry_dead(session: Session, letter_id: uuid.UUID | None, outbox: type[OutboxRow] = Outbox) -> int:
    """Let a dead letter, or all, be tried again at once; returns how many."""
    which: list[sa.ColumnElement[bool]] = [outbox.dead_at.is_not(None), outbox.sealed.is_not(None)]
    if letter_id is not None:
        which.append(outbox.id == letter_id)
    fresh = {"dead_at": None, "attempts": 0, "due_at": now()}
    result = session.execute(sa.update(outbox).where(*which).values(**fresh))
    return int(result.rowcount)  # type: ignore[attr-defined]


def discard(session: Session, letter_id: uuid.UUID, outbox: type[OutboxRow] = Outbox) -> int:
    """Delete a letter that was not sent; returns how many, one or none."""
    which = (outbox.id == letter_id, outbox.sent_at.is_(None))
    return int(session.execute(sa.delete(outbox).where(*which)).rowcount)  # type: ignore[attr-defined]


def forget_old(session: Session, at: datetime, outbox: type[OutboxRow] = Outbox) -> None:
    """Delete what was sent, or died, long enough ago."""
    old = at - KEPT
    session.execute(sa.delete(outbox).where(sa.or_(outbox.sent_at < old, outbox.dead_at < old)))


def database_of(outbox: type[OutboxRow]) -> str:
    """Return the name of the database that an outbox is in."""
    return str(outbox.metadata.info["bind_key"])  # type: ignore[attr-defined]
