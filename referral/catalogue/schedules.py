"""Whether a service is open at a moment, as far as its published hours can tell.

Hours are wall-clock times of Québec: they are compared with the wall clock, so the nights on which
clocks change need no special case. On a statutory holiday ordinary hours prove nothing: unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

import holidays

from referral.catalogue.listing import Listing, Opening
from referral.shared.clock import QUEBEC

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
CLOSED = frozenset({"temporarily closed", "inactive", "defunct"})
DAY = timedelta(days=1)

State = Literal["always", "hours", "closed", "holiday", "unknown"]


@dataclass(frozen=True, slots=True)
class HoursToday:
    """What to say of a day: always open, these hours, closed all day, a holiday, or nobody knows.

    ``spans`` are opening and closing times in order; a closing at or before its opening is the next day's.
    """

    state: State
    spans: tuple[tuple[time, time], ...] = ()


def is_open(listing: Listing, at: datetime) -> bool | None:
    """Say whether a service is open at an aware moment; ``None`` when its hours do not tell."""
    if listing.status in CLOSED:
        return False
    if listing.always_open:
        return True
    wall = wall_clock(at)
    answers = [_open_since(listing, wall.date() - DAY, wall), _open_since(listing, wall.date(), wall)]
    if True in answers:
        return True
    return None if answers[1] is None or _may_spill(listing, wall) else False


def hours_today(listing: Listing, at: datetime) -> HoursToday:
    """Return the hours of the day on which an aware moment falls in Québec."""
    if listing.status in CLOSED:
        return HoursToday("closed")
    if listing.always_open:
        return HoursToday("always")
    day = wall_clock(at).date()
    begun = _beginning(listing, day)
    if begun is None:
        in_force = any(_in_force(opening, day) for opening in listing.openings)
        return HoursToday("holiday" if in_force else "unknown")
    spans = sorted((opening.opens_at, opening.closes_at) for opening in begun)
    return HoursToday("hours", tuple(spans)) if spans else HoursToday("closed")


def wall_clock(at: datetime) -> datetime:
    """Return what a clock on a wall in Québec shows, without zone; raises ValueError on a naive moment."""
    if at.tzinfo is None:
        raise ValueError("naive datetime")
    return at.astimezone(QUEBEC).replace(tzinfo=None, fold=0)


def is_holiday(day: date) -> bool:
    """Say whether ordinary hours may not hold: statutory holidays of Québec, and Easter Monday.

    Employers choose between Good Friday and Easter Monday (Act respecting labour standards, s. 60).
    """
    return day in _holidays(day.year)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    statutory = holidays.country_holidays("CA", subdiv="QC", years=year, language="en_CA")
    return frozenset(statutory) | {friday + 3 * DAY for friday in statutory.get_named("Good Friday")}


def _in_force(opening: Opening, day: date) -> bool:
    return (opening.valid_from or day) <= day <= (opening.valid_to or day)


def _of_day(openings: tuple[Opening, ...], day: date) -> list[Opening]:
    return [
        opening
        for opening in openings
        if _in_force(opening, day) and WEEKDAYS[day.weekday()] in opening.byday
    ]


def _of_one_day(listing: Listing, day: date) -> list[Opening]:
    return [
        opening for opening in _of_day(listing.openings, day) if opening.valid_from == opening.valid_to == day
    ]


def _beginning(listing: Listing, day: date) -> list[Opening] | None:
    """Return the hours that begin on a day, ``None`` where they are not known.

    What was told of that very day holds, whatever the week says and though it be a holiday.
    """
    told = _of_one_day(listing, day)
    if told or day in listing.closed_on:
        return told
    if is_holiday(day) or not any(_in_force(opening, day) for opening in listing.openings):
        return None
    return _of_day(listing.openings, day)


def _open_since(listing: Listing, day: date, wall: datetime) -> bool | None:
    """Say whether hours that begin on a day cover a moment; ``None`` if that day's hours are not known."""
    begun = _beginning(listing, day)
    if begun is None:
        return None
    for opening in begun:
        begins = datetime.combine(day, opening.opens_at)
        ends = datetime.combine(day, opening.closes_at)
        if ends <= begins:
            ends += DAY
        if begins <= wall < ends:
            return True
    return False


def _may_spill(listing: Listing, wall: datetime) -> bool:
    """Say whether a holiday's hours, were they kept, would last past midnight to this moment."""
    yesterday = wall.date() - DAY
    if not is_holiday(yesterday) or _beginning(listing, yesterday) is not None:
        return False
    return any(
        opening.closes_at <= opening.opens_at and wall.time() < opening.closes_at
        for opening in _of_day(listing.openings, yesterday)
    )
