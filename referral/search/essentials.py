"""What must not be missed on a first page, however the rest ranks.

One line that answers day and night among the first three; for a child, youth protection; for
someone who was exploited, help for victims; for a language that few speak, an interpreter. Each
must fit the filters, serve the place, and answer part of what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from referral.search.asking import MAJORITY
from referral.search.attributes import INACTIVE, PARTICULAR, PARTICULARLY
from referral.search.bitmaps import positions_of
from referral.search.ranking import understood
from referral.search.results import Results
from referral.search.territory import PROVINCE, REGION


@dataclass(frozen=True, slots=True)
class Essential:
    """A kind of help with the rank, from 0, at which one of it stands at the latest."""

    latest: int
    needs: tuple[str, ...]
    when: Callable[[Results], bool]
    always_open: bool = False
    local: bool = False


def _asked(results: Results) -> bool:
    return not results.ask.wordless or bool(results.ask.implied)


def _of_a_minor(results: Results) -> bool:
    return any(int(age) < MAJORITY for age in results.query.filters.get("age", ()))


def _of_the_exploited(results: Results) -> bool:
    return "exploitation" in results.query.filters


def _in_a_language(results: Results) -> bool:
    return results.ask.in_a_rare_language


ESSENTIALS = (
    Essential(2, ("trafficking_support", "exit_sex_industry"), _of_the_exploited, always_open=True),
    Essential(2, ("helpline",), _asked, always_open=True),
    Essential(3, ("child_protection",), _of_a_minor, local=True),
    Essential(6, ("crime_victim_support", "trafficking_support", "exit_sex_industry"), _of_the_exploited),
    Essential(7, ("crime_victim_support",), _of_the_exploited),
    Essential(8, ("interpretation",), _in_a_language),
)

LATEST = max(essential.latest for essential in ESSENTIALS)


def lift_essentials(results: Results, found: BitMap, ranked: list[int]) -> list[int]:
    """Return the ranking with one of each essential no later than its rank; the rest keep their order.

    None goes above those who speak a language that few do, when that was asked.
    """
    index = results.index
    shown = found - index.bitmap("need=police") - index.bitmap(INACTIVE) - results.query.closed
    for public in PARTICULAR:
        if public not in results.ask.publics:
            shown = shown - index.bitmap(f"{PARTICULARLY}{public}")
    speaking = len(found & understood(results.ask, results.choices))
    for essential in ESSENTIALS:
        if essential.when(results):
            ranked = lift(ranked, _of_kind(results, essential, shown), max(essential.latest, speaking))
    return ranked


def lift(ranked: Sequence[int], kind: Sequence[int], latest: int) -> list[int]:
    """Return the ranking with the first of a kind at a rank, unless one of them is there or above."""
    if not kind or not set(kind).isdisjoint(ranked[: latest + 1]):
        return list(ranked)
    others = [each for each in ranked if each != kind[0]]
    return [*others[:latest], kind[0], *others[latest:]]


def _of_kind(results: Results, essential: Essential, shown: BitMap) -> list[int]:
    """Return those of a kind that serve the place and answer part of what was asked, the best first."""
    index, order, territory = results.index, results.order, results.territory
    kind = BitMap.union(BitMap(), *(index.bitmap(f"need={need}") for need in essential.needs))
    if essential.always_open:
        kind &= index.bitmap("always_open=true")
    positions = positions_of(shown & kind)
    serving = territory.tier[positions] <= (REGION if essential.local else PROVINCE)
    positions = positions[serving & (order.level[positions] > 0)]
    draw = np.asarray(index.arrays["tie"])[positions]
    return [int(each) for each in positions[np.lexsort((draw, -order.keys[positions]))]]
