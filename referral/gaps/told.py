"""Which needs that nothing met may be shown: by need and region, and by need and population.

What is shown stays the same for three months, since it covers quarters that have ended: no number can be
compared with the number of the day before. The two tables of a need are released together, as they share
its total; no cell holds two needs, so that needs tell nothing of one another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from referral.evidence.suppression import Released, suppress

UNKNOWN = ""
PATTERNS = [(), (0,), (1,)]
MONTHS_OF_A_QUARTER = 3
Told = tuple[str, str | None, str | None, int]
"""Need, region, population and how many are alike."""


@dataclass(frozen=True, slots=True)
class Period:
    """Four quarters that have ended: the first day, and the first day after."""

    begins: date
    ends: date

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        return self.ends - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ToldNeeds:
    """What may be shown, by need; a number that stays hidden is None."""

    released: Mapping[str, Released]

    def in_region(self, need: str, region: str) -> int | None:
        """Return how many were told of a region; an empty code is a region that nobody told."""
        return self._at(need, (region, None))

    def of_population(self, need: str, population: str) -> int | None:
        """Return how many were told of a population, in all of Québec."""
        return self._at(need, (None, population))

    def whole(self, need: str) -> int | None:
        """Return how many were told in all."""
        return self._at(need, (None, None))

    def _at(self, need: str, cell: tuple[str | None, str | None]) -> int | None:
        return self.released.get(need, {}).get(cell, 0)


def last_period(today: date) -> Period:
    """Return the twelve months up to the end of the last quarter that has ended."""
    first = MONTHS_OF_A_QUARTER * ((today.month - 1) // MONTHS_OF_A_QUARTER) + 1
    return Period(date(today.year - 1, first, 1), date(today.year, first, 1))


def release_told(rows: Iterable[Told]) -> ToldNeeds:
    """Return what may leave of counts that are alike, need by need."""
    return release_rows(tuple(sorted(rows, key=repr)))


@lru_cache(maxsize=2)
def release_rows(rows: tuple[Told, ...]) -> ToldNeeds:
    """Return the same; kept, since quarters that have ended stay as they are."""
    counts: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for need, region, population, number in rows:
        counts[need][region or UNKNOWN, population or UNKNOWN] += number
    return ToldNeeds({need: suppress(counts[need], PATTERNS) for need in sorted(counts)})
