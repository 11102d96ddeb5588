"""Counts referrals as they move, in the transaction of the move: both are kept, or neither is.

Four steps are counted, each once: sent, first answered, begun, ended. One that is struck out, as entered in
error, is taken out of all of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from referral.evidence.kinds import month_of
from referral.referrals.count_models import NOT_KNOWN, ReferralCount, Step
from referral.referrals.delays import Delay, day_of, delay_to_answer, delay_to_service
from referral.referrals.reasons import Reason
from referral.referrals.status import ReferralStatus
from referral.shared.database import CASES, db, is_writing


class NotWritingError(RuntimeError):
    """Somebody counts outside of ``writing``: the count would be kept apart from what it counts."""


@dataclass(frozen=True, slots=True)
class Times:
    """When a referral was sent, first answered and begun, and when the step is that is counted."""

    sent: datetime
    answered: datetime | None
    began: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of one referral: codes and bands; an empty code is *not known*."""

    month: date
    sender_id: uuid.UUID
    receiver_id: uuid.UUID
    need: str
    delay_to_answer: Delay
    delay_to_service: Delay
    outcome: ReferralStatus
    reason: Reason | str = NOT_KNOWN
    region_code: str = NOT_KNOWN
    population: str = NOT_KNOWN
    age_band: str = NOT_KNOWN
    step: Step = Step.ENDED


@dataclass(frozen=True, slots=True)
class Came:
    """To which step a referral came, how and why."""

    step: Step
    outcome: ReferralStatus
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the file tells of a need, in codes."""

    need: str
    region_code: str = NOT_KNOWN
    population: str = NOT_KNOWN
    age_band: str = NOT_KNOWN


def make_tally(parties: tuple[uuid.UUID, uuid.UUID], told: Told, times: Times, came: Came) -> Tally:
    """Return what is counted of a referral of ``parties`` (sender, receiver) at a step."""
    sender, receiver = parties
    return Tally(
        month=month_of(day_of(times.at)),
        sender_id=sender,
        receiver_id=receiver,
        delay_to_answer=delay_to_answer(times.sent, times.answered),
        delay_to_service=delay_to_service(times.sent, times.began),
        outcome=came.outcome,
        reason=came.reason or NOT_KNOWN,
        step=came.step,
        **asdict(told),
    )


def count(session: Session, tally: Tally) -> None:
    """Add one, in the transaction of ``writing(…, CASES)``; raises NotWritingError outside of it."""
    engine = db.engines[CASES]
    if not is_writing(session, engine):
        raise NotWritingError
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    row = dialect.insert(ReferralCount).values(**asdict(tally), count=1)
    session.execute(
        row.on_conflict_do_update(
            index_elements=list(ReferralCount.__table__.primary_key),
            set_={"count": ReferralCount.count + 1},
        )
    )


def uncount(session: Session, tally: Tally) -> None:
    """Take one away, in the transaction of ``writing(…, CASES)``; nothing happens where none is counted."""
    if not is_writing(session, db.engines[CASES]):
        raise NotWritingError
    key = {column.name: getattr(tally, column.name) for column in ReferralCount.__table__.primary_key}
    row = session.get(ReferralCount, key, with_for_update=True, populate_existing=True)
    if row is None:
        return
    if row.count == 1:
        session.delete(row)
    else:
        row.count -= 1
    session.flush()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many referrals are alike in what a report tells apart; never which month or which party."""

    need: str
    region_code: str
    population: str
    age_band: str
    delay_to_answer: Delay
    delay_to_service: Delay
    outcome: ReferralStatus
    reason: str
    count: int


def list_counts(
    session: Session, organization_id: uuid.UUID, first: date, last: date, *, is_sender: bool
) -> Sequence[Counted]:
    """Return what one organization sent, or was sent, that ended between two days (the last included)."""
    table = ReferralCount
    columns = (
        table.need, table.region_code, table.population, table.age_band,
        table.delay_to_answer, table.delay_to_service, table.outcome, table.reason,
    )  # fmt: skip
    own = table.sender_id if is_sender else table.receiver_id
    rows = session.execute(
        sa.select(*columns, sa.func.sum(table.count))
        .where(own == organization_id, table.step == Step.ENDED, table.month >= first, table.month <= last)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [Counted(*row) for row in rows]


def count_steps(
    session: Session, organization_id: uuid.UUID, first: date, last: date, *, is_sender: bool
) -> dict[Step, int]:
    """Return how many came to each step between two days (the last included)."""
    table = ReferralCount
    own = table.sender_id if is_sender else table.receiver_id
    rows = session.execute(
        sa.select(table.step, sa.func.sum(table.count))
        .where(own == organization_id, table.month >= first, table.month <= last)
        .group_by(table.step)
    )
    found = dict(rows.all())
    return {step: found.get(step, 0) for step in Step}
