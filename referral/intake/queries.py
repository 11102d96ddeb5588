"""Reads of the lists of files: one statement for the rows, one for their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.intake.answers import place_of
from referral.intake.cases import read_step
from referral.intake.models import Answer, Case, CaseEvent, FollowUp
from referral.intake.safe import Safe, open_safes
from referral.intake.vocabulary import CaseStatus, FollowUpStatus, Said

PER_PAGE = 25
EVENTS = 20
NICKNAME = "nickname"


class List(StrEnum):
    """The lists of files, as addresses name them."""

    MINE = "mine"
    DEPUTY = "deputy"
    ALL = "all"
    DRAFTS = "drafts"
    CLOSED = "closed"


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


def _next_follow_up() -> sa.Subquery:
    return (
        sa.select(FollowUp.case_id, sa.func.min(FollowUp.due_on).label("on"))
        .where(FollowUp.status == FollowUpStatus.PLANNED)
        .group_by(FollowUp.case_id)
        .subquery()
    )


def list_rows(session: Session, which: List, actor: Actor, page: int) -> tuple[list[Row], bool]:
    """Return a page of a list, what is due first; says whether more follow."""
    follow_up = _next_follow_up()
    due_on = _sooner(follow_up.c.on)
    statement = (
        _with_nicknames(due_on, follow_up.c.on)
        .outerjoin(follow_up, follow_up.c.case_id == Case.id)
        .where(Case.organization_id == actor.acting_for, *_wanted(which, actor))
        .order_by(*_order(which, due_on))
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    found = session.execute(statement).all()
    return _open_rows(found[:PER_PAGE]), len(found) > PER_PAGE


def list_chosen(session: Session, case_ids: Sequence[UUID]) -> list[Row]:
    """Return the rows of some files, in the order given, as they are in a list."""
    follow_up = _next_follow_up()
    statement = (
        _with_nicknames(_sooner(follow_up.c.on), follow_up.c.on)
        .outerjoin(follow_up, follow_up.c.case_id == Case.id)
        .where(Case.id.in_(case_ids), Case.status != CaseStatus.ERASED)
        .limit(PER_PAGE)
    )
    rows = {row.case.id: row for row in _open_rows(session.execute(statement).all())}
    return [rows[each] for each in case_ids if each in rows]


def _with_nicknames(*columns: Any) -> sa.Select[Any]:
    is_nickname = sa.and_(Answer.case_id == Case.id, Answer.name == NICKNAME)
    return sa.select(Case, *columns, Answer.sealed).outerjoin(Answer, is_nickname)


def _sooner(follow_up_on: Any) -> sa.Case[Any]:
    is_sooner = sa.and_(follow_up_on.is_not(None), follow_up_on < Case.next_step_on)
    return sa.case((is_sooner, follow_up_on), else_=Case.next_step_on)


def _wanted(which: List, actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    is_open, me = Case.status == CaseStatus.OPEN, actor.user_id
    return {
        List.MINE: (is_open, Case.owner_id == me),
        List.DEPUTY: (is_open, Case.deputy_id == me),
        List.ALL: (is_open,),
        List.DRAFTS: (Case.status == CaseStatus.DRAFT,),
        List.CLOSED: (Case.status == CaseStatus.CLOSED,),
    }[which]


def _order(which: List, due_on: sa.Case[Any]) -> tuple[Any, ...]:
    if which is List.DRAFTS:
        return (Case.created_at.desc(), Case.id)
    if which is List.CLOSED:
        return (Case.closed_at.desc(), Case.id)
    return (due_on, Case.urgency, Case.id)


def _open_rows(found: Sequence[Any]) -> list[Row]:
    safes = open_safes(case.id for case, *_ in found)
    return [_open_row(safes[each[0].id], *each) for each in found if each[0].id in safes]


def _open_row(safe: Safe, case: Case, due_on: date | None, follow_up_on: date | None, sealed: Any) -> Row:
    step, nickname = read_step(case, safe), None
    if sealed is not None:
        plain = safe.open(place_of(NICKNAME), sealed)
        nickname = plain["value"] if plain["said"] == Said.ANSWERED else None
    is_follow_up = follow_up_on is not None and follow_up_on == due_on and follow_up_on != case.next_step_on
    return Row(case, due_on, step.text if step else None, nickname, is_follow_up)


def _is_due(today: date) -> sa.ColumnElement[bool]:
    asked = sa.exists().where(
        FollowUp.case_id == Case.id, FollowUp.status == FollowUpStatus.PLANNED, FollowUp.due_on <= today
    )
    return sa.and_(Case.status == CaseStatus.OPEN, sa.or_(Case.next_step_on <= today, asked))


def count_due(session: Session, actor: Actor, today: date) -> int:
    """Count the files of somebody in which something is due today, or was before."""
    mine = (Case.organization_id == actor.acting_for, Case.owner_id == actor.user_id)
    statement = sa.select(sa.func.count()).select_from(Case).where(*mine, _is_due(today))
    return session.scalars(statement).one()


def list_to_hand(session: Session, owner_id: UUID, organization_id: UUID, most: int) -> dict[UUID, Case]:
    """Return the files in hand of an owner, the next due first, and those without a day last."""
    rows = session.scalars(
        sa.select(Case)
        .where(
            Case.organization_id == organization_id,
            Case.owner_id == owner_id,
            Case.status.in_((CaseStatus.DRAFT, CaseStatus.OPEN)),
        )
        .order_by(Case.next_step_on.is_(None), Case.next_step_on, Case.id)
        .limit(most)
    )
    return {row.id: row for row in rows}


def list_due(session: Session, today: date) -> list[Due]:
    """Return what is due in every open file, of all organizations."""
    follow_up = _next_follow_up()
    statement = (
        sa.select(Case.organization_id, Case.owner_id, Case.deputy_id, _sooner(follow_up.c.on))
        .outerjoin(follow_up, follow_up.c.case_id == Case.id)
        .where(_is_due(today))
    )
    return [Due(*row) for row in session.execute(statement)]


def list_events(session: Session, case_id: UUID, page: int) -> tuple[Sequence[CaseEvent], bool]:
    """Return a page of a timeline, newest first; says whether more follow."""
    rows = session.scalars(
        sa.select(CaseEvent)
        .where(CaseEvent.case_id == case_id)
        .order_by(CaseEvent.occurred_at.desc(), CaseEvent.id)
        .limit(EVENTS + 1)
        .offset((page - 1) * EVENTS)
    ).all()
    return rows[:EVENTS], len(rows) > EVENTS
