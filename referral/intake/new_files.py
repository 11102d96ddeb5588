"""Begins files, at once or as they already stand elsewhere; pressing a button twice begins one only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.intake import cases
from referral.intake.answers import Given, save_answers
from referral.intake.cases import IllegalStepError, Step
from referral.intake.held import Held
from referral.intake.models import Case
from referral.intake.safe import Safe, make_safe, open_safe, open_safes
from referral.intake.vocabulary import Said
from referral.keyring.models import Kind
from referral.keyring.services import Thing
from referral.shared.clock import QUEBEC
from referral.shared.seals import make_seal

USE = "intake.entry"
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Entered:
    """A file that is open already elsewhere, as somebody enters it."""

    deputy_id: UUID
    step: Step
    opened_on: date
    answers: dict[str, Any] = field(default_factory=dict)


def make_entry(organization_id: UUID) -> str:
    """Return a mark for one form: whatever is begun with it there, however often it is sent, is one file."""
    plain = organization_id.bytes + uuid.uuid4().bytes
    return make_seal(current_app.config, USE).encrypt(plain).decode()


def read_entry(mark: str, organization_id: UUID) -> UUID:
    """Return the identifier in a mark; another by chance where it is none of ours, or another's."""
    try:
        plain = make_seal(current_app.config, USE).decrypt(mark.encode())
    except InvalidToken:
        return uuid.uuid4()
    place, made = UUID(bytes=plain[:16]), UUID(bytes=plain[16:])
    return made if place == organization_id else uuid.uuid4()


def find_begun(session: Session, case_id: UUID, organization_id: UUID) -> Case | None:
    """Return the file that was begun with a mark before, at the same organization."""
    found = session.get(Case, case_id)
    return found if found is not None and found.organization_id == organization_id else None


def prepare(case_id: UUID, organization_id: UUID, at: datetime) -> Safe:
    """Make the key of a file, or return the one that an attempt before this one left."""
    return keep_safe(Thing(Kind.CASE, case_id, organization_id), at)


def keep_safe(thing: Thing, at: datetime) -> Safe:
    """Make the key of what a mark names, or return the one that another press made, before or at once."""
    if (made := open_safes([thing.id]).get(thing.id)) is not None:
        return made
    try:
        return make_safe(thing, at)
    except IntegrityError:
        return open_safe(thing.id)


def enter_file(session: Session, safe: Safe, actor: Actor, entered: Entered, at: datetime) -> Held:
    """Begin a file and open it as it stands; inside ``writing``. Raises NotReadyError, ValueRefusedError."""
    if entered.opened_on > at.astimezone(QUEBEC).date():
        raise IllegalStepError
    held = cases.create_case(session, safe, actor, at)
    save_answers(held, {name: Given(Said.ANSWERED, value) for name, value in entered.answers.items()})
    cases.open_case(held, entered.deputy_id, entered.step)
    held.case.opened_at = min(at, datetime.combine(entered.opened_on, NOON, QUEBEC).astimezone(at.tzinfo))
    session.flush()
    return held
