"""Reads of the lists of files: one statement for the rows, one for their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.intake.answers import place_of
from referral.intake.cases import read_step
from referral.intake.models import Answer, Case, CaseEvent, FollowUp
from referral.intake.safe import Safe, open_safes
from referral.intake.vocabulary import CaseEventKind, CaseStatus, FollowUpKind, FollowUpStatus, Said
from referral.shared.encryption import SealBrokenError

PER_PAGE = 25
EVENTS = 20
MOST_COUNTED = 99
"""Of more that is due it is said « 99+ »."""
NICKNAME = "nickname"


class List(StrEnum):
    """The lists of files, as addresses name them."""

    MINE = "mine"
    DEPUTY = "deputy"
    ALL = "all"
    DRAFTS = "drafts"
    CLOSED = "closed"


BY_DAY = frozenset({List.MINE, List.DEPUTY, List.ALL})
LAST = "u9"
"""Sorts what has no urgency after what has."""
Conditions = tuple[sa.ColumnElement[bool], ...]
Value = TypeVar("Value")
Rows = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """A file in a list, with what its key opened; ``step`` and ``nickname`` are None where there is none."""

    case: Case
    due_on: date | None
    step: str | None
    nickname: str | None
    is_follow_up: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """Something of a file that is to be done by a day; whose it is."""

    organization_id: UUID
    owner_id: UUID
    deputy_id: UUID | None
    on: date


def _next_follow_up() -> sa.ScalarSelect[date]:
    """Return the day of the next follow-up of a file, read by the index of its own."""
    return (
        sa.select(sa.func.min(FollowUp.due_on))
        .where(FollowUp.case_id == Case.id, FollowUp.status == FollowUpStatus.PLANNED)
        .correlate(Case)
        .scalar_subquery()
    )


def list_rows(session: Session, which: List, actor: Actor, page: int) -> tuple[list[Row], bool]:
    """Return a page of a list, what is due first; says whether more follow."""
    wanted = (Case.organization_id == actor.acting_for, *_wanted(which, actor))
    chosen = (_find_by_day(wanted, page) if which in BY_DAY else _find_newest(which, wanted, page)).subquery()
    statement = (
        _with_nicknames(chosen.c.due_on, _next_follow_up())
        .join(chosen, chosen.c.id == Case.id)
        .order_by(*(chosen.c.due_on, chosen.c.rank) if which in BY_DAY else (chosen.c.rank.desc(),), Case.id)
    )
    found = session.execute(statement).all()
    return _open_rows(found[:PER_PAGE]), len(found) > PER_PAGE


def _find_newest(which: List, wanted: Conditions, page: int) -> Rows:
    rank = (Case.closed_at if which is List.CLOSED else Case.created_at).label("rank")
    return (
        sa.select(Case.id, Case.next_step_on.label("due_on"), rank)
        .where(*wanted)
        .order_by(rank.desc(), Case.id)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )


def _find_by_day(wanted: Conditions, page: int) -> Rows:
    """Select a page by the sooner of next step and follow-up, without looking at every file.

    The first so many by either are among the first so many by each.
    """
    rank = sa.func.coalesce(sa.type_coerce(Case.urgency, sa.String), LAST).label("rank")
    most = page * PER_PAGE + 1
    steps = _first(sa.select(Case.id, Case.next_step_on.label("on"), rank).where(*wanted), most)
    asked = sa.select(Case.id, FollowUp.due_on.label("on"), rank).join(FollowUp, FollowUp.case_id == Case.id)
    asked = _first(asked.where(*wanted, FollowUp.status == FollowUpStatus.PLANNED), len(FollowUpKind) * most)
    both = sa.union_all(steps, asked).subquery()
    due_on = sa.func.min(both.c.on).label("due_on")
    return (
        sa.select(both.c.id, due_on, both.c.rank)
        .group_by(both.c.id, both.c.rank)
        .order_by(due_on, both.c.rank, both.c.id)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )


def _first(rows: Rows, most: int) -> Rows:
    on, rank = rows.selected_columns["on"], rows.selected_columns["rank"]
    return sa.select(rows.order_by(on, rank, Case.id).limit(most).subquery())


def list_chosen(session: Session, case_ids: Sequence[UUID]) -> list[Row]:
    """Return the rows of some files, in the order given, as they are in a list."""
    follow_up_on = _next_follow_up()
    statement = (
        _with_nicknames(_sooner(follow_up_on), follow_up_on)
        .where(Case.id.in_(case_ids), Case.status != CaseStatus.ERASED)
        .limit(PER_PAGE)
    )
    rows = {row.case.id: row for row in _open_rows(session.execute(statement).all())}
    return [rows[each] for each in case_ids if each in rows]


def _with_nicknames(*columns: Any) -> Rows:
    is_nickname = sa.and_(Answer.case_id == Case.id, Answer.name == NICKNAME)
    return sa.select(Case, *columns, Answer.sealed).outerjoin(Answer, is_nickname)


def _sooner(follow_up_on: Any) -> sa.Case[Any]:
    is_sooner = sa.and_(follow_up_on.is_not(None), follow_up_on < Case.next_step_on)
    return sa.case((is_sooner, follow_up_on), else_=Case.next_step_on)


def _wanted(which: List, actor: Actor) -> Conditions:
    is_open, me = Case.status == CaseStatus.OPEN, actor.user_id
    return {
        List.MINE: (is_open, Case.owner_id == me),
        List.DEPUTY: (is_open, Case.deputy_id == me),
        List.ALL: (is_open,),
        List.DRAFTS: (Case.status == CaseStatus.DRAFT,),
        List.CLOSED: (Case.status == CaseStatus.CLOSED,),
    }[which]


def _open_rows(found: Sequence[Any]) -> list[Row]:
    place = found[0][0].organization_id if found else None  # a list is of one organization
    safes = open_safes((case.id for case, *_ in found), place)
    return [_open_row(safes[each[0].id], *each) for each in found if each[0].id in safes]


def _open_row(safe: Safe, case: Case, due_on: date | None, follow_up_on: date | None, sealed: Any) -> Row:
    step = _unless_altered(lambda: read_step(case, safe))
    nickname = _unless_altered(lambda: _open_nickname(safe, sealed))
    is_follow_up = follow_up_on is not None and follow_up_on == due_on and follow_up_on != case.next_step_on
    return Row(case, due_on, step.text if step else None, nickname, is_follow_up)


def _open_nickname(safe: Safe, sealed: bytes | None) -> str | None:
    plain = safe.open(place_of(NICKNAME), sealed) if sealed is not None else {}
    return plain["value"] if plain.get("said") == Said.ANSWERED else None


def _unless_altered(read: Callable[[], Value | None]) -> Value | None:
    """Return what is read; None where it was altered: the page of that very file says so, the list stands."""
    try:
        return read()
    except SealBrokenError:
        return None


def _is_due(today: date) -> sa.ColumnElement[bool]:
    """Select open files in which something is due; which follow-ups are is asked once, not file by file."""
    asked = sa.select(FollowUp.case_id).where(
        FollowUp.status == FollowUpStatus.PLANNED, FollowUp.due_on <= today
    )
    return sa.and_(Case.status == CaseStatus.OPEN, sa.or_(Case.next_step_on <= today, Case.id.in_(asked)))


def count_due(session: Session, actor: Actor, today: date) -> int:
    """Count the files of somebody in which something is due today, or was before."""
    mine = (Case.organization_id == actor.acting_for, Case.owner_id == actor.user_id)
    some = sa.select(Case.id).where(*mine, _is_due(today)).limit(MOST_COUNTED + 1).subquery()
    return session.scalars(sa.select(sa.func.count()).select_from(some)).one()


def list_to_hand(session: Session, owner_id: UUID, organization_id: UUID, most: int) -> list[Row]:
    """Return the files in hand of an owner, the next due first, and those without a day last."""
    statement = (
        _with_nicknames(Case.next_step_on, sa.null())
        .where(
            Case.organization_id == organization_id,
            Case.owner_id == owner_id,
            Case.status.in_((CaseStatus.DRAFT, CaseStatus.OPEN)),
        )
        .order_by(Case.next_step_on.is_(None), Case.next_step_on, Case.id)
        .limit(most)
    )
    return _open_rows(session.execute(statement).all())


def list_due(session: Session, today: date) -> list[Due]:
    """Return what is due in every open file, of all organizations."""
    due_on = _sooner(_next_follow_up())
    statement = sa.select(Case.organization_id, Case.owner_id, Case.deputy_id, due_on).where(_is_due(today))
    return [Due(*row) for row in session.execute(statement)]


def list_events(session: Session, case_id: UUID, page: int) -> tuple[Sequence[CaseEvent], bool]:
    """Return a page of a timeline, newest first; says whether more follow."""
    rows = session.scalars(
        sa.select(CaseEvent)
        .where(CaseEvent.case_id == case_id)
        .order_by(
            CaseEvent.occurred_at.desc(), CaseEvent.kind == CaseEventKind.CREATED, CaseEvent.id
        )  # a file that is entered open is begun and opened at one moment
        .limit(EVENTS + 1)
        .offset((page - 1) * EVENTS)
    ).all()
    return rows[:EVENTS], len(rows) > EVENTS
