"""By when something must happen, and who has it in hand; on Québec's calendar; pure.

U1 is *now*, U2 the same day, U3 three working days, U4 ten (docs/glossary.md). A day ends at midnight
in Québec; a working day is Monday to Friday but for statutory holidays.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from referral.catalogue.schedules import is_holiday
from referral.intake.vocabulary import Urgency
from referral.referrals.reasons import Reason
from referral.referrals.status import OPEN, WAITS_FOR_ANSWER, ReferralStatus, Side
from referral.shared.clock import QUEBEC

AT_ONCE = timedelta(minutes=30)
"""U1: by then somebody must have answered, and the telephone was the first way."""
LEAST_TONIGHT = timedelta(hours=2)
"""U2 late in the evening: midnight would come before anybody can answer."""
WORKING_DAYS = {Urgency.UNSTABLE: 3, Urgency.PLANNED: 10}
REVIEW = timedelta(days=30)
"""A service that has begun is looked at again."""
MORNING = time(7)
"""When those who lead are told of what can wait for the morning."""
PRESSING = frozenset({Urgency.NOW, Urgency.TONIGHT})
"""Told of at once, at any hour of any day."""
S = ReferralStatus


def is_working_day(day: date) -> bool:
    """Say whether offices are open on a day."""
    return day.weekday() < 5 and not is_holiday(day)  # noqa: PLR2004  # Saturday


def add_working_days(day: date, count: int) -> date:
    """Return the day that comes so many working days later."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def end_of(day: date) -> datetime:
    """Return the midnight that ends a day in Québec, aware."""
    return datetime.combine(day + timedelta(days=1), time(), QUEBEC)


def due_at(status: ReferralStatus, urgency: Urgency, since: datetime) -> datetime | None:
    """Return by when a referral must move on from a status that it came to; None where nobody waits."""
    if status not in OPEN:
        return None
    since = since.astimezone(UTC)  # hours that pass, also where the clock in Québec is put back or forth
    if status is S.IN_PROGRESS:
        return since + REVIEW
    if urgency is Urgency.NOW:
        return since + AT_ONCE
    today = since.astimezone(QUEBEC).date()
    if urgency is Urgency.TONIGHT:
        return max(end_of(today), since + LEAST_TONIGHT)
    return end_of(add_working_days(today, WORKING_DAYS[urgency]))


def next_side(status: ReferralStatus, reason: Reason | None = None) -> Side | None:
    """Return who has a referral in hand; None where it has ended for both.

    A declined one is the sender's again: the person still waits.
    """
    if status in {S.DRAFT, S.REJECTED, S.FAILED}:
        return Side.SENDER
    if status is S.ON_HOLD and reason is Reason.AWAITING_PERSON:
        return Side.SENDER
    return Side.RECEIVER if status in OPEN else None


def escalates_at(urgency: Urgency, due: datetime) -> datetime:
    """Return when those who lead are told that something is late: at once, or on a working morning."""
    if urgency in PRESSING:
        return due
    day = due.astimezone(QUEBEC).date()
    morning = datetime.combine(day, MORNING, QUEBEC)
    while morning < due or not is_working_day(day):
        day += timedelta(days=1)
        morning = datetime.combine(day, MORNING, QUEBEC)
    return morning


def is_told_again(status: ReferralStatus, urgency: Urgency) -> bool:
    """Say whether it is told of until somebody answers, and not once only."""
    return urgency is Urgency.NOW and status in WAITS_FOR_ANSWER
