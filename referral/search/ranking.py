"""The one order in which listings are shown, and the reasons for it.

From the strongest: serves the place asked at all · is not the police, unless the police or danger
was asked about · how much of what was asked it answers · how many of the filters it is known to
fit · town, region, then province served · distance · trust · relevance · a draw by its id, so
that the order of the catalogue has no part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from referral.search.asking import Ask
from referral.search.attributes import INACTIVE
from referral.search.bitmaps import flags_of, positions_of
from referral.search.index import Index
from referral.search.matching import Match
from referral.search.selection import Choice
from referral.search.territory import ELSEWHERE, PROVINCE, SERVES, Territory, steps

Keys = npt.NDArray[np.int64]

SHARES = (0.15, 0.3, 0.5, 0.7, 0.9)
"""Shares of what was asked are compared by these steps only: finer differences prove nothing."""
MOST_UNKNOWN = 15
FINEST = 1023
WEIGHTS = {"lang": 2}
"""A language counts twice: without one in common nothing else helps."""
LINE_PLACE = 2
"""The rank, from 0, at which a line that answers day and night is at the latest."""


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that ranks; ``keys`` are comparable, the larger the better."""

    keys: Keys
    level: npt.NDArray[np.int64]
    unknown: npt.NDArray[np.int64]


def weigh(index: Index, ask: Ask, match: Match | None, choices: list[Choice], territory: Territory) -> Order:
    """Give each listing its key; the parts are packed from the strongest to the weakest."""
    count = index.count
    level = np.zeros(count, dtype=np.int64)
    relevance = np.zeros(count, dtype=np.int64)
    if match is not None:
        level = np.searchsorted(SHARES, match.share + np.float32(1e-4), side="right").astype(np.int64)
        relevance = np.clip(match.relevance * FINEST, 0, FINEST).astype(np.int64)
    unknown = np.zeros(count, dtype=np.int64)
    for choice in choices:
        if choice.counts:
            unknown += np.where(flags_of(choice.yes, count), 0, WEIGHTS.get(choice.name, 1))
    last = flags_of(_put_last(index, ask), count)
    keys = (territory.tier != ELSEWHERE).astype(np.int64)
    for part, room in (
        (~last, 2),
        (level, 8),
        (MOST_UNKNOWN - np.minimum(unknown, MOST_UNKNOWN), 16),
        (len(SERVES) - 1 - territory.tier, 8),
        (15 - np.minimum(steps(index, territory), 15), 16),
        (index.arrays["trust"], 8),
        (relevance, FINEST + 1),
    ):
        keys = keys * room + part.astype(np.int64)
    return Order(keys, level, unknown)


def _put_last(index: Index, ask: Ask) -> BitMap:
    """Return who comes after all others: closed for now, and the police when nobody asked for it."""
    return index.bitmap(INACTIVE) if ask.about_police else index.bitmap(INACTIVE) | index.bitmap("need=police")


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


def line_to_lift(index: Index, ask: Ask, order: Order, found: BitMap, territory: Territory) -> int | None:
    """Return the line open day and night that must be among the first three, if there is one.

    At night a person needs one number that answers. Only a line that answers part of what was
    asked, serves the place, and is not the police.
    """
    if ask.wordless and not ask.implied:
        return None
    lines = found & index.bitmap("always_open=true") & index.bitmap("need=helpline")
    lines = lines - index.bitmap("need=police") - index.bitmap(INACTIVE)
    positions = positions_of(lines)
    positions = positions[(territory.tier[positions] <= PROVINCE) & (order.level[positions] > 0)]
    if not len(positions):
        return None
    draw = np.asarray(index.arrays["tie"])[positions]
    return int(positions[np.lexsort((draw, -order.keys[positions]))[0]])


def lift(ranked: list[int], line: int | None) -> list[int]:
    """Return the ranking with the line no later than third."""
    if line is None or line in ranked[: LINE_PLACE + 1]:
        return ranked
    others = [each for each in ranked if each != line]
    return [*others[:LINE_PLACE], line, *others[LINE_PLACE:]]
