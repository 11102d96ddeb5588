"""Orders that a reader may choose instead of ours: by distance, who is open first, or as given.

Among equals, ours holds; what is overdue comes after all else in each of them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from referral.search.bitmaps import flags_of, positions_of
from referral.search.documents import BANDED
from referral.search.results import Results
from referral.search.territory import FAR_KM, MIDDLE_OF_BAND, NEAR_KM, PROVINCE

NO_DISTANCE = 1e9
"""For what has none: after all that has one."""


def in_order(results: Results, found: BitMap, wanted: int) -> npt.NDArray[np.int64]:
    """Return the first positions in the order that the query asks for."""
    positions = positions_of(found).astype(np.int64)
    first = _first_key(results)[positions]
    draw = np.asarray(results.index.arrays["tie"])[positions]
    keys = [draw, -results.order.keys[positions], first]
    if results.standings.last:
        keys.append(flags_of(results.standings.last, results.index.count)[positions])
    return positions[np.lexsort(keys)][:wanted]


def _first_key(results: Results) -> npt.NDArray[np.float64]:
    sort, ranks = results.query.sort, results.query.ranks
    if sort == "distance":
        return _distances(results)
    if sort == "given" and ranks is not None:
        return ranks.astype(np.float64)
    opened, closed = results.moment
    count = results.index.count
    return (1.0 - flags_of(opened, count) + flags_of(closed, count)).astype(np.float64)


def _distances(results: Results) -> npt.NDArray[np.float64]:
    """Return kilometres to whole ones; a public area counts by its band, the whole province last."""
    km = results.territory.km
    middle = np.select(
        [km < NEAR_KM, km <= FAR_KM], [MIDDLE_OF_BAND[0], MIDDLE_OF_BAND[1]], MIDDLE_OF_BAND[2]
    )
    shown = np.where(results.index.arrays["precision"] == BANDED, middle, np.round(km)).astype(np.float64)
    far = np.isnan(km) | (results.territory.tier == PROVINCE)
    shown[far] = NO_DISTANCE
    return shown
