"""The one order in which listings are shown, and the reasons for it.

From the strongest: serves the place asked at all · is not the police, unless the police or danger
was asked about · speaks the language asked · how much of what was asked it answers · how many of
the filters it is known to fit · town, region, then province served · distance · a phone to call ·
whether it told that it has no room · trust · relevance · a draw by its id, so that the order of the
catalogue has no part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from referral.search.asking import Ask
from referral.search.attributes import INACTIVE, PARTICULAR, PARTICULARLY
from referral.search.bitmaps import flags_of, positions_of
from referral.search.documents import STRONG
from referral.search.index import Index
from referral.search.matching import Match
from referral.search.selection import Choice
from referral.search.territory import ELSEWHERE, SERVES, Territory, steps

Keys = npt.NDArray[np.int64]

SHARES = (15, 30, 50, 70, 90)
"""Hundredths of what was asked; compared by these steps only, since finer differences prove nothing."""
LEVEL_OF = np.searchsorted(SHARES, np.arange(101), side="right").astype(np.int64)
ROUND_TABLES = "coalition"
"""Bodies that bring services together, not people who need one."""
MOST_UNKNOWN = 15
FINEST = 1023
OTHER_PUBLIC = 2
"""Steps of the share that a service for another public than the one asked for loses."""


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that ranks; ``keys`` are comparable, the larger the better."""

    keys: Keys
    level: npt.NDArray[np.int64]
    unknown: npt.NDArray[np.int64]


def weigh(  # noqa: PLR0913  # all that ranks
    index: Index,
    ask: Ask,
    match: Match | None,
    choices: list[Choice],
    territory: Territory,
    *,
    told: tuple[BitMap, BitMap],
) -> Order:
    """Give each listing its key; the parts are packed from the strongest to the weakest.

    ``told`` is what the index cannot know: who is closed, and who has no room.
    """
    closed, without_room = told
    count = index.count
    level = np.zeros(count, dtype=np.int64)
    relevance = np.zeros(count, dtype=np.int64)
    if match is not None:
        level = LEVEL_OF[np.clip(match.share * 100 + np.float32(0.01), 0, 100).astype(np.int64)]
        relevance = np.clip(match.relevance * FINEST, 0, FINEST).astype(np.int64)
    unknown = np.zeros(count, dtype=np.int64)
    for choice in choices:
        if choice.counts:
            unknown += ~flags_of(choice.yes, count)
    apart = _for_others(index, ask)
    tier = territory.tier if territory.asked else np.zeros_like(territory.tier)
    keys = (tier != ELSEWHERE).astype(np.int64)
    for part, room in (
        (_groups(index, ask, closed), 3),
        (flags_of(understood(ask, choices), count), 2),
        (np.maximum(level - OTHER_PUBLIC * apart, 0), 8),
        (MOST_UNKNOWN - np.minimum(unknown, MOST_UNKNOWN), 16),
        (len(SERVES) - 1 - tier, 8),
        (15 - np.minimum(steps(index, territory), 15), 16),
        (flags_of(index.bitmap("mode=phone"), count), 2),
        (~flags_of(without_room, count), 2),
        (index.arrays["trust"], 8),
        (relevance, FINEST + 1),
    ):
        keys = keys * room + part.astype(np.int64)
    return Order(keys, level, unknown)


def _for_others(index: Index, ask: Ask) -> npt.NDArray[np.bool_]:
    """Say what is for one public, when that public was not asked for."""
    apart = np.zeros(index.count, dtype=np.bool_)
    for public in PARTICULAR:
        if public not in ask.publics:
            apart |= flags_of(index.bitmap(f"{PARTICULARLY}{public}"), index.count)
    return apart


def understood(ask: Ask, choices: list[Choice]) -> BitMap:
    """Return who is known to offer a language that few do: without one in common nothing else helps."""
    if not ask.in_a_rare_language:
        return BitMap()
    return next((choice.yes for choice in choices if choice.name == "lang"), BitMap())


def _groups(index: Index, ask: Ask, closed: BitMap) -> Keys:
    """Return 2, but 1 for round tables that nobody asked for, and 0 for police and what is closed for now."""
    groups = np.full(index.count, 2, dtype=np.int64)
    tables = index.postings(f"{STRONG}{ROUND_TABLES}")
    if tables is not None and ROUND_TABLES not in ask.concepts:
        groups[tables[0]] = 1
    last = index.bitmap(INACTIVE) | closed
    groups[positions_of(last if ask.about_police else last | index.bitmap("need=police"))] = 0
    return groups


def best(index: Index, order: Order, found: BitMap, wanted: int) -> npt.NDArray[np.int64]:
    """Return the first positions in order, without sorting what is not shown."""
    positions = positions_of(found).astype(np.int64)
    keys = order.keys[positions]
    if wanted < len(positions):
        least = np.partition(keys, len(keys) - wanted)[len(keys) - wanted]
        positions = positions[keys >= least]
        keys = order.keys[positions]
    draw = np.asarray(index.arrays["tie"])[positions]
    return positions[np.lexsort((draw, -keys))][:wanted]
