"""What an organization decided of its files: how long, whether legal names, who is in charge of privacy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.models import Case, CaseEvent, OrganizationRules
from referral.intake.retention import DEFAULT_CASE_MONTHS, keep_until, move_end
from referral.intake.vocabulary import CaseEventKind, CaseStatus
from referral.shared.clock import QUEBEC

RULES = "case_rules"
"""What the audit calls them."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Version nought says that nothing was decided yet."""

    case_months: int = DEFAULT_CASE_MONTHS
    keeps_legal_names: bool = False
    privacy_contact: str | None = None
    version: int = 0

    def as_fields(self) -> dict[str, object]:
        """Return what two people may have decided differently."""
        return {
            "case_months": self.case_months,
            "keeps_legal_names": self.keeps_legal_names,
            "privacy_contact": self.privacy_contact or "",
        }


DEFAULTS = Rules()


class RulesChangedError(Exception):
    """Somebody else decided meanwhile; nothing was saved."""

    def __init__(self, theirs: Rules) -> None:
        super().__init__("changed meanwhile")
        self.theirs = theirs


class NobodyDecidesError(Exception):
    """Rules are decided by a person."""


def read_rules(session: Session, organization_id: UUID) -> Rules:
    """Return what an organization decided, else the defaults."""
    row = session.get(OrganizationRules, organization_id)
    return _as_rules(row) if row is not None else DEFAULTS


def _as_rules(row: OrganizationRules) -> Rules:
    return Rules(row.case_months, row.keeps_legal_names, row.privacy_contact, row.version)


def save_rules(session: Session, organization_id: UUID, wanted: Rules, actor: Actor, at: datetime) -> bool:
    """Keep what was decided upon the version that was shown, and move the ends of closed files with it.

    Says whether anything changed; raises RulesChangedError. Inside ``writing``.
    """
    if actor.user_id is None:
        raise NobodyDecidesError
    row = session.get(OrganizationRules, organization_id, with_for_update=True, populate_existing=True)
    held = _as_rules(row) if row is not None else DEFAULTS
    if held.as_fields() == wanted.as_fields():
        return False
    if held.version != wanted.version:
        raise RulesChangedError(held)
    if row is None:
        row = OrganizationRules(organization_id=organization_id)
        session.add(row)
    row.case_months, row.keeps_legal_names = wanted.case_months, wanted.keeps_legal_names
    row.privacy_contact, row.changed_at, row.changed_by = wanted.privacy_contact or None, at, actor.user_id
    session.flush()
    if held.case_months != wanted.case_months:
        move_ends(session, organization_id, wanted.case_months, at)
    record(session, Event(Action.CHANGE, RULES, organization_id, actor, organization_id), CASES_CHAIN)
    return True


def move_ends(session: Session, organization_id: UUID, months: int, at: datetime) -> None:
    """Let closed files end by the new rule, but for those that somebody decided to keep longer."""
    today = at.astimezone(QUEBEC).date()
    for case in list_closed(session, organization_id):
        if case.closed_at is not None and not was_kept_longer(session, case):
            wanted = keep_until(case.closed_at.astimezone(QUEBEC).date(), months)
            case.keep_until = move_end(wanted, today)
    session.flush()


def list_closed(session: Session, organization_id: UUID) -> Sequence[Case]:
    """Return the closed files of an organization, the first to end first."""
    return session.scalars(
        sa.select(Case)
        .where(Case.organization_id == organization_id, Case.status == CaseStatus.CLOSED)
        .order_by(Case.keep_until, Case.id)
    ).all()


def was_kept_longer(session: Session, case: Case) -> bool:
    """Say whether somebody put off the end of a file since it was closed."""
    statement = sa.select(CaseEvent.id).where(
        CaseEvent.case_id == case.id,
        CaseEvent.kind == CaseEventKind.KEPT_LONGER,
        CaseEvent.occurred_at >= (case.closed_at or case.created_at),
    )
    return session.scalars(statement.limit(1)).first() is not None
