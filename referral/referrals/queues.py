"""The coordinator's morning: what is hers to answer, what she waits for, what is due and what is late.

Each queue is picked from two indexes that hold all it asks for, then a page of it is read and opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from referral.access.policy import Actor
from referral.intake.answers import place_of
from referral.intake.models import Answer, Case
from referral.intake.queries import NICKNAME
from referral.intake.safe import Safe, open_safes
from referral.intake.vocabulary import CaseStatus, Need, Said
from referral.referrals.asked import read_asked
from referral.referrals.clocks import end_of
from referral.referrals.models import Referral
from referral.referrals.status import OPEN, WAITS_FOR_ANSWER, ReferralStatus, Side
from referral.shared.clock import QUEBEC

PER_PAGE = 25
MOST_COUNTED = 99
"""A queue that is longer says « 99+ »."""
S = ReferralStatus
LAST = frozenset({S.IN_PROGRESS, S.DRAFT})
"""In hand already: after what somebody waits for."""
TURNED_DOWN = (S.REJECTED, S.FAILED)
"""The person still waits: the sender asks elsewhere."""
Rows = sa.Select[*tuple[Any, ...]]
Condition = sa.ColumnElement[bool]


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


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, for whom she acts, whose referrals she wants, and when it is."""

    me: UUID | None
    place: UUID | None
    scope: Scope
    at: datetime

    @property
    def tonight(self) -> datetime:
        """Return the midnight that ends this day in Québec."""
        return end_of(self.at.astimezone(QUEBEC).date())


def asking_of(actor: Actor, scope: Scope, at: datetime) -> Asking:
    """Return what somebody asks where she acts."""
    return Asking(actor.user_id, actor.acting_for, scope, at)


@dataclass(frozen=True, slots=True)
class Row:
    """A referral in a queue; the file and its nickname only for the side that keeps the file."""

    referral: Referral
    side: Side
    code: str | None
    nickname: str | None
    need: Need | None

    @property
    def other_id(self) -> UUID:
        """Return the other organization."""
        return self.referral.receiver_id if self.side is Side.SENDER else self.referral.sender_id

    @property
    def is_ours(self) -> bool:
        """Say whether it is for this side to act."""
        return self.referral.turn is self.side

    @property
    def holder_id(self) -> UUID | None:
        """Return which colleague has it on this side."""
        return self.referral.owner_id if self.side is Side.SENDER else self.referral.handler_id


def list_rows(session: Session, queue: Queue, asking: Asking, page: int) -> tuple[list[Row], bool]:
    """Return a page of a queue: late ones first, then the most urgent; says whether more follow."""
    picked = _pick(queue, asking, page * PER_PAGE + 1).subquery()
    columns = picked.c
    order = (columns.is_late.desc(), columns.rank, columns.urgency, columns.due_at, columns.id)
    own = sa.and_(Case.id == Referral.case_id, columns.side == Side.SENDER)
    statement = (
        sa.select(Referral, columns.side, Case.code, Answer.sealed)
        .join(picked, columns.id == Referral.id)
        .outerjoin(Case, own)
        .outerjoin(Answer, sa.and_(Answer.case_id == Case.id, Answer.name == NICKNAME))
        .order_by(*order)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    found = session.execute(statement).all()
    return _open_rows(found[:PER_PAGE]), len(found) > PER_PAGE


def count_all(session: Session, asking: Asking) -> dict[Queue, int]:
    """Return how long each queue is, in one statement; never more than one above ``MOST_COUNTED``."""
    counts = [
        sa.select(sa.func.count())
        .select_from(
            sa.union_all(
                *(_some(rows) for rows in (*_kinds(each, asking), *_turned_down(each, asking)))
            ).subquery()
        )
        .scalar_subquery()
        for each in Queue
    ]
    found = session.execute(sa.select(*counts)).one()
    return {queue: min(count, MOST_COUNTED + 1) for queue, count in zip(Queue, found, strict=True)}


def count_waiting_for(session: Session, asking: Asking) -> int:
    """Count what waits for somebody: to be answered by her, or late on her side; in one statement."""
    late = (Referral.turn.is_not(None), Referral.due_at <= asking.at, Referral.status.in_(OPEN))
    received = _of(Side.RECEIVER, asking).where(
        Referral.turn == Side.RECEIVER,
        sa.or_(Referral.status.in_(WAITS_FOR_ANSWER), sa.and_(*late)),
        Referral.status.in_(OPEN),
    )
    sent = _of(Side.SENDER, asking).where(Referral.turn.in_((Side.SENDER, Side.RECEIVER)), *late)
    both = sa.union_all(_some(received), _some(sent)).subquery()
    return session.scalars(sa.select(sa.func.count()).select_from(both)).one()


def _some(rows: Rows) -> Rows:
    """Select as many as are counted, in no order: whoever counts looks at no more."""
    return sa.select(rows.with_only_columns(Referral.id).limit(MOST_COUNTED + 1).subquery())


def _pick(queue: Queue, asking: Asking, most: int) -> sa.CompoundSelect[Any]:
    """Select the first so many of each kind that a queue is made of."""
    first = [_first(rows, most) for rows in _kinds(queue, asking)]
    first += [_first_in_index(rows, most) for rows in _turned_down(queue, asking)]
    return sa.union_all(*(sa.select(rows.subquery()) for rows in first))


def _kinds(queue: Queue, asking: Asking) -> list[Rows]:
    sent, received = _of(Side.SENDER, asking), _of(Side.RECEIVER, asking)
    is_open = Referral.status.in_(OPEN)
    if queue is Queue.TO_ANSWER:
        return [
            received.where(Referral.turn == Side.RECEIVER, is_open),
            sent.where(Referral.turn == Side.SENDER, Referral.status.in_(OPEN | {S.DRAFT})),
        ]
    if queue is Queue.WAITING:
        return [
            received.where(Referral.turn == Side.SENDER, is_open),
            sent.where(Referral.turn == Side.RECEIVER, is_open),
        ]
    by = Referral.due_at <= asking.at
    if queue is Queue.TODAY:
        by = sa.and_(Referral.due_at > asking.at, Referral.due_at <= asking.tonight)
    both = Referral.turn.in_((Side.SENDER, Side.RECEIVER))
    return [received.where(both, is_open, by), sent.where(both, is_open, by)]


def _turned_down(queue: Queue, asking: Asking) -> list[Rows]:
    if queue is not Queue.TO_ANSWER:
        return []
    sent = _of(Side.SENDER, asking).where(Referral.turn == Side.SENDER)
    return [sent.where(_still_turned_down(each)) for each in TURNED_DOWN]


def _of(side: Side, asking: Asking) -> Rows:
    """Select what one side sees: what was not sent is its sender's alone."""
    is_late = sa.case((sa.and_(Referral.due_at <= asking.at, Referral.status.in_(OPEN)), 1), else_=0)
    rank = sa.case((Referral.status.in_(LAST), 1), else_=0)
    rows = sa.select(
        Referral.id,
        sa.literal(side.value, sa.String).label("side"),
        Referral.urgency.label("urgency"),
        Referral.due_at.label("due_at"),
        is_late.label("is_late"),
        rank.label("rank"),
    )
    if side is Side.SENDER:
        rows = rows.where(Referral.sender_id == asking.place)
        return rows.where(Referral.owner_id == asking.me) if asking.scope is Scope.MINE else rows
    rows = rows.where(Referral.receiver_id == asking.place)
    mine = sa.or_(Referral.handler_id == asking.me, Referral.handler_id.is_(None))
    return rows.where(mine) if asking.scope is Scope.MINE else rows


def _first(rows: Rows, most: int) -> Rows:
    columns = rows.selected_columns
    order = (columns["is_late"].desc(), columns["rank"], Referral.urgency, Referral.due_at)
    return rows.order_by(*order).limit(most)


def _first_in_index(rows: Rows, most: int) -> Rows:
    """Select the first so many of one status, in the order of the index, which is left as soon as may be."""
    return rows.order_by(Referral.urgency, Referral.due_at).limit(most)


def _still_turned_down(status: ReferralStatus) -> Condition:
    """Say that one was turned down, was not asked again, and that the file is still open."""
    again = aliased(Referral)
    is_open = sa.exists().where(Case.id == Referral.case_id, Case.status == CaseStatus.OPEN)
    return sa.and_(
        Referral.status == status,
        ~sa.exists().where(again.previous_id == Referral.id),
        is_open,
    )


def _open_rows(found: Sequence[Any]) -> list[Row]:
    files = {referral.case_id for referral, _, code, _ in found if code is not None}
    safes = open_safes(files | {referral.id for referral, *_ in found})
    return [
        Row(
            referral,
            Side(side),
            code,
            _open_nickname(safes.get(referral.case_id), sealed),
            _open_need(safes.get(referral.id), referral),
        )
        for referral, side, code, sealed in found
    ]


def _open_need(safe: Safe | None, referral: Referral) -> Need | None:
    asked = read_asked(referral, safe) if safe is not None else None
    return asked.need if asked is not None else None


def _open_nickname(safe: Safe | None, sealed: bytes | None) -> str | None:
    if safe is None or sealed is None:
        return None
    plain = safe.open(place_of(NICKNAME), sealed)
    return plain["value"] if plain["said"] == Said.ANSWERED else None
