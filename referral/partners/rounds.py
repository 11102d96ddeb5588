"""The rounds: what is due is asked by letter, once more after three weeks, then by telephone. Callers write.

Everything is done by the moments that are kept, so that a run that comes late, or a second one, does
what is to be done once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from referral.access.policy import Role
from referral.accounts.models import Membership, User
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.freshness import Months
from referral.catalogue.models import Attribute, Service, ServiceStatus, TaxonomyTerm, Verification
from referral.catalogue.trust import LADDER, Method
from referral.edition.reader import months_of
from referral.mail.models import Outbox
from referral.partners import letters
from referral.partners.letters import SYSTEM
from referral.partners.round_answers import TARGET, end, put_on_calls
from referral.partners.round_models import (
    Means,
    Outcome,
    Purpose,
    Reason,
    ReminderChoice,
    Stage,
    VerificationRound,
)
from referral.partners.round_rules import (
    CALL,
    FOLLOW_UP,
    REMINDED,
    REST,
    Facts,
    is_due,
    monday_of,
    priority,
)
from referral.shared.clock import QUEBEC
from referral.shared.database import DIRECTORY, db

SHOWN = (ServiceStatus.ACTIVE, ServiceStatus.TEMPORARILY_CLOSED)
LOCK = 5_270_011
"""Of PostgreSQL's advisory locks, the one of the rounds."""
WAITING = (Stage.WRITTEN, Stage.FOLLOWED_UP)


def lock_rounds(session: Session) -> None:
    """Let two runs not meet, on whatever machines; SQLite has only one writer anyway."""
    if db.engines[DIRECTORY].dialect.name == "postgresql":
        session.connection(bind_arguments={"mapper": VerificationRound}).execute(
            sa.select(sa.func.pg_advisory_xact_lock(LOCK))
        )


def months_here() -> Months:
    """Return the months after which a confirmation is too old here."""
    return months_of(current_app)


def day_of(at: datetime) -> date:
    """Return the day of Québec of a moment."""
    return at.astimezone(QUEBEC).date()


def list_facts(session: Session, *where: sa.ColumnElement[bool]) -> list[Facts]:
    """Return what decides of listings that are shown, in two statements."""
    shown = (Service.status.in_(SHOWN), Service.trust.in_(LADDER), *where)
    kinds: dict[UUID, set[str]] = defaultdict(set)
    coded = (
        sa.select(Attribute.service_id, TaxonomyTerm.code)
        .join(TaxonomyTerm, Attribute.taxonomy_term_id == TaxonomyTerm.id)
        .join(Service, Service.id == Attribute.service_id)
        .where(TaxonomyTerm.taxonomy == "categories", *shown)
    )
    for service_id, code in session.execute(coded):
        kinds[service_id].add(code)
    rows = session.execute(
        sa.select(Service.id, Service.organization_id, Service.always_open, Service.assured_date)
        .where(*shown)
        .order_by(Service.id)
    )
    return [
        Facts(service_id, organization_id, frozenset(kinds[service_id]), always_open, assured)
        for service_id, organization_id, always_open, assured in rows
    ]


def list_shown_of(session: Session, organization_id: UUID) -> Sequence[Service]:
    """Return the listings of an organization that are shown, in a lasting order."""
    statement = (
        sa.select(Service)
        .where(Service.organization_id == organization_id)
        .where(Service.status.in_(SHOWN), Service.trust.in_(LADDER))
        .order_by(Service.slug)
    )
    return session.scalars(statement).all()


def _rests(at: datetime) -> sa.ColumnElement[bool]:
    """Say in SQL that a service is in a round, or was in one a short while ago; a reminder is none."""
    return sa.exists().where(
        VerificationRound.service_id == Service.id,
        VerificationRound.reason != Reason.REMINDED,
        sa.or_(VerificationRound.ended_at.is_(None), VerificationRound.ended_at > at - REST),
    )


def open_round(
    session: Session, facts: Facts, reason: Reason, stage: Stage, at: datetime
) -> VerificationRound | None:
    """Begin a round with one listing, in the place of a mere reminder; None where one is open."""
    if reason is not Reason.REMINDED:
        session.execute(
            sa.update(VerificationRound)
            .where(
                VerificationRound.service_id == facts.service_id,
                VerificationRound.reason == Reason.REMINDED,
                VerificationRound.ended_at.is_(None),
            )
            .values(stage=Stage.ENDED, ended_at=at, ended_by=SYSTEM.name)
        )
    dialect = postgresql if db.engines[DIRECTORY].dialect.name == "postgresql" else sqlite
    made = uuid4()
    values = {
        "id": made,
        "service_id": facts.service_id,
        "organization_id": facts.organization_id,
        "reason": reason,
        "stage": stage,
        "opened_at": at,
        "to_call_at": at if stage is Stage.TO_CALL else None,
        "wants": "",
    }
    session.execute(dialect.insert(VerificationRound).values(**values).on_conflict_do_nothing())
    found = session.get(VerificationRound, made)
    if found is not None:
        record(session, Event(Action.CREATE, TARGET, made, SYSTEM, facts.organization_id))
    return found


def open_due(session: Session, at: datetime, most: int) -> int:
    """Begin rounds for what is due, writing to each organization once; returns to how many (``most``)."""
    lock_rounds(session)
    months, today = months_here(), day_of(at)
    waiting = [
        each
        for each in list_facts(session, Service.assured_date.is_not(None), ~_rests(at))
        if is_due(each, months, today)
    ]
    by_place = _by_organization(waiting, most)
    for place, facts in by_place.items():
        opened = [open_round(session, each, Reason.DUE, Stage.WRITTEN, at) for each in facts]
        ask_by_letter(session, place, [each for each in opened if each is not None], "listing_round", at)
    return len(by_place)


def _by_organization(facts: Iterable[Facts], most: int) -> dict[UUID, list[Facts]]:
    grouped: dict[UUID, list[Facts]] = defaultdict(list)
    for each in facts:
        if each.organization_id in grouped or len(grouped) < most:
            grouped[each.organization_id].append(each)
    return grouped


def ask_by_letter(
    session: Session, place: UUID, opened: Sequence[VerificationRound], kind: str, at: datetime
) -> None:
    """Write to an organization about listings, or have it called: no address is listed, or it wishes so."""
    if not opened:
        return
    choice = session.get(ReminderChoice, place)
    key = f"{kind} {opened[0].id}"
    link = None
    if choice is None or choice.means is not Means.CALL:
        link = letters.write(session, kind, place, key, Purpose.CONFIRM, at)
    for each in opened:
        if link is None:
            put_on_calls(each, at)
        elif each.written_at is None:
            each.stage, each.letter_key, each.written_at = Stage.WRITTEN, key, at
        else:
            each.stage, each.letter_key, each.followed_up_at = Stage.FOLLOWED_UP, key, at
    session.flush()


def follow_up(session: Session, at: datetime, most: int) -> int:
    """Write once more about what nobody answered in three weeks; returns to how many organizations."""
    lock_rounds(session)
    rows = session.scalars(
        sa.select(VerificationRound)
        .where(
            VerificationRound.stage == Stage.WRITTEN,
            VerificationRound.reason != Reason.REMINDED,
            VerificationRound.written_at <= at - FOLLOW_UP,
        )
        .order_by(VerificationRound.organization_id, VerificationRound.opened_at)
    )
    grouped: dict[UUID, list[VerificationRound]] = defaultdict(list)
    for row in rows:
        if row.organization_id in grouped or len(grouped) < most:
            grouped[row.organization_id].append(row)
    for place, asked in grouped.items():
        ask_by_letter(session, place, asked, "listing_follow_up", at)
    return len(grouped)


def move_to_calls(session: Session, at: datetime) -> int:
    """Have those called who answered neither letter, or whose letter is dead; returns how many."""
    lock_rounds(session)
    dead = sa.select(Outbox.key).where(Outbox.dead_at.is_not(None))
    rows = session.scalars(
        sa.select(VerificationRound).where(
            VerificationRound.stage.in_(WAITING),
            VerificationRound.reason != Reason.REMINDED,
            sa.or_(VerificationRound.followed_up_at <= at - CALL, VerificationRound.letter_key.in_(dead)),
        )
    ).all()
    for row in rows:
        put_on_calls(row, at)
    session.flush()
    return len(rows)


def end_answered(session: Session, at: datetime) -> None:
    """End the rounds of listings that somebody verified since, in whatever way."""
    rows = session.scalars(
        sa.select(VerificationRound).where(
            VerificationRound.ended_at.is_(None),
            sa.exists().where(
                Verification.service_id == VerificationRound.service_id,
                Verification.occurred_at > VerificationRound.opened_at,
                Verification.method != Method.IMPORT,
            ),
        )
    )
    for row in rows.all():
        end(session, row, Outcome.CONFIRMED, SYSTEM, at)


def end_reminded(session: Session, at: datetime) -> None:
    """Let go of reminders that nobody answered: nothing is due for them yet."""
    session.execute(
        sa.update(VerificationRound)
        .where(
            VerificationRound.reason == Reason.REMINDED,
            VerificationRound.stage.in_(WAITING),
            VerificationRound.opened_at <= at - REMINDED,
        )
        .values(stage=Stage.ENDED, ended_at=at, ended_by=SYSTEM.name)
    )


def count_vetters(session: Session) -> int:
    """Return how many people can call."""
    statement = (
        sa.select(sa.func.count(sa.distinct(User.id)))
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role == Role.VETTER, Membership.organization_id.is_(None), User.active)
    )
    return session.scalar(statement) or 0


def fill_call_list(session: Session, at: datetime) -> int:
    """Put on this week's list as many calls as people can make; returns how many were added.

    What was left from the weeks before counts. Where there is room, what was never confirmed is
    called for the first time: shelters and lines before all else.
    """
    lock_rounds(session)
    week = monday_of(day_of(at))
    room = count_vetters(session) * current_app.config["CALLS_A_WEEK"] - _count_listed(session, week)
    if room <= 0:
        return 0
    to_call = session.scalars(
        sa.select(VerificationRound).where(
            VerificationRound.stage == Stage.TO_CALL, VerificationRound.call_week.is_(None)
        )
    ).all()
    facts = _facts_of(session, [each.service_id for each in to_call])
    gone = [each for each in to_call if each.service_id not in facts]
    for each in gone:  # no longer shown: nobody is to be called
        end(session, each, None, SYSTEM, at)
    known = [each for each in to_call if each.service_id in facts]
    known.sort(key=lambda each: priority(facts[each.service_id], each.reason, each.to_call_at))
    chosen = known[:room]
    chosen += _begin_first_calls(session, room - len(chosen), at)
    for each in chosen:
        each.call_week = week
    session.flush()
    return len(chosen)


def _count_listed(session: Session, week: date) -> int:
    """Count what is on this week's list, done or not, and what was left from before."""
    is_left = sa.and_(VerificationRound.call_week < week, VerificationRound.ended_at.is_(None))
    statement = sa.select(sa.func.count()).where(sa.or_(VerificationRound.call_week == week, is_left))
    return session.scalar(statement.select_from(VerificationRound)) or 0


def _facts_of(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Facts]:
    return {each.service_id: each for each in list_facts(session, Service.id.in_(ids))} if ids else {}


def _begin_first_calls(session: Session, most: int, at: datetime) -> list[VerificationRound]:
    """Begin rounds with what was never confirmed, by telephone: nobody there knows us yet."""
    if most <= 0:
        return []
    never = list_facts(session, Service.assured_date.is_(None), ~_rests(at))
    never.sort(key=lambda each: priority(each, Reason.NEVER_CONFIRMED, None))
    opened = [open_round(session, each, Reason.NEVER_CONFIRMED, Stage.TO_CALL, at) for each in never[:most]]
    return [each for each in opened if each is not None]
