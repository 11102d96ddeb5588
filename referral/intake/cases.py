"""A file from its first line on; it needs a key first, which ``prepare`` makes outside any transaction."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action
from referral.intake.answers import plan_follow_ups
from referral.intake.held import Held
from referral.intake.models import Case
from referral.intake.safe import Safe, make_safe
from referral.intake.vocabulary import CaseEventKind, CaseStatus, Urgency
from referral.keyring.models import Kind
from referral.keyring.services import Thing

LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Of a code that is read aloud: none that is taken for another."""
CODE_LETTERS = 8
DAYS_TO_NEXT_STEP = {Urgency.NOW: 0, Urgency.TONIGHT: 0, Urgency.UNSTABLE: 1, Urgency.PLANNED: 7}
UNSAID_DAYS = 2


class NotReadyError(Exception):
    """A file cannot leave draft; ``missing`` names what it has not."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class IllegalStepError(Exception):
    """A file cannot go from where it stands to where it was to go."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done next in a file, and on which day."""

    on: date
    text: str


def prepare(organization_id: UUID, at: datetime) -> Safe:
    """Make the key of a file that is about to be made, with its identifier."""
    return make_safe(Thing(Kind.CASE, uuid.uuid4(), organization_id), at)


def create_case(session: Session, safe: Safe, actor: Actor, at: datetime) -> Held:
    """Begin a file for the organization that the actor acts for; she is its owner. Inside ``writing``."""
    if actor.acting_for is None or actor.user_id is None:
        raise IllegalStepError
    case = Case(
        id=safe.thing,
        code=make_code(),
        organization_id=actor.acting_for,
        owner_id=actor.user_id,
        status=CaseStatus.DRAFT,
        created_at=at,
        updated_at=at,
    )
    session.add(case)
    session.flush()
    held = Held(session, case, safe, actor, at)
    held.tell(CaseEventKind.CREATED)
    held.record(Action.CREATE)
    return held


def make_code() -> str:
    """Return a code made by chance, such as ``7KQ2-MX4D``; it derives from nothing."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
    return f"{letters[:4]}-{letters[4:]}"


def propose_step(urgency: Urgency | None, today: date) -> date:
    """Return the day that is proposed for the next step; a person may choose another."""
    days = UNSAID_DAYS if urgency is None else DAYS_TO_NEXT_STEP[urgency]
    return today + timedelta(days=days)


def open_case(held: Held, deputy_id: UUID | None, step: Step | None) -> None:
    """Take a file out of draft: from then on it has an owner, a deputy and a next step with a day.

    Raises NotReadyError naming what is missing, IllegalStepError.
    """
    case = held.case
    if case.status is not CaseStatus.DRAFT:
        raise IllegalStepError
    missing = [] if deputy_id is not None and deputy_id != case.owner_id else ["deputy"]
    missing += [] if step is not None and step.text.strip() else ["next_step"]
    if missing or step is None:
        raise NotReadyError(missing)
    case.deputy_id, case.opened_at, case.status = deputy_id, held.at, CaseStatus.OPEN
    write_step(case, held.safe, step)
    held.touch()
    plan_follow_ups(held)
    held.tell(CaseEventKind.OPENED)
    held.record()


def write_step(case: Case, safe: Safe, step: Step) -> None:
    """Put a next step into a file."""
    case.next_step_on = step.on
    case.next_step_sealed = safe.seal("next_step", step.text.strip())


def read_step(case: Case, safe: Safe) -> Step | None:
    """Return the next step of a file."""
    if case.next_step_on is None or case.next_step_sealed is None:
        return None
    return Step(case.next_step_on, safe.open("next_step", case.next_step_sealed))
