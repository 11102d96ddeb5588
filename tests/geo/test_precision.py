"""A confidential place is told by its region, or by a large municipality that it publishes itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.geo.areas import REGIONS
from referral.geo.places import load_places
from referral.geo.precision import (
    LARGE_MUNICIPALITIES,
    LEAST_INHABITANTS,
    area_centroid,
    public_area,
    region_contradicts,
)


@given(
    place=st.sampled_from(load_places()),
    region_code=st.sampled_from(sorted(REGIONS)),
    published=st.booleans(),
)
def test_only_a_large_municipality_that_is_published_in_its_region_is_told(
    *, place: object, region_code: str, published: bool
) -> None:
    town, area = public_area(getattr(place, "name", None), region_code, self_published=published)

    assert area == region_code
    assert town is None or (published and LARGE_MUNICIPALITIES[town][0] == region_code)


@pytest.mark.parametrize(
    ("municipality", "region_code", "published", "expected"),
    [
        ("montreal", "06", True, ("Montréal", "06")),
        ("Montréal", "06", False, (None, "06")),
        ("Sainte-Foy", "03", True, (None, "03")),
        ("Hull", "07", True, (None, "07")),
        ("Verdun", "06", True, (None, "06")),
        ("Rimouski", "01", True, (None, "01")),
        ("Laval", "06", True, (None, "06")),
        (None, "09", True, (None, "09")),
    ],
)
def test_public_area(
    *, municipality: str | None, region_code: str, published: bool, expected: tuple[str | None, str]
) -> None:
    assert public_area(municipality, region_code, self_published=published) == expected


def test_large_municipalities_are_those_of_the_table() -> None:
    counted = {
        place.name: (place.region_code, place.population)
        for place in load_places()
        if place.kind == "municipality" and (place.population or 0) >= LEAST_INHABITANTS
    }
    assert counted == LARGE_MUNICIPALITIES


def test_no_part_of_a_town_is_a_large_municipality() -> None:
    parts = {place.name for place in load_places() if place.municipality and place.kind != "fsa"}
    assert parts.isdisjoint(LARGE_MUNICIPALITIES)


@pytest.mark.parametrize("region_code", REGIONS)
def test_every_region_has_a_middle(region_code: str) -> None:
    latitude, longitude = area_centroid(region_code)
    assert 44.9 < latitude < 62.7
    assert -79.8 < longitude < -57


def test_middle_of_a_municipality_is_its_point_in_its_own_region_only() -> None:
    assert area_centroid("13", "Laval") == pytest.approx((45.57, -73.69), abs=0.1)
    assert area_centroid("06", "Laval") == area_centroid("06")
    with pytest.raises(KeyError):
        area_centroid("18")


@pytest.mark.parametrize(
    ("town", "region_code", "contradicts"),
    [
        ("Laval", "13", False),
        ("Laval", "06", True),
        ("Saint-Raphaël", "12", False),
        ("Saint-Raphaël", "07", False),
        ("Saint-Raphaël", "10", True),
        ("Ste-Foy", "03", False),
        ("Sainte-Foy", "12", True),
        ("Villeroy", "12", False),
        ("Villeroy", "09", True),
        ("Nulle-Part-Exemple", "06", False),
        ("Laval", "00", False),
        ("", "06", False),
    ],
)
def test_region_contradicts_a_known_town_of_elsewhere(
    *, town: str, region_code: str, contradicts: bool
) -> None:
    assert region_contradicts(town, region_code) is contradicts
