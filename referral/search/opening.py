"""Which listings are open at a moment, all at once; the rules are those of ``catalogue.schedules``."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from pyroaring import BitMap

from referral.catalogue.schedules import is_holiday, wall_clock
from referral.search.attributes import ALWAYS, INACTIVE
from referral.search.bitmaps import bitmap_of
from referral.search.index import Index


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
    in_force = (first <= today.toordinal()) & (last >= today.toordinal())
    was_in_force = (first <= yesterday.toordinal()) & (last >= yesterday.toordinal())
    from_today = in_force & (weekday == today.weekday()) & (opens <= second) & (overnight | (second < closes))
    spilled = was_in_force & (weekday == yesterday.weekday()) & overnight & (second < closes)
    known = np.zeros_like(in_force) if is_holiday(today) else in_force
    is_open = (from_today & known) | (spilled & (not is_holiday(yesterday)))
    may_spill = spilled & is_holiday(yesterday)
    shut = index.bitmap(INACTIVE)
    always = index.bitmap(ALWAYS)
    opened = (bitmap_of(owners[is_open]) | always) - shut
    closed = (bitmap_of(owners[known]) - bitmap_of(owners[may_spill]) - opened) | shut
    return opened, closed
