"""On which day somebody asks how she is, and when nobody did for too long; pure."""

from __future__ import annotations

from datetime import date, timedelta

from referral.catalogue.schedules import is_holiday
from referral.intake.vocabulary import FollowUpKind

AFTER = {
    FollowUpKind.HOURS_48: timedelta(days=2),
    FollowUpKind.DAYS_7: timedelta(days=7),
    FollowUpKind.DAYS_30: timedelta(days=30),
    FollowUpKind.DAYS_90: timedelta(days=90),
}
DAY = timedelta(days=1)
SATURDAY = 5
DAYS_TO_DEPUTY, DAYS_TO_LEAD = 1, 2
"""Working days overdue after which the deputy, then whoever leads, is told besides the owner."""


def due_day(kind: FollowUpKind, opened_on: date, today: date) -> date:
    """Return the day of a follow-up: counted from the opening, from today where that day is past."""
    planned = opened_on + AFTER[kind]
    return planned if planned >= today else today + AFTER[kind]


def is_working_day(day: date) -> bool:
    """Say whether people are at work on a day."""
    return day.weekday() < SATURDAY and not is_holiday(day)


def working_days_late(due_on: date, today: date) -> int:
    """Count the working days after a day, today among them."""
    late = (due_on + n * DAY for n in range(1, (today - due_on).days + 1))
    return sum(is_working_day(day) for day in late)
