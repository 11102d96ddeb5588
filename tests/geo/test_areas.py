"""Regions: names, borders, and what is the whole province."""

from __future__ import annotations

import pytest

from referral.geo.areas import (
    NEIGHBOURS,
    REGIONS,
    is_whole_province,
    label_point,
    load_regions,
    region_named,
)


def test_there_are_seventeen_regions() -> None:
    assert list(REGIONS) == [f"{number:02}" for number in range(1, 18)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BSL", "01"),
        ("Eeyou Istchee", "10"),
        ("monteregie", "16"),
        ("La Gaspésie", "11"),
        ("Eastern Townships", "05"),
        ("région de la Mauricie", "04"),
        ("Région de Lanaudière", "14"),
        ("Côte Nord", "09"),
        ("09", "09"),
        ("Laval", "13"),
        ("Québec", None),
        ("Chicoutimi", None),
        ("", None),
    ],
)
def test_region_is_known_by_its_names(text: str, code: str | None) -> None:
    assert region_named(text) == code


@pytest.mark.parametrize("text", ["le Québec", "Province", "QC", "partout au Quebec", "everywhere"])
def test_whole_province_is_told_from_the_city(text: str) -> None:
    assert is_whole_province(text)
    assert not is_whole_province("Québec")


def test_neighbours_are_neighbours_of_each_other() -> None:
    assert set(NEIGHBOURS) == set(REGIONS)
    assert all(code in NEIGHBOURS[other] for code, others in NEIGHBOURS.items() for other in others)
    assert all(code not in others for code, others in NEIGHBOURS.items())


def test_every_region_is_drawn_under_its_own_names() -> None:
    drawn = {feature["properties"]["code"]: feature["properties"] for feature in load_regions()["features"]}

    assert set(drawn) == set(REGIONS)
    assert all(drawn[code]["name_fr"] == name.fr for code, name in REGIONS.items())
    assert all(drawn[code]["name_en"] == name.en for code, name in REGIONS.items())


def test_label_point_is_latitude_first() -> None:
    latitude, longitude = label_point("06")
    assert 45 < latitude < 46
    assert -75 < longitude < -73
    with pytest.raises(KeyError):
        label_point("18")
