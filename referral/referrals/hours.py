"""When an organization reads what it is sent: its own hours, week by week; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from referral.catalogue.schedules import is_holiday
from referral.shared.clock import QUEBEC

WEEK = 7
FARTHEST = 14
"""Days ahead: a week of holidays may lie between."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when somebody reads, on one weekday (0 is Monday); past midnight where it ends earlier."""

    weekday: int
    opens_at: time
    closes_at: time


def is_read_now(spans: Sequence[Span], at: datetime) -> bool | None:
    """Say whether somebody reads now; None where no hours were entered, and the sender calls."""
    if not spans:
        return None
    return any(begins <= at < ends for begins, ends in _around(spans, at))


def read_at(spans: Sequence[Span], at: datetime) -> datetime | None:
    """Return when what is sent now is read: now, or at the next opening; None where that is not known.

    On a statutory holiday nobody is counted on, unless the hours hold every day of the week.
    """
    if not spans:
        return None
    if is_read_now(spans, at):
        return at
    return min((begins for begins, _ in _around(spans, at) if begins > at), default=None)


def _around(spans: Sequence[Span], at: datetime) -> list[tuple[datetime, datetime]]:
    """Return the readings from yesterday on, as moments."""
    today = at.astimezone(QUEBEC).date()
    days = [today + timedelta(days=number) for number in range(-1, FARTHEST + 1)]
    always = {span.weekday for span in spans} == set(range(WEEK))
    return [
        _moments(span, day)
        for day in days
        for span in spans
        if span.weekday == day.weekday() and (always or not is_holiday(day))
    ]


def _moments(span: Span, day: date) -> tuple[datetime, datetime]:
    ends_on = day if span.closes_at > span.opens_at else day + timedelta(days=1)
    begins = datetime.combine(day, span.opens_at, QUEBEC)
    return begins, datetime.combine(ends_on, span.closes_at, QUEBEC)
