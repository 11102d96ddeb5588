"""Distances agree with the ellipsoid, and bands with their bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.geo.distance import distance_band, geodesic_km, haversine_km

latitudes = st.floats(44, 63)
longitudes = st.floats(-80, -57)


@given(latitudes, longitudes, latitudes, longitudes)
def test_great_circle_is_close_to_the_geodesic(lat: float, lon: float, other: float, east: float) -> None:
    (fast,) = haversine_km(lat, lon, [other], [east])
    assert fast == pytest.approx(geodesic_km(lat, lon, other, east), rel=0.006, abs=0.001)


def test_known_distance() -> None:
    assert geodesic_km(45.5088, -73.5878, 46.8123, -71.2145) == pytest.approx(233, abs=2)


def test_single_precision_points_are_measured_in_double() -> None:
    points = np.array([45.5, 46.5], dtype=np.float32)
    distances = haversine_km(45.5, -73.5, points, np.array([-73.5, -71.5], dtype=np.float32))

    assert distances.dtype == np.float64
    assert distances[0] == 0


def test_missing_point_has_no_distance() -> None:
    assert np.isnan(haversine_km(45.5, -73.5, [np.nan], [np.nan])[0])


@pytest.mark.parametrize(
    ("kilometres", "band"),
    [(0, "under_25"), (24.9, "under_25"), (25, "25_100"), (100, "25_100"), (100.1, "over_100")],
)
def test_bands(kilometres: float, band: str) -> None:
    assert distance_band(kilometres) == band
