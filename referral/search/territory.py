"""Who serves the place asked, and how far they are: territory first, distance second.

*place*: serves the town itself · *region* · *province* · *unknown*: no territory is told ·
*elsewhere*: serves another region. A listing that serves elsewhere comes after all others, and
is left out beyond 100 km when a listing that serves the place answers the words as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from referral.geo.distance import distance_band, haversine_km
from referral.geo.names import fold_name
from referral.geo.places import KnownPlace
from referral.search.analysis import root
from referral.search.attributes import EVERYWHERE, TOWN
from referral.search.bitmaps import bitmap_of, flags_of
from referral.search.documents import AREA, BANDED, NO_POINT, SHOWN
from referral.search.index import Index
from referral.search.query import Serves

SERVES: tuple[Serves, ...] = ("place", "region", "province", "unknown", "elsewhere")
PLACE, REGION, PROVINCE, UNKNOWN, ELSEWHERE = range(5)
NEAR_KM, FAR_KM = 25.0, 100.0
WITHIN_TOWN_KM = 10.0
STEPS_KM = (5, 10, 25, 50, 100, 200, 400, 800)
NORTHERN_REGION, NUNAVIK_FROM = "10", 55.0
HALVES = (("nunavik",), ("eeyou", "istchee", "cri", "crie", "cries", "cree", "jamesie"))
"""Words by which territories tell the halves of Nord-du-Québec apart: the Inuit north, the Cree south."""
FARTHEST_KM = 1_000
STEP_OF_KM = np.searchsorted(STEPS_KM, np.arange(FARTHEST_KM + 1), side="right").astype(np.uint8)
"""Distances are compared by steps, looked up by whole kilometres."""
MIDDLE_OF_BAND = (20.0, 60.0, 150.0)
"""What a public area counts for: under 25 km, up to 100, beyond."""


@dataclass(frozen=True, slots=True)
class Territory:
    """For each position: its tier in ``SERVES``, its distance in km (NaN where there is none)."""

    tier: npt.NDArray[np.uint8]
    km: npt.NDArray[np.float64]
    asked: bool


def locate(index: Index, near: KnownPlace | None, regions: Sequence[str]) -> Territory:
    """Place all listings with regard to a place, or to regions chosen without a place."""
    nowhere = np.full(index.count, np.nan)
    wanted = (near.region_code,) if near else tuple(regions)
    if not wanted:
        return Territory(_tiers(index, (), None), nowhere, asked=False)
    km = nowhere
    if near:
        km = haversine_km(near.latitude, near.longitude, index.arrays["latitude"], index.arrays["longitude"])
    return Territory(_tiers(index, wanted, near), km, asked=True)


def _tiers(index: Index, regions: Sequence[str], near: KnownPlace | None) -> npt.NDArray[np.uint8]:
    tiers = np.full(index.count, UNKNOWN, dtype=np.uint8)
    tiers[flags_of(index.bitmap(EVERYWHERE), index.count)] = PROVINCE
    if not regions:
        return tiers
    serving = BitMap()
    for code in regions:
        serving |= index.bitmap(f"region={code}")
    elsewhere = index.bitmap("region!") - serving - index.bitmap("region=*")
    tiers[flags_of(elsewhere, index.count)] = ELSEWHERE
    if near is None or near.kind == "region":
        tiers[flags_of(serving, index.count)] = REGION
        return tiers
    town = BitMap()
    for name in {fold_name(each) for each in (near.municipality, near.name) if each}:
        town |= index.bitmap(f"{TOWN}{name}")
    narrowed = index.bitmap(TOWN)
    tiers[flags_of(serving - narrowed, index.count)] = REGION
    tiers[flags_of((serving & narrowed) - town, index.count)] = UNKNOWN
    tiers[flags_of(serving & town, index.count)] = PLACE
    if near.region_code == NORTHERN_REGION:
        tiers[flags_of(_of_the_other_half(index, near) & (serving - town), index.count)] = UNKNOWN
    return tiers


def _of_the_other_half(index: Index, near: KnownPlace) -> BitMap:
    """Return who says to serve the other half of Nord-du-Québec only: Nunavik begins at 55° north."""
    halves = [_naming(index, words) for words in HALVES]
    own, other = halves if near.latitude >= NUNAVIK_FROM else reversed(halves)
    return other - own


def _naming(index: Index, words: Sequence[str]) -> BitMap:
    found = (index.postings(f"{AREA}{root(word, 'fr')}") for word in words)
    return BitMap.union(BitMap(), *(bitmap_of(held[0]) for held in found if held is not None))


def beyond(index: Index, territory: Territory, km: float) -> BitMap:
    """Return who serves elsewhere and is known to be farther than that; a band counts by its nearest end."""
    nearest = np.where(territory.km < NEAR_KM, 0.0, np.where(territory.km <= FAR_KM, NEAR_KM, FAR_KM))
    known = np.where(index.arrays["precision"] == BANDED, nearest, territory.km)
    return bitmap_of(np.flatnonzero((known > km) & (territory.tier >= UNKNOWN)))


def steps(index: Index, territory: Territory) -> npt.NDArray[np.uint8]:
    """Return distances as steps to sort by; a public area counts by its band, no point as in town or far.

    Nothing finer than its band can be read from where a public area stands. Those that serve the
    whole province are near everywhere.
    """
    if not territory.asked:
        return np.zeros(index.count, dtype=np.uint8)
    somewhere = np.where(territory.tier == PLACE, WITHIN_TOWN_KM, FAR_KM)
    km = np.where(np.isnan(territory.km), somewhere, territory.km)
    banded = index.arrays["precision"] == BANDED
    middle = np.select(
        [km < NEAR_KM, km <= FAR_KM], [MIDDLE_OF_BAND[0], MIDDLE_OF_BAND[1]], MIDDLE_OF_BAND[2]
    )
    step = STEP_OF_KM[np.minimum(np.where(banded, middle, km), FARTHEST_KM).astype(np.int64)]
    step[territory.tier == PROVINCE] = 0
    return step


def distance_shown(index: Index, territory: Territory, position: int) -> tuple[float | None, str | None]:
    """Return what may be said of a distance: kilometres to a point that is shown, else a band.

    Whole kilometres from 10 on: points stand for towns, and great circles are right to 0.6 %.
    """
    precision, km = int(index.arrays["precision"][position]), float(territory.km[position])
    if precision == NO_POINT or np.isnan(km):
        return None, None
    if precision != SHOWN:
        return None, distance_band(km)
    return round(km, 1 if km < WITHIN_TOWN_KM else None), None
