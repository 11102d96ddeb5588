"""Which listings are open at a moment, all at once; the rules are those of ``catalogue.schedules``."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from referral.catalogue.schedules import is_holiday, wall_clock
from referral.search.attributes import ALWAYS, INACTIVE
from referral.search.bitmaps import bitmap_of
from referral.search.documents import NO_HOURS
from referral.search.index import Index

Array = npt.NDArray[Any]


def open_and_closed(index: Index, at: datetime, told_closed: BitMap | None = None) -> tuple[BitMap, BitMap]:
    """Return the positions known to be open at an aware moment, and those known to be closed.

    ``told_closed`` are closed whatever their hours say.
    """
    wall = wall_clock(at)
    kept: tuple[datetime, tuple[BitMap, BitMap]] | None = index.cache.get("openness")
    if kept is None or kept[0] != wall:
        kept = index.cache["openness"] = (wall, _judge(index, wall))  # replaced whole: threads share it
    opened, closed = kept[1]
    return (opened - told_closed, closed | told_closed) if told_closed else (opened, closed)


def _judge(index: Index, wall: datetime) -> tuple[BitMap, BitMap]:
    rows = index.rows("openings", "spans")
    owners, spans = rows.owners(), rows.columns[0]
    weekday, opens, closes, first, last = (spans[:, column] for column in range(5))
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    second = wall.hour * 3600 + wall.minute * 60 + wall.second
    overnight = closes <= opens
    timed = opens != NO_HOURS
    known, _told = _holding(owners, spans, today)
    known_before, told_before = _holding(owners, spans, yesterday)
    from_today = (weekday == today.weekday()) & (opens <= second) & (overnight | (second < closes)) & timed
    spilled = (weekday == yesterday.weekday()) & overnight & (second < closes)
    is_open = (from_today & known) | (spilled & known_before)
    in_force_before = (first <= yesterday.toordinal()) & (last >= yesterday.toordinal())
    may_spill = spilled & in_force_before & ~told_before & is_holiday(yesterday)
    shut = index.bitmap(INACTIVE)
    always = index.bitmap(ALWAYS)
    opened = (bitmap_of(owners[is_open]) | always) - shut
    closed = (bitmap_of(owners[known]) - bitmap_of(owners[may_spill]) - opened) | shut
    return opened, closed


def _holding(owners: Array, spans: Array, day: date) -> tuple[Array, Array]:
    """Return which hours hold on a day, and which are of a listing that told of that very day."""
    weekday, first, last = spans[:, 0], spans[:, 3], spans[:, 4]
    number = day.toordinal()
    own = (first == number) & (last == number) & (weekday == day.weekday())
    told = np.isin(owners, owners[own])
    by_week = np.zeros_like(own) if is_holiday(day) else (first <= number) & (last >= number) & ~told
    return own | by_week, told
