"""Distances on the Earth: fast ones for many candidates, exact ones for those that are shown."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from geopy.distance import geodesic

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG)."""

DistanceBand = Literal["under_25", "25_100", "over_100"]


def haversine_km(
    latitude: float, longitude: float, latitudes: npt.ArrayLike, longitudes: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return great-circle distances in km from one point to many, all in degrees.

    Within 0.6 % of the geodesic. Works in float64 whatever it is given: float32 changes the
    order of near neighbours in a large catalogue. A NaN point gives a NaN distance.
    """
    to_latitude = np.radians(np.asarray(latitudes, dtype=np.float64))
    to_longitude = np.radians(np.asarray(longitudes, dtype=np.float64))
    from_latitude = np.radians(np.float64(latitude))
    half_height = np.sin((to_latitude - from_latitude) / 2) ** 2
    half_width = np.sin((to_longitude - np.radians(np.float64(longitude))) / 2) ** 2
    chord = half_height + np.cos(from_latitude) * np.cos(to_latitude) * half_width
    distances: npt.NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return distances


def geodesic_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the distance in km on the WGS-84 ellipsoid: about 100 µs each, for the top of a list."""
    return float(geodesic((latitude, longitude), (other_latitude, other_longitude)).km)


def distance_band(kilometres: float) -> DistanceBand:
    """Return all that may be said of the distance to a public area."""
    if kilometres < 25:  # noqa: PLR2004 - the bounds are the names of the bands
        return "under_25"
    return "25_100" if kilometres <= 100 else "over_100"  # noqa: PLR2004
