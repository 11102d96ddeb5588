"""The tables of a report: true ones for inside the organization, and what of them may leave it; pure.

A row is a need; the columns of a table are the codes of one thing that is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from referral.evidence.releasing import Cell, Release, release

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
    cells: Mapping[Cell, int]
    missing: int | None = 0
    """What stands where there is no cell: nothing was counted, or it is hidden (None)."""

    def at(self, row: str | None, column: str | None) -> int | None:
        """Return a number; None where it is hidden."""
        return self.cells.get((row, column), self.missing)


def make_report(rows: Iterable[Alike], by: str) -> Report:
    """Return true counts of needs by one thing, with their totals."""
    cells: Counter[Cell] = Counter()
    for each in rows:
        code = str(getattr(each, by))
        for cell in ((each.need, code), (each.need, None), (None, code), (None, None)):
            cells[cell] += each.count
    return _lay_out(cells)


def make_release(rows: Sequence[Alike]) -> Release:
    """Return what may leave of one period, all tables together."""
    tables: dict[str, Counter[tuple[str, str]]] = {by: Counter() for by in BY}
    for each in rows:
        for by, counts in tables.items():
            counts[each.need, str(getattr(each, by))] += each.count
    return release(tables)


def as_report(released: Release, by: str) -> Report:
    """Return one table of what may leave, with its totals; what is not shown is hidden, zeros too."""
    cells: dict[Cell, int] = dict(released.tables.get(by, {}))
    cells |= {(row, None): number for row, number in released.rows.items()}
    if released.total is not None:
        cells[None, None] = released.total
    return _lay_out(cells, None)


def to_plain(released: Release) -> dict[str, Any]:
    """Return a release as it is stored."""
    tables = {
        by: [[row, column, number] for (row, column), number in cells.items()]
        for by, cells in released.tables.items()
    }
    return {"rows": dict(released.rows), "tables": tables}


def from_plain(plain: Mapping[str, Any]) -> Release:
    """Return a release that was stored."""
    tables = {
        by: {(row, column): number for row, column, number in cells} for by, cells in plain["tables"].items()
    }
    return Release(plain["rows"], tables)


def _lay_out(cells: Mapping[Cell, int], missing: int | None = 0) -> Report:
    rows = sorted({row for row, _column in cells if row is not None})
    columns = sorted({column for _row, column in cells if column is not None})
    return Report(tuple(rows), tuple(columns), dict(cells), missing)
