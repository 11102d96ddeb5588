"""What of a table of counts may leave an organization: no count of 1 to 4 can be worked out from the rest.

A table holds counts by key, one code for each dimension. What is released of it are cells: a cell has a code
or ``None`` (all of them together) in each dimension, so that rows, columns and totals are cells as well.

**Proved**, since each hidden cell is kept hidden only with a witness: another table of whole numbers, none
below zero, that agrees with every cell that is shown, in which each small count is still 1 to 4 (a count,
not a total of several), and in which the hidden cell holds another number. So no arithmetic on what is
shown tells a hidden cell, even for who knows which counts were hidden because they are small. It holds for
any number of dimensions, and for several tables that share totals where they are released in one call. Where
no witness is found and nothing more is left to hide beside it, all cells are hidden.

**Not proved**: that an interval is wide (two numbers are enough); anything for who knows some of the counts
from elsewhere, or works back through the choices made here; two releases made apart of counts that changed
between them, or of other groupings of the same counts (a year after its quarters: ``releasing.add_up``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, combinations

from referral.evidence.releasing import is_small

MOST_STEPS = 40
"""Of a search for a witness; one that is not found in them counts as none, and more is hidden."""
LONGEST_MOVE = 24
MOST_BEGINNINGS = 6
MOST_LOOKED_AT = 400
"""Counts of a total that are looked through for what it hides already."""
Key = tuple[str, ...]
Cell = tuple[str | None, ...]
Pattern = tuple[int, ...]
Released = dict[Cell, int | None]


def every_total(dimensions: int) -> list[Pattern]:
    """Return every choice of dimensions: the counts themselves and each of their totals."""
    return [each for size in range(dimensions + 1) for each in combinations(range(dimensions), size)]


def suppress(counts: Mapping[Key, int], patterns: Sequence[Pattern] | None = None) -> Released:
    """Return the cells that are released, with None in place of a number that stays hidden.

    ``patterns`` are the dimensions that the released cells tell apart, every total by default. Zeros are
    shown where the keys name them, unless they would tell.
    """
    if not counts:
        return {}
    table = _Table(counts, patterns)
    table.hidden = {cell for cell, value in table.values.items() if is_small(value)}
    while (cell := table.find_told()) is not None:
        given_way = table.choose(cell)
        if given_way is None:
            return dict.fromkeys(table.values)
        table.hidden.add(given_way)
    return {cell: None if cell in table.hidden else value for cell, value in table.values.items()}


class _Table:
    """Counts, the cells made of them, and which are hidden."""

    def __init__(self, counts: Mapping[Key, int], patterns: Sequence[Pattern] | None) -> None:
        size = len(next(iter(counts)))
        self.patterns = [frozenset(each) for each in (every_total(size) if patterns is None else patterns)]
        self.counts = dict(sorted(counts.items()))
        self.values: dict[Cell, int] = {}
        self.members: dict[Cell, list[Key]] = {}
        self.cells_of: dict[Key, list[Cell]] = {}
        for key, count in self.counts.items():
            self.cells_of[key] = [_narrow(key, pattern) for pattern in self.patterns]
            for cell in self.cells_of[key]:
                self.values[cell] = self.values.get(cell, 0) + count
                self.members.setdefault(cell, []).append(key)
        self.hidden: set[Cell] = set()
        self._safe: set[Cell] = set()

    def find_told(self) -> Cell | None:
        """Return a hidden cell for which no witness is found, the smallest group first.

        A witness stays one when more is hidden, so no cell is looked at again once it has one.
        """
        for cell in sorted(self.hidden - self._safe, key=self._order):
            if cell not in self._safe and not self._find_witness(cell):
                return cell
        return None

    def _order(self, cell: Cell) -> tuple[int, str]:
        return len(self.members[cell]), repr(cell)

    def _find_witness(self, cell: Cell) -> bool:
        move = self._find_move(cell, self.hidden)
        if move is not None:
            self._safe |= {each for each, by in move.changes.items() if by and each in self.hidden}
        return move is not None

    def _find_move(self, cell: Cell, hidden: Collection[Cell]) -> _Move | None:
        for key in self.members[cell][:MOST_BEGINNINGS]:
            for sign in (1, -1):
                move = _Move(self, cell, hidden)
                if move.may_change(key, sign) and move.complete(key, sign):
                    return move
        return None

    def choose(self, told: Cell) -> Cell | None:
        """Return the cell to hide next: beside the told one if there is one, else a total over it."""
        totals = [each for each in self._totals_of(told) if each not in self.hidden]
        beside = {
            cell
            for total in totals
            for key in self.members[total]
            for cell in self.cells_of[key]
            if cell not in self.hidden and cell != total and not _holds(cell, told)
        }
        found = chain(sorted(beside, key=self._cost), sorted(totals, key=self._cost))
        return next(found, None)

    def _totals_of(self, told: Cell) -> list[Cell]:
        cells = {cell for key in self.members[told] for cell in self.cells_of[key]}
        return sorted((cell for cell in cells if cell != told and _holds(cell, told)), key=repr)

    def _cost(self, cell: Cell) -> tuple[bool, int, int, int, str]:
        """Prefer one that is no zero, fine, whose totals hide something already, and small."""
        value = self.values[cell]
        hiding = sum(
            any(each in self.hidden for key in self.members[total] for each in self.cells_of[key])
            for total in self._totals_of(cell)
            if len(self.members[total]) <= MOST_LOOKED_AT
        )
        return value == 0, cell.count(None), -hiding, value, repr(cell)


class _Move:
    """Ones added to and taken from counts, until no shown cell changes and no small count leaves 1 to 4."""

    def __init__(self, table: _Table, goal: Cell, hidden: Collection[Cell]) -> None:
        self.table, self.goal, self.hidden = table, goal, hidden
        self.changed: dict[Key, int] = {}
        self.changes: dict[Cell, int] = {}
        self.wrong: set[Cell] = set()
        self.steps = 0

    def may_change(self, key: Key, sign: int) -> bool:
        """Say whether a count may go up or down by one: it is in no cell that is itself alone and shown."""
        table = self.table
        if key in self.changed or table.counts[key] + sign < 0:
            return False
        return all(cell in self.hidden or len(table.members[cell]) > 1 for cell in table.cells_of[key])

    def complete(self, key: Key, sign: int) -> bool:
        """Change one count, then others until all is right; False, with nothing changed, where none is."""
        self.steps += 1
        if self.steps > MOST_STEPS or len(self.changed) >= LONGEST_MOVE:
            return False
        self._add(key, sign, 1)
        if not self.wrong:
            if self.changes[self.goal]:
                return True
        else:
            cell = min(self.wrong, key=lambda each: (len(self.table.members[each]), repr(each)))
            back = -1 if self.changes[cell] > 0 else 1
            found = [each for each in self.table.members[cell] if self.may_change(each, back)]
            found.sort(key=lambda each: (self._left_wrong(each, back), each))
            if any(self.complete(each, back) for each in found):
                return True
        self._add(key, sign, -1)
        return False

    def _add(self, key: Key, sign: int, times: int) -> None:
        if times > 0:
            self.changed[key] = sign
        else:
            del self.changed[key]
        for cell in self.table.cells_of[key]:
            self.changes[cell] = self.changes.get(cell, 0) + sign * times
            if self._is_wrong(cell, self.changes[cell]):
                self.wrong.add(cell)
            else:
                self.wrong.discard(cell)

    def _is_wrong(self, cell: Cell, change: int) -> bool:
        if cell not in self.hidden:
            return change != 0
        value = self.table.values[cell]
        return None not in cell and is_small(value) and not is_small(value + change)

    def _left_wrong(self, key: Key, sign: int) -> int:
        """Return how many more cells of a count would be wrong than are now."""
        return sum(
            self._is_wrong(cell, self.changes.get(cell, 0) + sign) - (cell in self.wrong)
            for cell in self.table.cells_of[key]
        )


def _narrow(key: Key, pattern: frozenset[int]) -> Cell:
    return tuple(code if place in pattern else None for place, code in enumerate(key))


def _holds(total: Cell, cell: Cell) -> bool:
    """Say whether one cell counts all that another counts."""
    return all(code is None or code == other for code, other in zip(total, cell, strict=True))
