"""How old a fact is, in words, and when a listing is due for a check.

Dates come as their source gives them: a year, a month or a day. What was never confirmed has no
age of confirmation: it is *unconfirmed*, whatever the date of its source.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from referral.catalogue.confidentiality import is_shelter

PARTIAL_DATE = re.compile(r"((?:19|20)\d\d)(?:-(\d\d)(?:-(\d\d))?)?")
MONTHS_IN_DAYS = 31
YEARS_IN_MONTHS = 24

Unit = Literal["days", "months", "years", "this_month", "this_year", "unknown"]
Standing = Literal["unconfirmed", "fresh", "due", "last", "hidden"]


@dataclass(frozen=True, slots=True)
class Age:
    """An age to put into words, such as 4 months; no more precise than the date it comes from."""

    unit: Unit
    number: int = 0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Months since the last confirmation after which a listing is to check, ranked last, hidden."""

    due: int
    last: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Months:
    """The thresholds of an installation: ``urgent`` is when what costs most where it is wrong is due."""

    due: int = 12
    urgent: int = 6
    last: int = 15
    hidden: int = 18

    @property
    def usual_thresholds(self) -> Thresholds:
        """How long a confirmation of most services holds."""
        return Thresholds(self.due, self.last, self.hidden)

    @property
    def urgent_thresholds(self) -> Thresholds:
        """How long it holds for shelters, help lines and what claims to be always open."""
        return Thresholds(self.urgent, self.last, self.hidden)


MONTHS = Months()
USUAL = MONTHS.usual_thresholds
URGENT = MONTHS.urgent_thresholds
"""Shelters, help lines and what claims to be always open: wrong facts there cost most."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month of a year, or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def earliest(self) -> date:
        """The first day that it may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that it may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def parse_date(text: str) -> PartialDate:
    """Read ``2026``, ``2026-10`` or ``2026-10-04``; raises ValueError."""
    match = PARTIAL_DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in match.groups())
    found = PartialDate(year or 0, month, day)
    date(found.year, found.month or 1, found.day or 1)
    return found


def age_of(text: str | None, today: date) -> Age:
    """Return the age of a date as its source gives it; a date to come is as new as can be."""
    if not text:
        return Age("unknown")
    given = parse_date(text)
    if given.month is None:
        years = today.year - given.year
        return Age("years", years) if years > 0 else Age("this_year")
    months = months_between(given.earliest, today)
    if given.day is None:
        months = (today.year - given.year) * 12 + today.month - given.month
        return _in_months(months) if months > 0 else Age("this_month")
    days = max(0, (today - given.earliest).days)
    return _in_months(months) if days >= MONTHS_IN_DAYS and months else Age("days", days)


def months_between(then: date, today: date) -> int:
    """Return the whole months elapsed; the last day of a month completes it for a later day of the month."""
    months = (today.year - then.year) * 12 + today.month - then.month
    last_day = calendar.monthrange(today.year, today.month)[1]
    return months - (today.day < min(then.day, last_day))


def day_before(today: date, months: int) -> date:
    """Return the last day from which at least so many whole months have passed (``months_between``)."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    is_last = today.day == calendar.monthrange(today.year, today.month)[1]
    return date(year, month + 1, last_day if is_last else min(today.day, last_day))


def day_after(then: date, months: int) -> date:
    """Return the first day on which so many whole months have passed since another."""
    year, month = divmod(then.year * 12 + then.month - 1 + months, 12)
    return date(year, month + 1, min(then.day, calendar.monthrange(year, month + 1)[1]))


def is_urgent(categories: Iterable[str], *, always_open: bool | None) -> bool:
    """Say whether wrong facts of such a service cost most."""
    codes = frozenset(categories)
    return bool(always_open) or "helpline" in codes or is_shelter(codes)


def thresholds_for(
    categories: Iterable[str], *, always_open: bool | None, months: Months = MONTHS
) -> Thresholds:
    """Return how long a confirmation of such a service holds."""
    urgent = is_urgent(categories, always_open=always_open)
    return months.urgent_thresholds if urgent else months.usual_thresholds


def standing(assured: date | None, thresholds: Thresholds, today: date) -> Standing:
    """Say what the age of the last confirmation by a person makes of a listing."""
    if assured is None:
        return "unconfirmed"
    months = months_between(assured, today)
    if months >= thresholds.hidden:
        return "hidden"
    if months >= thresholds.last:
        return "last"
    return "due" if months >= thresholds.due else "fresh"


def _in_months(months: int) -> Age:
    return Age("months", months) if months < YEARS_IN_MONTHS else Age("years", months // 12)
