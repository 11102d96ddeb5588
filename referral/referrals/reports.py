"""The tables of a report: true ones for inside the organization, and what of them may leave it; pure.

A row is a need; the columns of a table are the codes of one thing that is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from referral.evidence.releasing import Cell, Place, Release, release
from referral.referrals.status import ReferralStatus

BY = ("outcome", "reason", "region_code", "population", "age_band", "delay_to_answer", "delay_to_service")
"""What a report tells apart inside, each in a table with needs."""
SHARED = ("outcome", "region_code", "population", "age_band")
"""What leaves of it with all referrals; none of these says anything of another."""
S = ReferralStatus
PARTS: tuple[Place, ...] = (
    *(("outcome", end.value, "reason") for end in (S.COMPLETED, S.REJECTED, S.FAILED, S.CANCELLED)),
    ("outcome", S.COMPLETED.value, "delay_to_service"),
    ("outcome", S.REJECTED.value, "delay_to_answer"),
)
"""What leaves of those that ended in one way: a reason belongs to one outcome, and so do most delays."""


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
    parts = {
        (by, code, of): _count([each for each in rows if getattr(each, by) == code], of)
        for by, code, of in PARTS
    }
    return release({by: _count(rows, by) for by in SHARED}, parts)


def _count(rows: Iterable[Alike], by: str) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for each in rows:
        counts[each.need, str(getattr(each, by))] += each.count
    return counts


def as_report(released: Release, by: str) -> Report:
    """Return one table of what may leave, with its totals; what is not shown is hidden, zeros too."""
    return _with_totals(released.tables.get(by, {}), released.rows)


def as_part(released: Release, place: Place) -> Report:
    """Return one table of those that ended in one way, with its totals."""
    return _with_totals(released.parts.get(place, {}), released.rows_of(place))


def _with_totals(table: Mapping[Cell, int], rows: Mapping[str, int]) -> Report:
    cells: dict[Cell, int] = {**table, **{(row, None): number for row, number in rows.items()}}
    if rows:
        cells[None, None] = sum(rows.values())
    return _lay_out(cells, None)


def to_plain(released: Release) -> dict[str, Any]:
    """Return a release as it is stored."""
    return {
        "rows": dict(released.rows),
        "tables": [[by, _list(cells)] for by, cells in released.tables.items()],
        "parts": [[place, _list(cells)] for place, cells in released.parts.items()],
    }


def _list(cells: Mapping[Cell, int]) -> list[tuple[str | None, str | None, int]]:
    return [(row, column, number) for (row, column), number in cells.items()]


def from_plain(plain: Mapping[str, Any]) -> Release:
    """Return a release that was stored."""
    return Release(
        plain["rows"],
        {by: {(row, column): number for row, column, number in cells} for by, cells in plain["tables"]},
        {
            (by, code, of): {(row, column): number for row, column, number in cells}
            for (by, code, of), cells in plain["parts"]
        },
    )


def _lay_out(cells: Mapping[Cell, int], missing: int | None = 0) -> Report:
    rows = sorted({row for row, _column in cells if row is not None})
    columns = sorted({column for _row, column in cells if column is not None})
    return Report(tuple(rows), tuple(columns), dict(cells), missing)
