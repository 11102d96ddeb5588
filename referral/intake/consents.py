"""Grants: one reading makes one for each recipient; withdrawing one stops all reading under it at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.answers import Given, read_answers
from referral.intake.consent import (
    MOST_DAYS,
    PROPOSED_DAYS,
    AvoidedError,
    check_avoided,
    check_capacity,
    needs_express,
)
from referral.intake.held import Held
from referral.intake.hooks import Ending, tell_end
from referral.intake.models import Consent, ConsentItem
from referral.intake.packets import end_packets_of
from referral.intake.safe import Safe
from referral.intake.vocabulary import (
    AgeBand,
    Capacity,
    CaseEventKind,
    CaseStatus,
    ConsentMode,
    EndOfPacket,
    Item,
    Purpose,
)
from referral.shared.database import HELD

TARGET = "consent"
LONGEST_WORDS = 300
MOST_RECIPIENTS = 10
COPIES = ("given", "refused", "dangerous")
"""What became of the offer of a copy; to carry one may be dangerous."""
WAYS = ("in-person", "phone", "text", "email", "letter", "through-someone")
"""In which she may withdraw: any."""


class ReadingRefusedError(ValueError):
    """A reading makes no grant; ``reason`` is a code of ``REFUSALS``, ``about`` whom it is about."""

    def __init__(self, reason: str, about: UUID | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.about = about


REFUSALS = (
    "no-recipient",
    "too-many",
    "own-organization",
    "to-avoid",
    "region-to-avoid",
    "no-item",
    "not-express",
    "days",
    "too-long",
    "closed",
)


class NotInForceError(Exception):
    """A consent was withdrawn before, or its end has come."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read to her and what she said: to whom, which items, why, until when, and how."""

    recipients: tuple[UUID, ...]
    items: frozenset[Item]
    purpose: Purpose
    mode: ConsentMode
    language: str
    notice_version: str
    days: int = PROPOSED_DAYS
    capacity: Capacity = Capacity.SELF
    with_interpreter: bool = False
    is_express: bool = False
    copy: str = "refused"
    words: str = ""
    purpose_words: str = ""
    id: UUID | None = None
    """Of what was written down with one press: once only."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is sealed of a grant: why, and how it was given."""

    purpose: Purpose
    mode: ConsentMode
    capacity: Capacity
    language: str
    with_interpreter: bool
    is_express: bool
    copy: str
    words: str = ""
    purpose_words: str = ""


def grant(held: Held, reading: Reading, regions: Mapping[UUID, frozenset[str]]) -> list[Consent]:
    """Make one grant for each recipient; ``regions`` are those in which each of them is, as far as known.

    A reading that was written down before is left as it is, and makes none. Raises ReadingRefusedError,
    CapacityError; then nothing is granted.
    """
    if reading.id is not None and was_written(held, reading.id):
        return []
    answers = read_answers(held.session, held.case.id, held.safe)
    check_reading(held, reading)
    check_recipients(reading, answers, regions)
    check_capacity(age_of(answers), value_of(answers, "under_14"), reading.capacity)
    reading_id = reading.id or uuid.uuid4()
    made = [_grant_to(held, reading, receiver_id, reading_id) for receiver_id in reading.recipients]
    held.touch()
    return made


def was_written(held: Held, reading_id: UUID) -> bool:
    """Say whether a reading made its grants already."""
    statement = sa.select(Consent.id).where(Consent.case_id == held.case.id, Consent.reading_id == reading_id)
    return held.session.scalars(statement.limit(1)).first() is not None


def check_reading(held: Held, reading: Reading) -> None:
    """Refuse a reading that says too little or too much."""
    refused = {
        "closed": held.case.status not in {CaseStatus.DRAFT, CaseStatus.OPEN},
        "no-recipient": not reading.recipients,
        "too-many": len(reading.recipients) > MOST_RECIPIENTS
        or len(set(reading.recipients)) < len(reading.recipients),
        "own-organization": held.case.organization_id in reading.recipients,
        "no-item": not reading.items,
        "not-express": bool(needs_express(reading.items)) and not reading.is_express,
        "days": not 1 <= reading.days <= MOST_DAYS,
        "too-long": max(len(reading.words), len(reading.purpose_words)) > LONGEST_WORDS,
    }
    for reason, is_so in refused.items():
        if is_so:
            raise ReadingRefusedError(reason)


def check_recipients(
    reading: Reading, answers: Mapping[str, Given], regions: Mapping[UUID, frozenset[str]]
) -> None:
    """Refuse whom she asked to avoid."""
    values = {name: each.value for name, each in answers.items()}
    for receiver_id in reading.recipients:
        try:
            check_avoided(receiver_id, values, regions.get(receiver_id, frozenset()))
        except AvoidedError as error:
            raise ReadingRefusedError(error.reason, receiver_id) from error


def value_of(answers: Mapping[str, Given], name: str) -> Any:
    """Return what was answered to a question; None where it was not."""
    return answers[name].value if name in answers else None


def age_of(answers: Mapping[str, Given]) -> AgeBand | None:
    """Return the age band; None where it is not known."""
    value = value_of(answers, "age_band")
    return AgeBand(value) if value else None


def _grant_to(held: Held, reading: Reading, receiver_id: UUID, reading_id: UUID) -> Consent:
    consent_id = uuid.uuid4()
    told = {
        "purpose": reading.purpose,
        "purpose_words": reading.purpose_words.strip(),
        "words": reading.words.strip(),
        "copy": reading.copy,
        "mode": reading.mode,
        "capacity": reading.capacity,
        "language": reading.language,
        "with_interpreter": reading.with_interpreter,
        "is_express": reading.is_express,
    }
    consent = Consent(
        id=consent_id,
        case_id=held.case.id,
        reading_id=reading_id,
        receiver_id=receiver_id,
        days=reading.days,
        given_at=held.at,
        expires_at=held.at + timedelta(days=reading.days),
        notice_version=reading.notice_version,
        taken_by=held.user_id,
        sealed=held.safe.seal(place_of(consent_id), told),
        items=[ConsentItem(item=item) for item in sorted(reading.items)],
    )
    held.session.add(consent)
    held.session.flush()
    held.tell(CaseEventKind.CONSENTED, {"receiver": str(receiver_id), "items": sorted(reading.items)})
    _record(held, Action.CONSENT, consent_id)
    return consent


def _record(held: Held, action: Action, consent_id: UUID) -> None:
    event = Event(action, TARGET, consent_id, held.actor, held.case.organization_id)
    record(held.session, event, CASES_CHAIN)


def place_of(consent_id: UUID) -> str:
    """Return the place that what is sealed of a grant is bound to."""
    return f"consent.{consent_id}"


def read_told(consent: Consent, safe: Safe) -> Told:
    """Return what was sealed of a grant; ``safe`` is that of its file."""
    plain = safe.open(place_of(consent.id), consent.sealed)
    codes = {
        "purpose": Purpose(plain["purpose"]),
        "mode": ConsentMode(plain["mode"]),
        "capacity": Capacity(plain["capacity"]),
    }
    return Told(**{**plain, **codes})


def withdraw(held: Held, consent: Consent, way: str) -> Consent:
    """End a grant at once, and whatever was sent under it; its keys go after the commit.

    Any worker of the organization may write it down, in whatever way it was said. Raises NotInForceError
    where it was withdrawn before; one whose end has come may still be withdrawn.
    """
    if consent.withdrawn_at is not None:
        raise NotInForceError
    consent.withdrawn_at, consent.withdrawn_by = held.at, held.user_id
    held.session.flush()
    tell_end(held.session, Ending(consent.id, EndOfPacket.WITHDRAWN, held.actor, held.at))
    ended = end_packets_of(held, consent, EndOfPacket.WITHDRAWN)
    held.touch()
    held.tell(
        CaseEventKind.WITHDRAWN,
        {"receiver": str(consent.receiver_id), "way": way if way in WAYS else None, "ended": ended},
    )
    _record(held, Action.WITHDRAWAL, consent.id)
    return consent


def find_consent(session: Session, case_id: UUID, consent_id: UUID, *, lock: bool = False) -> Consent | None:
    """Return a grant of one file, as it is now."""
    found = session.get(Consent, consent_id, with_for_update=HELD if lock else None, populate_existing=True)
    return found if found is not None and found.case_id == case_id else None


def list_consents(session: Session, case_id: UUID) -> Sequence[Consent]:
    """Return every grant of a file with its items, the latest first."""
    statement = (
        sa.select(Consent)
        .where(Consent.case_id == case_id)
        .options(selectinload(Consent.items))
        .order_by(Consent.given_at.desc(), Consent.id)
    )
    return session.scalars(statement).all()


def has_expired(consent: Consent, at: datetime) -> bool:
    """Say whether a grant ended by itself."""
    return consent.withdrawn_at is None and consent.expires_at <= at
