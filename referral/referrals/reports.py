"""The tables of a report: true ones for inside the organization, and what of them may leave it; pure.

What leaves is made quarter by quarter, then for the year around them, so that neither tells of the other.
A row is a need; the columns of a table are the codes of one thing that is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from referral.evidence.suppression import Cell, Released, suppress

BY = ("outcome", "reason", "region_code", "population", "age_band", "delay_to_answer", "delay_to_service")
"""What a report tells apart, each in a table with needs."""


class Alike(Protocol):
    """Referrals that are alike: codes by name, and how many."""

    @property
    def need(self) -> str: ...
    @property
    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Report:
    """Needs by one thing: codes of rows and columns, and cells; None in both is all together."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Cell, int | None]

    def at(self, row: str | None, column: str | None) -> int | None:
        """Return a number, zero where nothing was counted; None where it is hidden."""
        return self.cells.get((row, column), 0)


def make_report(rows: Iterable[Alike], by: str) -> Report:
    """Return true counts of needs by one thing, with their totals."""
    cells: Counter[Cell] = Counter()
    for each in rows:
        code = str(getattr(each, by))
        for cell in ((each.need, code), (each.need, None), (None, code), (None, None)):
            cells[cell] += each.count
    return _lay_out(cells)


def make_shared(quarters: Sequence[Sequence[Alike]]) -> dict[str, Report]:
    """Return, by what it tells apart, what may leave of one quarter or of a year of quarters.

    All tables of one quarter are released together, since they share their totals.
    """
    keys = [{(str(place), *_key(each)): 0 for each in rows} for place, rows in enumerate(quarters)]
    before: Released = {}
    for place, rows in enumerate(quarters):
        for each in rows:
            keys[place][str(place), *_key(each)] += each.count
        alone = suppress({key[1:]: count for key, count in keys[place].items()}, PATTERNS)
        before |= {(str(place), *cell): value for cell, value in alone.items()}
    whole = {key: count for quarter in keys for key, count in quarter.items()}
    released = before
    if len(quarters) > 1:
        with_quarter = [(0, *(at + 1 for at in pattern)) for pattern in PATTERNS]
        without = [each[1:] for each in with_quarter]
        released = suppress(whole, [*with_quarter, *without], before)
    wanted = None if len(quarters) > 1 else "0"
    year = {cell[1:]: value for cell, value in released.items() if cell[0] == wanted}
    return {by: _pick(year, place + 1) for place, by in enumerate(BY)}


PATTERNS = [
    (),
    (0,),
    *((place,) for place in range(1, len(BY) + 1)),
    *((0, place) for place in range(1, len(BY) + 1)),
]


def _key(each: Alike) -> tuple[str, ...]:
    return each.need, *(str(getattr(each, by)) for by in BY)


def _pick(released: Released, place: int) -> Report:
    others = set(range(len(BY) + 1)) - {0, place}
    return _lay_out(
        {
            (cell[0], cell[place]): value
            for cell, value in released.items()
            if all(cell[other] is None for other in others)
        }
    )


def _lay_out(cells: Mapping[Cell, int | None]) -> Report:
    rows = sorted({cell[0] for cell in cells if cell[0] is not None})
    columns = sorted({cell[1] for cell in cells if cell[1] is not None})
    return Report(tuple(rows), tuple(columns), dict(cells))
