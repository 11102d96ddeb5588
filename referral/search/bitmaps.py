"""Roaring bitmaps to and from numpy, by the fast way (``BitMap(ndarray)`` goes element by element)."""

from __future__ import annotations

from array import array

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap


def bitmap_of(positions: npt.NDArray[np.integer]) -> BitMap:
    """Return the positions as a bitmap, whatever their order and repetitions."""
    return BitMap(array("I", positions.astype(np.uint32).tobytes()))


def positions_of(bitmap: BitMap) -> npt.NDArray[np.uint32]:
    """Return the positions of a bitmap, in order."""
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32)


def flags_of(bitmap: BitMap, count: int) -> npt.NDArray[np.bool_]:
    """Return true at the positions of a bitmap, false elsewhere."""
    flags = np.zeros(count, dtype=np.bool_)
    flags[positions_of(bitmap)] = True
    return flags
