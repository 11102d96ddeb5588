"""Which counts by need may leave an organization: no count of 1 to 4 can be worked out from what does; pure.

Rows are needs; there is one table for each thing that is told apart (outcome, region …), and all have the
same rows. Steps, each simple enough to be seen to be safe:

1. **Rows.** Needs of fewer than 5 are put together in one row, with the smallest others where that row would
   still be small, or would tell one of them. Then every row has 5 or more, and its total is shown.
2. **Tables.** In each, cells and totals of columns under 5 are hidden, *zeros too*, so that what is hidden
   may be nothing at all. What is hidden in one row or column is 5 or more together, or nothing: else the
   smallest number beside it is hidden as well. A small one is safe with a *witness*: another table with the
   same totals of rows and the same shown numbers, in which it holds another number, each small one is still
   0 to 4 and each other hidden one 5 or more. A witness is a way round the table (one more here, one less
   there …); where there is none, the cheapest way round is hidden as well. A table in which there is no way
   round is not released.
3. **Parts.** What follows from a column of a table (the reasons of an outcome) is a table of that column
   alone: its rows are those whose number in that column is shown; the others are one. Then step 2 again.
4. **Years.** A year is released whole, or as the sum of its released quarters (``add_up``), which tells
   nothing that they do not tell. Never both: whoever releases holds to that (``referrals.leaving``).

Why tables are safe together: they share nothing but the totals of rows. With these fixed, any table that
is possible goes with any other, so a witness in one leaves all others as they are. It holds even for who
knows which hidden numbers are small. **So no two tables may tell the same thing in two ways**, or limit each
other: what does is a part (a reason has one outcome; only what is done had a service), or does not leave.

**Not promised**: that an interval is wide (two numbers are enough); anything for who knows some of the counts
from elsewhere, or sets what two organizations release side by side; two releases of counts that changed
between them, or grouped in another way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from operator import itemgetter

SMALLEST_SHOWN = 5
OTHERS = "*"
"""The row of needs that are put together."""
Cell = tuple[str | None, str | None]
"""A row and a column; None for all of them together."""
Counts = Mapping[tuple[str, str], int]
Place = tuple[str, str, str]
"""Of a part: the table and its column from which it follows, and what it tells apart."""


def is_small(count: int) -> bool:
    """Say whether a count may not leave the organization."""
    return 0 < count < SMALLEST_SHOWN


@dataclass(frozen=True, slots=True)
class Release:
    """What leaves: totals of rows, and the cells of each table that are shown. Empty where nothing may."""

    rows: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, Mapping[Cell, int]] = field(default_factory=dict)
    parts: Mapping[Place, Mapping[Cell, int]] = field(default_factory=dict)

    def rows_of(self, place: Place) -> dict[str, int]:
        """Return the totals of rows of a part; nothing where it is withheld."""
        name, column, _of = place
        cells = self.tables.get(name, {})
        whole = cells.get((None, column))
        if whole is None:
            return {}
        rows = {row: cells[row, column] for row in self.rows if row != OTHERS and (row, column) in cells}
        rest = whole - sum(rows.values())
        return rows | ({OTHERS: rest} if rest else {})

    @property
    def total(self) -> int | None:
        """All together; None where it is hidden."""
        return sum(self.rows.values()) or None


def release(tables: Mapping[str, Counts], parts: Mapping[Place, Counts] | None = None) -> Release:
    """Return what may leave of tables of the same things, each by need and by something else."""
    totals: Counter[str] = Counter()
    for (row, _column), count in next(iter(tables.values()), {}).items():
        totals[row] += count
    kept = keep_rows(totals)
    if kept is None:
        return Release()
    rows = _put_together(totals.items(), kept)
    shown = Release(rows, {name: _show(counts, rows, kept) for name, counts in tables.items()})
    return Release(
        rows,
        shown.tables,
        {place: _show_part(counts, shown.rows_of(place)) for place, counts in (parts or {}).items()},
    )


def _show_part(counts: Counts, rows: Mapping[str, int]) -> dict[Cell, int]:
    return _show(counts, rows, frozenset(rows) - {OTHERS}) if rows else {}


def _put_together(totals: Iterable[tuple[str, int]], kept: frozenset[str]) -> dict[str, int]:
    rows: Counter[str] = Counter()
    for row, count in totals:
        rows[row if row in kept else OTHERS] += count
    return {row: count for row, count in rows.items() if count}


def keep_rows(totals: Mapping[str, int]) -> frozenset[str] | None:
    """Return the rows that are shown by themselves, all others being one; None where nothing may be shown."""
    large = [row for row, count in totals.items() if count >= SMALLEST_SHOWN]
    kept = sorted(large, key=lambda row: (-totals[row], row))
    rest = [count for count in totals.values() if count < SMALLEST_SHOWN]
    while not _may_be_one(rest):
        if not kept:
            return None
        rest.append(totals[kept.pop()])
    return frozenset(kept) if sum(totals.values()) else None


def _may_be_one(rest: Sequence[int]) -> bool:
    """Say whether the sum of some counts may be shown: it is not small, and tells none of them."""
    if not sum(rest):
        return True
    return sum(rest) >= SMALLEST_SHOWN and not any(
        is_small(count) and _is_told(count, [*rest[:place], *rest[place + 1 :]])
        for place, count in enumerate(rest)
    )


def _is_told(count: int, others: Sequence[int]) -> bool:
    may_rise = _can_rise(count) and any(map(_can_fall, others))
    may_fall = _can_fall(count) and any(map(_can_rise, others))
    return not (may_rise or may_fall)


def _can_rise(count: int) -> bool:
    """Say whether a hidden number may be one more, for who knows whether it is small."""
    return count != SMALLEST_SHOWN - 1


def _can_fall(count: int) -> bool:
    return count not in {0, SMALLEST_SHOWN}


def _show(counts: Counts, rows: Mapping[str, int], kept: frozenset[str]) -> dict[Cell, int]:
    """Return what is shown of one table; nothing where it cannot be made safe."""
    columns = sorted({column for (_row, column), count in counts.items() if count})
    cells: Counter[Cell] = Counter({(row, column): 0 for row in (*rows, None) for column in columns})
    for (row, column), count in counts.items():
        if count:
            cells[row if row in kept else OTHERS, column] += count
            cells[None, column] += count
    hidden = _Table(cells).hide()
    return {} if hidden is None else {cell: count for cell, count in cells.items() if cell not in hidden}


Node = tuple[bool, str]
"""A row or a column; each cell is the way between the two."""
TOTALS: Node = (False, "**")
"""The row of the totals of columns."""
FIRST = 1_000_000
"""Of two ways round, the one that hides fewer cells; of those alike, the one with smaller numbers."""


class _Table:
    """Cells and totals of columns, as ways between rows and columns along which ones can be moved."""

    def __init__(self, cells: Mapping[Cell, int]) -> None:
        self.cells = cells
        self.hidden = {cell for cell, count in cells.items() if count < SMALLEST_SHOWN}
        self.ways: dict[Node, list[tuple[Node, Cell]]] = {}
        for cell, count in cells.items():
            start, end = _ends(cell)
            if cell[0] is None:  # a total rises where cells of its column do
                start, end = end, start
            if _can_rise(count):
                self.ways.setdefault(start, []).append((end, cell))
            if _can_fall(count):
                self.ways.setdefault(end, []).append((start, cell))

    def hide(self) -> set[Cell] | None:
        """Return what is hidden, so that each small cell has a witness; None where one can have none."""
        self._fill_lines()
        safe: set[Cell] = set()
        for cell in sorted(self.hidden, key=lambda cell: (cell[0] is not None, cell)):  # totals first
            if cell in safe or not is_small(self.cells[cell]):
                continue
            way = min(self._ways_round(cell), key=itemgetter(0), default=None)
            if way is None:
                return None
            safe.update(way[1])
            self.hidden.update(way[1])
        return self.hidden

    def _fill_lines(self) -> None:
        """Hide more in lines that show their total, where what they hide would be small together."""
        rows: dict[str | None, list[Cell]] = {}
        columns: dict[str | None, list[Cell]] = {}
        for row, column in self.cells:
            rows.setdefault(row, []).append((row, column))
            if row is not None:
                columns.setdefault(column, []).append((row, column))
        for line in rows.values():
            self._fill(line)
        for column, line in columns.items():
            if (None, column) not in self.hidden:
                self._fill(line)

    def _fill(self, line: list[Cell]) -> None:
        if is_small(sum(self.cells[cell] for cell in line if cell in self.hidden)):
            self.hidden.add(min(set(line) - self.hidden, key=lambda cell: (self.cells[cell], repr(cell))))

    def _ways_round(self, cell: Cell) -> Iterator[tuple[int, list[Cell]]]:
        """Return the cheapest witnesses in which a cell is one more, or one less; with the cell itself."""
        row, column = _ends(cell)
        for start, end in ((row, column), (column, row)):
            if any(way == (end, cell) for way in self.ways.get(start, ())):
                found = self._find(end, start, cell)
                if found is not None:
                    yield found[0], [cell, *found[1]]

    def _find(self, start: Node, goal: Node, without: Cell) -> tuple[int, list[Cell]] | None:
        """Return the cheapest way from one node to another that does not use a cell."""
        waiting: list[tuple[int, int, Node]] = [(0, 0, start)]
        came: dict[Node, tuple[Node, Cell] | None] = {start: None}
        costs = {start: 0}
        while waiting:
            cost, _order, node = heappop(waiting)
            if node == goal:
                return cost, [step[1] for step in _back(came, goal)]
            for after, cell in self.ways.get(node, ()):
                most = cost + (0 if cell in self.hidden else FIRST + self.cells[cell])
                if cell != without and most < costs.get(after, most + 1):
                    costs[after], came[after] = most, (node, cell)
                    heappush(waiting, (most, len(came), after))
        return None


def _ends(cell: Cell) -> tuple[Node, Node]:
    return TOTALS if cell[0] is None else (False, cell[0]), (True, cell[1] or "")


def _back(came: Mapping[Node, tuple[Node, Cell] | None], goal: Node) -> Iterator[tuple[Node, Cell]]:
    step = came[goal]
    while step is not None:
        yield step
        step = came[step[0]]


def add_up(parts: Sequence[Release]) -> Release:
    """Return a year made of its released quarters: a number is shown where all of them show it."""
    if not all(part.rows for part in parts):
        return Release()
    kept = frozenset.intersection(*(frozenset(part.rows) - {OTHERS} for part in parts))
    rows = _put_together([pair for part in parts for pair in part.rows.items()], kept)
    first = parts[0]
    within = {
        place: _add_tables([each.parts.get(place, {}) for each in parts], parts, kept)
        for place in first.parts
    }
    return Release(
        rows,
        {name: _add_tables([part.tables[name] for part in parts], parts, kept) for name in first.tables},
        {  # the row of others is made of other needs in each quarter
            place: {cell: number for cell, number in cells.items() if cell[0] != OTHERS}
            for place, cells in within.items()
        },
    )


def _add_tables(
    tables: Sequence[Mapping[Cell, int]], parts: Sequence[Release], kept: frozenset[str]
) -> dict[Cell, int]:
    columns = {column for table in tables for _row, column in table}
    sums: dict[Cell, int] = {}
    for row in (*sorted(kept), OTHERS, None):
        for column in columns:
            found = [
                table.get((each, column))
                for table, part in zip(tables, parts, strict=True)
                for each in _rows_in(part, row, kept)
            ]
            if found and None not in found:
                sums[row, column] = sum(number or 0 for number in found)
    return sums


def _rows_in(part: Release, row: str | None, kept: frozenset[str]) -> list[str | None]:
    """Return the rows of a quarter that a row of the year is made of."""
    return [each for each in part.rows if each not in kept] if row == OTHERS else [row]
