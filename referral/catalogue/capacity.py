"""How long what was told of room and of closures holds: pure rules, judged each time that one asks.

Nothing is rewritten when it grows old: an hour that nobody noticed changes nothing that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from referral.catalogue.confidentiality import is_shelter
from referral.shared.clock import QUEBEC

BED, PLACE = "bed", "place"
ASK_AFTER = timedelta(days=14)
REASONS = ("staff", "holidays", "works", "weather", "illness", "moving")
"""Why a service may be closed for a time; anything else is said in words."""


@dataclass(frozen=True, slots=True)
class Fading:
    """How long a telling of room holds."""

    beds: timedelta = timedelta(hours=24)
    others: timedelta = timedelta(days=7)

    def lasts(self, unit: str) -> timedelta:
        """Return how long a telling of such units holds."""
        return self.beds if unit == BED else self.others

    @property
    def longest(self) -> timedelta:
        """Return after how long no telling holds any more."""
        return max(self.beds, self.others)


def unit_of(categories: Iterable[str]) -> str:
    """Return what is counted: beds where people sleep, places elsewhere."""
    return BED if is_shelter(categories) else PLACE


def holds(told_at: datetime, unit: str, at: datetime, fading: Fading) -> bool:
    """Say whether what was told of room may still be said; else nobody knows: call."""
    return at - told_at < fading.lasts(unit)


def day_of(at: datetime) -> date:
    """Return the day in Québec at an aware moment."""
    return at.astimezone(QUEBEC).date()


def is_over(ends_on: date | None, ended_at: datetime | None, day: date) -> bool:
    """Say whether a closure is past; its last day is still of it."""
    return ended_at is not None or (ends_on is not None and ends_on < day)


def is_closed(starts_on: date, ends_on: date | None, ended_at: datetime | None, day: date) -> bool:
    """Say whether a service is closed on a day."""
    return starts_on <= day and not is_over(ends_on, ended_at, day)


def is_to_ask(
    starts_on: date, ends_on: date | None, confirmed_at: datetime | None, at: datetime, after: timedelta
) -> bool:
    """Say whether to ask if a closure without end still lasts: so long after its start or last answer."""
    since = max(starts_on, day_of(confirmed_at)) if confirmed_at else starts_on
    return ends_on is None and day_of(at) - since >= after
