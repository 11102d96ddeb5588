"""Whose last confirmation is too old: said in words, then ranked last, then hidden, by the day of the query.

The last service of a region for a need is never hidden: it stays, ranked last. What was never
confirmed is not overdue; it is *unconfirmed*, and ranks by its trust.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from referral.catalogue.freshness import Months, day_before
from referral.search.attributes import INACTIVE, URGENT
from referral.search.bitmaps import bitmap_of, flags_of, positions_of
from referral.search.index import Index
from referral.search.query import Overdue
from referral.search.ranking import Order
from referral.search.territory import ELSEWHERE, Territory
from referral.shared.clock import QUEBEC

NEVER = 0
"""In the place of the day of a confirmation that nobody made."""
STEP = 1 << 40
"""More than any key of ``search.ranking``."""
NAMED = ("need=", "region=")


@dataclass(frozen=True, slots=True)
class Standings:
    """Positions by what the age of their confirmation makes of them on one day.

    ``due``: only said · ``last``: ranked last, of which ``spared`` would be hidden were they not the
    last of a region for a need · ``hidden``: not found at all.
    """

    due: BitMap
    last: BitMap
    spared: BitMap
    hidden: BitMap

    def of(self, position: int) -> Overdue | None:
        """Return what is to be said of a listing, in a code."""
        if self is NOTHING:
            return None
        if position in self.hidden:
            return "hidden"
        if position in self.spared:
            return "spared"
        if position in self.last:
            return "last"
        return "due" if position in self.due else None


NOTHING = Standings(BitMap(), BitMap(), BitMap(), BitMap())


def judge(index: Index, at: datetime) -> Standings:
    """Return the standings on the day of Québec of a moment, kept until the next."""
    today = at.astimezone(QUEBEC).date()
    kept: tuple[date, Months, Standings] | None = index.cache.get("standings")
    if kept is None or kept[:2] != (today, index.months):
        kept = (today, index.months, _judge(index, today))
        index.cache["standings"] = kept  # replaced whole: threads share it
    return kept[2]


def _judge(index: Index, today: date) -> Standings:
    months, assured = index.months, index.arrays["assured"]
    confirmed = assured != NEVER
    if not confirmed.any():
        return NOTHING
    due = confirmed & (assured <= day_before(today, months.due).toordinal())
    urgent = flags_of(index.bitmap(URGENT), index.count)
    due |= confirmed & urgent & (assured <= day_before(today, months.urgent).toordinal())
    last = confirmed & (assured <= day_before(today, months.last).toordinal())
    old = confirmed & (assured <= day_before(today, months.hidden).toordinal())
    spared = _spared(index, old) if old.any() else BitMap()
    hidden = bitmap_of(np.flatnonzero(old)) - spared
    said = bitmap_of(np.flatnonzero(last))
    return Standings(bitmap_of(np.flatnonzero(due)) - said, said - hidden, spared, hidden)


def set_back(order: Order, territory: Territory, last: BitMap) -> Order:
    """Rank what is overdue after all others that serve the place asked, then after all that do not."""
    if not last:
        return order
    serves = (territory.tier != ELSEWHERE) if territory.asked else np.ones(len(order.keys), dtype=np.bool_)
    steps = 2 * serves.astype(np.int64) - flags_of(last, len(order.keys))
    return replace(order, keys=order.keys + STEP * steps)


def _spared(index: Index, old: npt.NDArray[np.bool_]) -> BitMap:
    """Return, for each region and need that nothing else serves, the service confirmed most recently.

    Who serves all the province is no other choice for a region: it is counted by itself. Nor is
    what is closed for now.
    """
    served = _cells(index)
    there = ~old & ~flags_of(index.bitmap(INACTIVE), index.count)
    has_other: set[tuple[str, str]] = set()
    for position in np.flatnonzero(there).tolist():
        has_other.update(served[position])
    best: dict[tuple[str, str], int] = {}
    for position in np.flatnonzero(old).tolist():
        for cell in served[position]:
            if cell not in has_other and _is_better(index, position, best.get(cell)):
                best[cell] = position
    return BitMap(best.values())


def _is_better(index: Index, position: int, other: int | None) -> bool:
    """Prefer what is not closed for now, then what was confirmed last, then a draw by the id."""
    return other is None or _worth(index, position) > _worth(index, other)


def _worth(index: Index, position: int) -> tuple[bool, int, int]:
    arrays = index.arrays
    is_open = position not in index.bitmap(INACTIVE)
    return is_open, int(arrays["assured"][position]), -int(arrays["tie"][position])


def _cells(index: Index) -> list[list[tuple[str, str]]]:
    """Return the regions and needs that each listing serves, kept with the index.

    A listing that names no region, or no need, stands in a place of its own among those alike.
    """
    kept: list[list[tuple[str, str]]] | None = index.cache.get("cells")
    if kept is None:
        named: dict[str, list[list[str]]] = {each: [[] for _ in range(index.count)] for each in NAMED}
        for attribute in index.attributes:
            for start in NAMED:
                if attribute.startswith(start):
                    for position in positions_of(index.bitmap(attribute)).tolist():
                        named[start][position].append(attribute)
        kept = [
            [(region, need) for region in regions or [""] for need in needs or [""]]
            for needs, regions in zip(*(named[each] for each in NAMED), strict=True)
        ]
        index.cache["cells"] = kept
    return kept
