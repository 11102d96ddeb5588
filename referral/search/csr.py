"""Rows of differing lengths in flat arrays, so that thousands of them are moved at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Row ``i`` is ``column[starts[i]:starts[i + 1]]`` of each of the ``columns``."""

    starts: Ints
    columns: tuple[Array, ...]

    @classmethod
    def of(cls, lengths: Sequence[int] | Ints, *columns: Array) -> Rows:
        """Return rows of these lengths over columns already end to end."""
        starts = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(np.asarray(lengths, dtype=np.int64), out=starts[1:])
        return cls(starts, columns)

    def lengths(self) -> Ints:
        """Return how long each row is."""
        return np.diff(self.starts)

    def then(self, other: Rows) -> Rows:
        """Return these rows with others after them."""
        starts = np.concatenate([self.starts, other.starts[1:] + self.starts[-1]])
        pairs = zip(self.columns, other.columns, strict=True)
        return Rows(starts, tuple(np.concatenate([mine, theirs]) for mine, theirs in pairs))

    def take(self, order: Ints) -> Rows:
        """Return rows in another order; a row may be left out or repeated."""
        lengths = self.lengths()[order]
        taken = Rows.of(lengths)
        within = np.arange(taken.starts[-1], dtype=np.int64) - np.repeat(taken.starts[:-1], lengths)
        where = np.repeat(self.starts[:-1][order], lengths) + within
        return Rows(taken.starts, tuple(column[where] for column in self.columns))

    def owners(self) -> npt.NDArray[np.int32]:
        """Return, for each item, the row that holds it."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), self.lengths())


def turned(keys: Array, count: int) -> tuple[Ints, Ints]:
    """Return, for keys below ``count``, where each begins once sorted, and the stable order that does it."""
    narrow = keys.astype(np.uint16) if count <= np.iinfo(np.uint16).max else keys
    order = np.argsort(narrow, kind="stable")
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=count), out=starts[1:])
    return starts, order.astype(np.int64)
