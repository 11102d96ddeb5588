"""Which needs that nothing met may be shown: by need and region, and by need and population; pure.

Three things keep a small number from being worked out:

1. The two tables of a need are released together by ``suppress``, as they share its total; no cell holds two
   needs, so that needs tell nothing of one another.
2. What is released covers four quarters that have ended, so it is the same for three months: nothing can be
   compared with the day before.
3. A number is told as a band (``BANDS``), and one under 5 not at all, nor that it is none: the map of one
   quarter, subtracted from that of the next, gives no number.
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
BANDS = (5, 10, 20, 50, 100)
"""The least of each band; the last has no end."""
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
    """What may be shown, by need: the least of a band; None where nothing may."""

    released: Mapping[str, Released]

    def in_region(self, need: str, region: str) -> int | None:
        """Return the band of those told of a region; an empty code is a region that nobody told."""
        return self._at(need, (region, None))

    def of_population(self, need: str, population: str) -> int | None:
        """Return the band of those told of a population, in all of Québec."""
        return self._at(need, (None, population))

    def whole(self, need: str) -> int | None:
        """Return the band of all that were told."""
        return self._at(need, (None, None))

    def _at(self, need: str, cell: tuple[str | None, str | None]) -> int | None:
        return band_of(self.released.get(need, {}).get(cell) or 0)


def band_of(number: int) -> int | None:
    """Return the least of the band of a number; None below the first."""
    return max((least for least in BANDS if least <= number), default=None)


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
