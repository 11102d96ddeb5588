"""What is communicated without consent: rare, by one person, for one person, written down once.

Sources: P-39.1 s. 18.1 and A-2.1 s. 59.1 (serious risk of death or serious injury, and urgency; only
what is necessary); Youth Protection Act s. 39; docs/privacy.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.held import Held
from referral.intake.models import Disclosure
from referral.intake.safe import Safe, make_safe
from referral.intake.vocabulary import Basis, CaseEventKind
from referral.keyring.models import Kind
from referral.keyring.services import Thing

TARGET = "disclosure"
PLACE = "disclosure"
LONGEST = 600
PARTS = ("facts", "items", "recipient")


class DisclosureRefusedError(ValueError):
    """Something is missing or too long; ``part`` is of ``PARTS``, ``reason`` ``empty`` or ``too-long``."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part}: {reason}")
        self.part = part
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Told:
    """What was communicated: on what ground, the facts of urgency, what exactly, and to whom."""

    basis: Basis
    facts: str
    items: str
    recipient: str


def check_told(told: Told) -> None:
    """Refuse an entry that does not say all; raises DisclosureRefusedError."""
    for part in PARTS:
        text = getattr(told, part).strip()
        if not text:
            raise DisclosureRefusedError(part, "empty")
        if len(text) > LONGEST:
            raise DisclosureRefusedError(part, "too-long")


def prepare(organization_id: uuid.UUID, at: datetime, made: uuid.UUID | None = None) -> Safe:
    """Make the key of an entry; it outlives the file's, as long as the register must keep the entry."""
    return make_safe(Thing(Kind.DISCLOSURE, made or uuid.uuid4(), organization_id), at)


def disclose(held: Held, told: Told, safe: Safe) -> Disclosure:
    """Write down what somebody communicates, in the register and on the file's timeline.

    Raises DisclosureRefusedError.
    """
    check_told(told)
    plain = {part: getattr(told, part).strip() for part in PARTS}
    actor = held.actor
    row = Disclosure(
        id=safe.thing,
        organization_id=held.case.organization_id,
        case_id=held.case.id,
        basis=told.basis,
        made_at=held.at,
        author_id=actor.user_id if actor else None,
        author_name=actor.name if actor else "",
        sealed=safe.seal(PLACE, plain),
    )
    held.session.add(row)
    held.touch()
    held.tell(CaseEventKind.DISCLOSED, {"basis": told.basis, "recipient": plain["recipient"]})
    event = Event(Action.DISCLOSURE, TARGET, row.id, actor, row.organization_id)
    record(held.session, event, CASES_CHAIN)
    return row


def read_told(row: Disclosure, safe: Safe) -> Told:
    """Return what an entry says."""
    plain: dict[str, Any] = safe.open(PLACE, row.sealed)
    return Told(row.basis, plain["facts"], plain["items"], plain["recipient"])


def list_disclosures(
    session: Session, organization_id: uuid.UUID, limit: int, offset: int = 0
) -> Sequence[Disclosure]:
    """Return the register of an organization, the latest first."""
    statement = (
        sa.select(Disclosure)
        .where(Disclosure.organization_id == organization_id)
        .order_by(Disclosure.made_at.desc(), Disclosure.id)
    )
    return session.scalars(statement.limit(limit).offset(offset)).all()


def count_disclosures(session: Session, organization_id: uuid.UUID) -> int:
    """Return how many entries the register has."""
    statement = sa.select(sa.func.count()).select_from(Disclosure)
    return session.scalars(statement.where(Disclosure.organization_id == organization_id)).one()
