"""Calls of a round: each try is kept, then what came of it. Callers write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.models import Service
from referral.catalogue.services import take_step
from referral.catalogue.trust import MOVES, Method, Trust
from referral.partners import links
from referral.partners.round_answers import TARGET, NoRoundError, end, put_on_calls, verified_step
from referral.partners.round_models import (
    Answered,
    CallAttempt,
    Channel,
    ListingLink,
    Outcome,
    Reason,
    Stage,
    VerificationRound,
)
from referral.partners.round_rules import may_give_up
from referral.partners.rounds import list_facts, open_round

PAGE = 25
ON_LINE = timedelta(hours=1)
"""From an answer by telephone to the code that is read aloud."""
TAKES_OUT = frozenset({Outcome.NO_LISTING, Outcome.CLOSED})
"""After which the listing is shown no more."""


class NotEnoughTriesError(Exception):
    """Nobody may be said to be unreachable before three tries in two ways."""


class NotReachedError(Exception):
    """A code is read aloud to whoever answered on the number that is listed, and to nobody else."""


@dataclass(frozen=True, slots=True)
class Calls:
    """A page of the call list."""

    rows: Sequence[VerificationRound]
    total: int
    page: int
    pages: int


def list_calls(session: Session, page: int = 1) -> Calls:
    """Return who is to be called: what was put on the list first, whoever asked before all."""
    where = (VerificationRound.ended_at.is_(None), VerificationRound.stage == Stage.TO_CALL)
    listed = (
        *where,
        sa.or_(VerificationRound.call_week.is_not(None), VerificationRound.reason == Reason.ASKED),
    )
    count = session.scalar(sa.select(sa.func.count()).select_from(VerificationRound).where(*listed)) or 0
    pages = max(1, -(-count // PAGE))
    page = min(max(1, page), pages)
    asked_first = sa.case((VerificationRound.reason == Reason.ASKED, 0), else_=1)
    never_last = sa.case((VerificationRound.reason == Reason.NEVER_CONFIRMED, 1), else_=0)
    statement = (
        sa.select(VerificationRound)
        .where(*listed)
        .options(
            selectinload(VerificationRound.service).selectinload(Service.organization),
            selectinload(VerificationRound.attempts),
        )
        .order_by(
            asked_first,
            VerificationRound.call_week,
            never_last,
            VerificationRound.to_call_at,
            VerificationRound.id,
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Calls(session.scalars(statement).all(), count, page, pages)


def count_calls(session: Session) -> int:
    """Return how many are to be called."""
    return list_calls(session).total


def begin_call(session: Session, service_id: UUID, actor: Actor, at: datetime) -> VerificationRound:
    """Have a listing called about, in its open round or in one that begins; raises NoRoundError."""
    facts = list_facts(session, Service.id == service_id)
    if not facts:
        raise NoRoundError
    row = open_round(session, facts[0], Reason.ASKED, Stage.TO_CALL, at)
    if row is None:
        row = session.scalars(
            sa.select(VerificationRound).where(
                VerificationRound.service_id == service_id, VerificationRound.ended_at.is_(None)
            )
        ).one()
        put_on_calls(row, at)
    record(session, Event(Action.CHANGE, TARGET, row.id, actor, row.organization_id))
    return row


def add_attempt(
    session: Session, row: VerificationRound, tried: tuple[Channel, Answered], actor: Actor, at: datetime
) -> CallAttempt:
    """Keep one try, in what way and how it ended; raises NoRoundError where the round has ended."""
    if row.ended_at is not None:
        raise NoRoundError
    channel, answered = tried
    made = CallAttempt(channel=channel, answered=answered, tried_by=actor.name, tried_at=at)
    row.attempts.append(made)
    session.flush()
    record(session, Event(Action.CREATE, "call-attempt", made.id, actor, row.organization_id))
    return made


def was_reached(row: VerificationRound, at: datetime) -> bool:
    """Say whether somebody answered by telephone a short while ago."""
    return row.ended_at is None and any(
        each.channel is Channel.PHONE and each.answered is Answered.REACHED and at - each.tried_at <= ON_LINE
        for each in row.attempts
    )


def give_code(session: Session, row: VerificationRound, link: ListingLink, actor: Actor, at: datetime) -> str:
    """Return the code to read aloud, once; raises NotReachedError before somebody answered."""
    if not was_reached(row, at):
        raise NotReachedError
    return links.give_code(session, link, actor, at)


def conclude(
    session: Session, row: VerificationRound, outcome: Outcome, actor: Actor, at: datetime
) -> int | None:
    """End a round with what the call told; returns the directory's revision where readers see a difference.

    Confirmed by telephone is *verified*. Whoever closed, or wants no listing, is shown no more.
    Raises NoRoundError, NotEnoughTriesError.
    """
    if row.ended_at is not None:
        raise NoRoundError
    service = session.get_one(Service, row.service_id, with_for_update=True, populate_existing=True)
    if outcome is Outcome.UNREACHABLE:
        if not may_give_up((each.channel, each.answered) for each in row.attempts):
            raise NotEnoughTriesError
    elif not any(each.answered is Answered.REACHED for each in row.attempts):
        add_attempt(session, row, (Channel.PHONE, Answered.REACHED), actor, at)
    revision = _apply(session, service, outcome, actor, at)
    end(session, row, outcome, actor, at)
    return revision


def _apply(session: Session, service: Service, outcome: Outcome, actor: Actor, at: datetime) -> int | None:
    if outcome is Outcome.CONFIRMED:
        wanted = verified_step(service)
    elif outcome in TAKES_OUT:
        wanted = Trust.RETIRED
    else:
        return None
    if wanted not in MOVES[service.trust]:
        raise NoRoundError
    take_step(session, service, wanted, Method.PHONE, actor.name, outcome.value, at)
    record(session, Event(Action.CHANGE, "listing", service.id, actor, service.organization_id))
    session.flush()
    return service.revision
