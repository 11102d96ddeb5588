"""Which referrals each queue is made of: statements that are built once and then only bound.

Two kinds of indexes hold all that is asked: by whose turn it is, and by when it is due (only what goes
on is due). No statement reads a row that is not shown, but to see whether its file is still open.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from referral.intake.models import Answer, Case
from referral.intake.queries import NICKNAME
from referral.intake.vocabulary import CaseStatus
from referral.referrals.clocks import PRESSING
from referral.referrals.models import Referral
from referral.referrals.status import OPEN, WAITS_FOR_ANSWER, ReferralStatus, Side
from referral.shared.database import UtcDateTime

S = ReferralStatus
TURNED_DOWN = (S.REJECTED, S.FAILED)
"""The person still waits: the sender asks elsewhere."""
NOT_OPEN = frozenset(S) - OPEN
"""Said so where the order of an index by the day is to be kept: what is due goes on, and is few."""
Rows = sa.Select[*tuple[Any, ...]]
Condition = sa.ColumnElement[bool]
ME = sa.bindparam("me", type_=sa.Uuid())
PLACE = sa.bindparam("place", type_=sa.Uuid())
AT = sa.bindparam("at", type_=UtcDateTime())
TONIGHT = sa.bindparam("tonight", type_=UtcDateTime())
MOST = sa.bindparam("most", type_=sa.Integer())


class Queue(StrEnum):
    """The queues, as addresses name them."""

    TO_ANSWER = "to-answer"
    WAITING = "waiting"
    TODAY = "today"
    OVERDUE = "overdue"


class Scope(StrEnum):
    """Whose referrals: her own and those that nobody took in hand, or all of her organization."""

    MINE = "mine"
    ALL = "all"


@cache
def select_page(queue: Queue, scope: Scope) -> Rows:
    """Select a page of a queue with what is shown of each file: late ones first, then the most urgent."""
    kinds = _firsts(queue, scope) + [_first_in_index(rows) for rows in _turned_down(queue, scope)]
    picked = sa.union_all(*(sa.select(rows.subquery()) for rows in kinds)).subquery()
    columns = picked.c
    order = (columns.is_late.desc(), columns.rank, columns.urgency, columns.due_at, columns.id)
    page = (
        sa.select(picked)
        .order_by(*order)
        .limit(sa.bindparam("shown", type_=sa.Integer()))
        .offset(sa.bindparam("passed", type_=sa.Integer()))
        .subquery()
    )
    columns = page.c
    order = (columns.is_late.desc(), columns.rank, columns.urgency, columns.due_at, columns.id)
    own = sa.and_(
        Case.id == Referral.case_id,
        Case.organization_id == Referral.sender_id,
        columns.side == Side.SENDER,
    )
    return (
        sa.select(Referral, columns.side, Case.code, Answer.sealed)
        .join(page, columns.id == Referral.id)
        .outerjoin(Case, own)
        .outerjoin(Answer, sa.and_(Answer.case_id == Case.id, Answer.name == NICKNAME))
        .order_by(*order)
    )


@cache
def select_counts(scope: Scope) -> Rows:
    """Select how long each queue is, in its order; each kind is counted up to ``most`` and no further."""
    kinds = ((*_kinds(each, scope), *_turned_down(each, scope)) for each in Queue)
    return sa.select(*(_count(each).scalar_subquery() for each in kinds))


@cache
def select_waiting(scope: Scope) -> sa.Select[int]:
    """Select how many wait for somebody: to be answered by her, or late on her side; each once."""
    to_answer = (
        rows.where(Referral.turn == Side.RECEIVER, Referral.status.in_(WAITS_FOR_ANSWER))
        for rows in _received(scope)
    )
    answered = Referral.status.not_in(NOT_OPEN | WAITS_FOR_ANSWER)
    late = (
        _due(Side.RECEIVER, scope).where(Referral.due_at <= AT, answered, Referral.turn != Side.SENDER),
        _due(Side.SENDER, scope).where(Referral.due_at <= AT),
    )
    return _count((*to_answer, *late))


def _count(kinds: tuple[Rows, ...]) -> sa.Select[int]:
    some = (sa.select(rows.with_only_columns(Referral.id).limit(MOST).subquery()) for rows in kinds)
    return sa.select(sa.func.count()).select_from(sa.union_all(*some).subquery())


def _kinds(queue: Queue, scope: Scope) -> list[Rows]:
    is_open = Referral.status.in_(OPEN)
    if queue is Queue.TO_ANSWER:
        hers = Referral.status.in_(OPEN | {S.DRAFT})
        received = [rows.where(Referral.turn == Side.RECEIVER, is_open) for rows in _received(scope)]
        return [*received, _sent(scope).where(Referral.turn == Side.SENDER, hers)]
    if queue is Queue.WAITING:
        received = [rows.where(Referral.turn == Side.SENDER, is_open) for rows in _received(scope)]
        return [*received, _sent(scope).where(Referral.turn == Side.RECEIVER, is_open)]
    by = Referral.due_at <= AT
    if queue is Queue.TODAY:
        by = sa.and_(Referral.due_at > AT, Referral.due_at <= TONIGHT)
    return [_due(side, scope).where(by) for side in (Side.RECEIVER, Side.SENDER)]


def _turned_down(queue: Queue, scope: Scope) -> list[Rows]:
    if queue is not Queue.TO_ANSWER:
        return []
    sent = _sent(scope).where(Referral.turn == Side.SENDER)
    return [sent.where(_still_turned_down(each)) for each in TURNED_DOWN]


def _still_turned_down(status: ReferralStatus) -> Condition:
    """Say that one was turned down, was not asked again, and that the file is still open."""
    again = aliased(Referral)
    is_open = sa.exists().where(Case.id == Referral.case_id, Case.status == CaseStatus.OPEN)
    return sa.and_(
        Referral.status == status,
        ~sa.exists().where(again.previous_id == Referral.id),
        is_open,
    )


def _sent(scope: Scope) -> Rows:
    rows = _rows(Side.SENDER).where(Referral.sender_id == PLACE)
    return rows.where(Referral.owner_id == ME) if scope is Scope.MINE else rows


def _received(scope: Scope) -> list[Rows]:
    """Select what was received; what is in her hands and what is in nobody's apart, each from an index.

    What was asked by telephone was sent to nobody.
    """
    rows = _rows(Side.RECEIVER).where(Referral.receiver_id == PLACE, Referral.by_call.is_(False))
    if scope is Scope.ALL:
        return [rows]
    return [rows.where(Referral.handler_id == ME), rows.where(Referral.handler_id.is_(None))]


def _due(side: Side, scope: Scope) -> Rows:
    """Select what is due by some moment, which whoever asks says."""
    goes_on = Referral.status.not_in(NOT_OPEN)
    if side is Side.SENDER:
        return _sent(scope).where(goes_on)
    rows = _rows(side).where(Referral.receiver_id == PLACE, Referral.by_call.is_(False), goes_on)
    mine = sa.or_(Referral.handler_id == ME, Referral.handler_id.is_(None))
    return rows.where(mine) if scope is Scope.MINE else rows


def _rows(side: Side) -> Rows:
    is_late = sa.case((sa.and_(Referral.due_at <= AT, Referral.status.in_(OPEN)), 1), else_=0)
    return sa.select(
        Referral.id,
        sa.literal(side.value, sa.String).label("side"),
        Referral.urgency.label("urgency"),
        Referral.due_at.label("due_at"),
        is_late.label("is_late"),
        sa.case((_is_in_hand(), 1), else_=0).label("rank"),
    )


def _is_in_hand() -> Condition:
    """Say that one comes after what somebody waits for: it has begun, or it is a draft that can wait."""
    draft = sa.and_(Referral.status == S.DRAFT, Referral.urgency.not_in(PRESSING))
    return sa.or_(Referral.status == S.IN_PROGRESS, draft)


def _firsts(queue: Queue, scope: Scope) -> list[Rows]:
    """Select the first of each kind; of a whole organization, which has many, without sorting them all."""
    if scope is Scope.MINE or queue in {Queue.TODAY, Queue.OVERDUE}:
        return [_first(rows) for rows in _kinds(queue, scope)]
    found = []
    for side, other in ((Side.RECEIVER, Side.SENDER), (Side.SENDER, Side.RECEIVER)):
        turn, not_turn = (side, other) if queue is Queue.TO_ANSWER else (other, side)
        found.append(_first(_due(side, scope).where(Referral.due_at <= AT, Referral.turn != not_turn)))
        (rows,) = [_sent(scope)] if side is Side.SENDER else _received(scope)
        rows = rows.where(Referral.turn == turn, _is_not_late())
        found += [_first_in_index(rows.where(Referral.status == each)) for each in _stands(queue, side)]
    return found


def _stands(queue: Queue, side: Side) -> list[ReferralStatus]:
    """Return at which statuses something waits; a draft only for whoever may send it."""
    is_hers = queue is Queue.TO_ANSWER and side is Side.SENDER
    return sorted(OPEN | {S.DRAFT} if is_hers else OPEN)


def _is_not_late() -> Condition:
    return sa.or_(Referral.due_at > AT, Referral.due_at.is_(None))


def _first(rows: Rows) -> Rows:
    columns = rows.selected_columns
    order = (columns["is_late"].desc(), columns["rank"], Referral.urgency, Referral.due_at, Referral.id)
    return rows.order_by(*order).limit(MOST)


def _first_in_index(rows: Rows) -> Rows:
    """Select the first of one status, in the order of the index, which is left as soon as may be."""
    return rows.order_by(Referral.urgency, Referral.due_at, Referral.id).limit(MOST)
