"""The register of confidentiality incidents of an organization; each entry under a key of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.incident_facts import Facts, make_facts, missing_to_conclude
from referral.intake.models import Incident
from referral.intake.retention import register_until
from referral.intake.safe import Safe, make_safe
from referral.keyring.models import Kind
from referral.keyring.services import Thing
from referral.shared.clock import QUEBEC

TARGET = "incident"
PLACE = "facts"
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Told:
    """An incident as it is told: the day it became known, the facts, and what a person concluded."""

    learned_on: date
    facts: Facts
    is_serious: bool | None = None

    def as_fields(self) -> dict[str, object]:
        """Return what two people may have written differently."""
        return {"learned_on": self.learned_on, "is_serious": self.is_serious, **self.facts.as_plain()}


class IncidentRefusedError(ValueError):
    """An incident that cannot be kept so; ``reasons`` names fields with codes of ``REFUSALS``."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


REFUSALS = ("future", "needed")


class IncidentChangedError(Exception):
    """Somebody else wrote in the entry meanwhile; nothing was saved."""

    def __init__(self, theirs: Told, version: int) -> None:
        super().__init__("changed meanwhile")
        self.theirs, self.version = theirs, version


class NobodyTellsError(Exception):
    """A register is kept by a person, for the organization that she acts for."""


def prepare(organization_id: UUID, at: datetime) -> Safe:
    """Make the key of an entry that is about to be made, with its identifier."""
    return make_safe(Thing(Kind.INCIDENT, uuid.uuid4(), organization_id), at)


def check_told(told: Told, today: date) -> None:
    """Refuse a day to come, a conclusion without its reasons; raises IncidentRefusedError."""
    reasons = {"learned_on": "future"} if told.learned_on > today else {}
    if told.is_serious is not None:
        reasons |= dict.fromkeys(missing_to_conclude(told.facts), "needed")
    if reasons:
        raise IncidentRefusedError(reasons)


def create_incident(session: Session, safe: Safe, told: Told, actor: Actor, at: datetime) -> Incident:
    """Enter an incident into the register; raises IncidentRefusedError. Inside ``writing``."""
    if actor.acting_for is None or actor.user_id is None:
        raise NobodyTellsError
    check_told(told, at.astimezone(QUEBEC).date())
    row = Incident(
        id=safe.thing,
        organization_id=actor.acting_for,
        learned_on=told.learned_on,
        is_serious=told.is_serious,
        sealed=safe.seal(PLACE, told.facts.as_plain()),
        created_at=at,
        created_by=actor.user_id,
        changed_at=at,
        keep_until=_kept_until(told.learned_on, at),
    )
    session.add(row)
    session.flush()
    record(session, Event(Action.CREATE, TARGET, row.id, actor, row.organization_id), CASES_CHAIN)
    return row


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody writes into an entry, upon the version that she was shown."""

    told: Told
    version: int


def _kept_until(learned_on: date, entered_at: datetime) -> date:
    """Return the last day of an entry: five years, never less than from the day on which it was entered."""
    return register_until(max(learned_on, entered_at.astimezone(QUEBEC).date()))


def change_incident(session: Session, safe: Safe, change: Change, actor: Actor, at: datetime) -> None:
    """Write into an entry; raises IncidentRefusedError, IncidentChangedError. Inside ``writing``."""
    row = session.get_one(Incident, safe.thing, with_for_update=True, populate_existing=True)
    held = read_told(row, safe)
    if held == change.told:
        return
    if row.version != change.version:
        raise IncidentChangedError(held, row.version)
    check_told(change.told, at.astimezone(QUEBEC).date())
    row.learned_on, row.is_serious = change.told.learned_on, change.told.is_serious
    row.sealed = safe.seal(PLACE, change.told.facts.as_plain())
    row.changed_at = at
    row.keep_until = _kept_until(change.told.learned_on, row.created_at)
    session.flush()
    record(session, Event(Action.CHANGE, TARGET, row.id, actor, row.organization_id), CASES_CHAIN)


def read_told(row: Incident, safe: Safe) -> Told:
    """Return an entry as it was told."""
    return Told(row.learned_on, make_facts(safe.open(PLACE, row.sealed)), row.is_serious)


def list_incidents(session: Session, organization_id: UUID, page: int | None = None) -> Sequence[Incident]:
    """Return the entries of an organization, the newest first; without a page, all of them."""
    statement = (
        sa.select(Incident)
        .where(Incident.organization_id == organization_id)
        .order_by(Incident.learned_on.desc(), Incident.id)
    )
    if page is not None:
        statement = statement.limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return session.scalars(statement).all()


def count_incidents(session: Session, organization_id: UUID) -> int:
    """Return how many entries an organization has."""
    statement = sa.select(sa.func.count()).where(Incident.organization_id == organization_id)
    return session.scalars(statement).one()
