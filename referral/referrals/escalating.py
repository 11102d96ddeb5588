"""Tells whoever sent a referral, and whoever leads there, that nobody answered or that it is late.

They are told first and it is noted after: a run that is killed between tells them again by the same
letter, which the outbox keeps once. What nobody can be told of stays to be told at the next run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from flask import Flask

from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.people import list_colleagues, list_leads
from referral.intake.reminding import tell_waiting
from referral.intake.vocabulary import Urgency
from referral.referrals.clocks import PRESSING, escalates_at, is_told_again
from referral.referrals.models import Referral
from referral.referrals.moving import TARGET
from referral.referrals.status import OPEN, WAITS_FOR_ANSWER, ReferralStatus
from referral.shared import tick
from referral.shared.database import CASES, cases_session, directory_session, writing

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Late:
    """A referral that is late in the state that it is in."""

    id: UUID
    sender_id: UUID
    owner_id: UUID
    status: ReferralStatus
    urgency: Urgency
    due_at: datetime
    escalated_at: datetime | None


def escalate(at: datetime) -> None:
    """Tell of what is late: once in each state, of danger now at each run until somebody answers."""
    late = list_late(at)
    reached = [each for each in late if _tell(each, at)]
    if len(reached) < len(late):
        log.warning("nobody_to_tell_of_late_referrals", count=len(late) - len(reached))
    with writing(cases_session(), CASES):
        for each in reached:
            _note(each, at)


def list_late(at: datetime) -> list[Late]:
    """Return what is to be told of now, the most urgent first."""
    again = sa.and_(Referral.urgency == Urgency.NOW, Referral.status.in_(WAITS_FOR_ANSWER))
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            Referral.id, Referral.sender_id, Referral.owner_id, Referral.status, Referral.urgency,
            Referral.due_at, Referral.escalated_at,
        )
        .where(
            Referral.due_at <= at,
            Referral.status.in_(OPEN),
            sa.or_(Referral.escalated_at.is_(None), again),
        )
        .order_by(Referral.urgency, Referral.due_at, Referral.id)
    )  # fmt: skip
    found = [Late(*row) for row in cases_session().execute(statement)]
    cases_session().rollback()
    return [each for each in found if escalates_at(each.urgency, each.due_at) <= at]


def _tell(late: Late, at: datetime) -> bool:
    """Have the letters written; says whether there is anybody to tell."""
    return tell_waiting(list_told(late), at, _mark(late, at))


def list_told(late: Late) -> Sequence[UUID]:
    """Return the owner and those who lead; any colleague where neither is there any more."""
    session = directory_session()
    colleagues, leads = list_colleagues(session, late.sender_id), list_leads(session, late.sender_id)
    session.rollback()
    chosen = {*leads, *({late.owner_id} & set(colleagues))}
    return sorted(chosen or colleagues)


def _mark(late: Late, at: datetime) -> str:
    """Return what tells one letter from another; empty where one a day is enough."""
    if late.urgency not in PRESSING:
        return ""
    moment = at if is_told_again(late.status, late.urgency) else late.due_at
    return _digest((str(late.id), late.status, moment.isoformat()))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def _note(late: Late, at: datetime) -> None:
    """Note when it was told of first in this state, unless it moved on meanwhile; no version is spent."""
    session = cases_session()
    noted = session.execute(
        sa.update(Referral)
        .where(
            Referral.id == late.id,
            Referral.status == late.status,
            Referral.due_at == late.due_at,
            Referral.escalated_at.is_(None),
        )
        .values(escalated_at=at, version=Referral.version)
        .execution_options(synchronize_session=False)
        .returning(Referral.id)
    ).all()
    if noted:
        record(session, Event(Action.CHANGE, TARGET, late.id, None, late.sender_id), CASES_CHAIN)


def init_app(app: Flask) -> None:
    """Have what is late told of at each run of the scheduled command."""
    tick.register(app, tick.Job("referrals_escalated", timedelta(0), escalate))
