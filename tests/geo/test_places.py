"""A place is found however it is typed, and homonyms are all offered."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.geo.areas import REGIONS
from referral.geo.places import PLACES_FILE, KnownPlace, find_places, list_exact, load_places


def names(text: str) -> list[str]:
    return [place.label for place in find_places(text)]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("montreal", "Montréal"),
        ("MTL", "Montréal"),
        ("Montréal (Québec)", "Montréal"),
        ("quebec city", "Québec (Capitale-Nationale)"),
        ("ville de québec", "Québec (Capitale-Nationale)"),
        ("Québec", "Québec (Capitale-Nationale)"),
        ("Québec, Canada", "Québec (Capitale-Nationale)"),
        ("à Laval", "Laval"),
        ("near Sherbrooke", "Sherbrooke (Estrie)"),
        ("Laval, QC", "Laval"),
        ("12, rue Exemple, Laval", "Laval"),
        ("12 rue Exemple, Rimouski, QC", "Rimouski (Bas-Saint-Laurent)"),
        ("Saint-Jérôme Québec", "Saint-Jérôme (Laurentides)"),
        ("st-jerome", "Saint-Jérôme (Laurentides)"),
        ("Sainte Foy", "Sainte-Foy (Capitale-Nationale)"),
        ("val dor", "Val-d'Or (Abitibi-Témiscamingue)"),
        ("Montérégie", "Montérégie"),
        ("gaspesie", "Gaspésie–Îles-de-la-Madeleine"),
        ("Nunavik", "Nord-du-Québec"),
        ("Kahnawake", "Kahnawà:ke (Montérégie)"),
        ("NDG", "Notre-Dame-de-Grâce (Montréal)"),
    ],
)
def test_one_place_is_found_by_its_name(typed: str, label: str) -> None:
    assert names(typed) == [label]


@pytest.mark.parametrize("text", ["le Québec", "province", "partout", "", "   ", "?!", "zzzzzz"])
def test_no_place_for_the_whole_province_or_for_what_is_no_place(text: str) -> None:
    assert find_places(text) == []


def test_homonyms_all_come_back_and_each_label_finds_its_own() -> None:
    found = find_places("saint raphael")

    assert {place.region_code for place in found} == {"07", "12"}
    for place in found:
        assert find_places(place.label) == [place]


def test_every_label_finds_its_place() -> None:
    places = [place for place in load_places() if place.kind not in {"fsa", "region"}]
    assert [place.label for place in places if find_places(place.label) != [place]] == []


@pytest.mark.parametrize("typed", ["H2X 1Y4", "h2x1y4", "H2X-1Y4", " h2x ", "123, rue Exemple H2X 1Y4"])
def test_postal_code_gives_its_first_three_characters_alone(typed: str) -> None:
    (place,) = find_places(typed)

    assert (place.name, place.kind, place.municipality) == ("H2X", "fsa", "Montréal")
    assert not place.is_vague


@given(st.from_regex(r"[0-9][A-Z][0-9]", fullmatch=True))
def test_end_of_a_postal_code_is_never_kept(end: str) -> None:
    (place,) = find_places(f"H2X {end}")
    assert end not in repr(place)


def test_rural_postal_area_is_vague() -> None:
    (place,) = find_places("J0M 1C0")

    assert place.is_vague
    assert place.radius_km is not None
    assert place.radius_km > 600


def test_postal_code_of_elsewhere_finds_nothing() -> None:
    assert find_places("K1A 0B1") == []


def test_beginning_of_a_name_finds_the_largest_first() -> None:
    assert names("sherb")[0] == "Sherbrooke (Estrie)"
    assert names("hyacinthe") == ["Saint-Hyacinthe (Montérégie)"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Sherbroke", "Sherbrooke"),
        ("Chicoutmi", "Chicoutimi"),
        ("Longueil", "Longueuil"),
        ("Trois-Riveires", "Trois-Rivières"),
        ("lassomption", "L'Assomption"),
    ],
)
def test_mistyped_name_is_found(typed: str, name: str) -> None:
    assert find_places(typed)[0].name == name


@given(st.sampled_from([place for place in load_places() if place.kind == "municipality"]), st.data())
@settings(max_examples=60)
def test_one_letter_left_out_of_a_long_name_still_finds_it(place: KnownPlace, data: st.DataObject) -> None:
    if len(place.name) < 10:
        return
    cut = data.draw(st.integers(1, len(place.name) - 2))
    assert place in find_places(place.name[:cut] + place.name[cut + 1 :])


@given(st.text(max_size=60))
def test_no_text_breaks_the_search(text: str) -> None:
    assert len(find_places(text)) <= 10


def test_region_that_bears_the_name_of_its_city_is_the_city() -> None:
    assert [place.kind for place in list_exact("Laval")] == ["municipality"]


def test_parts_of_towns_name_their_municipality() -> None:
    expected = {
        "Chicoutimi": "Saguenay",
        "Hull": "Gatineau",
        "Sainte-Foy": "Québec",
        "Verdun": "Montréal",
        "Saint-Hubert": "Longueuil",
        "Lennoxville": "Sherbrooke",
    }
    assert {name: list_exact(name)[0].municipality for name in expected} == expected


def test_every_row_has_a_source_a_licence_and_a_point_in_quebec() -> None:
    with PLACES_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == len(load_places()) > 1_700
    assert all(row["source"] and row["licence"] for row in rows)
    assert all(44.9 < place.latitude < 62.7 and -79.8 < place.longitude < -57 for place in load_places())
    assert {place.region_code for place in load_places()} == set(REGIONS)


def test_no_place_is_there_twice() -> None:
    seen = [(place.name, place.region_code) for place in load_places() if place.kind != "region"]
    assert len(seen) == len(set(seen))
