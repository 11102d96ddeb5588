import csv
from datetime import time
from pathlib import Path

import pytest

from referral.catalogue.listing import AreaServed, Opening, PhoneNumber, SpokenLanguage
from referral.search.filters import FILTERS, FilterError, check_filters
from tests.search.making import find, make_listing, named

SCENARIOS = Path(__file__).parent / "scenarios.csv"
KEYS = [
    "need",
    "clientele",
    "region",
    "age",
    "gender",
    "status",
    "lang",
    "exploitation",
    "open_now",
    "always_open",
    "children",
    "wheelchair",
    "free",
    "health_card_required",
    "police_report_required",
    "id_required",
    "mode",
    "area",
    "accepts_trans",
    "audience",
    "radius_km",
    "access",
    "pets",
    "substance_use",
    "indigenous_led",
    "route",
]


@pytest.mark.parametrize("key", KEYS)
def test_every_key_agreed_upon_is_a_filter(key):
    assert key in FILTERS


def test_the_filters_of_all_scenarios_are_accepted():
    for row in csv.DictReader(SCENARIOS.read_text(encoding="utf-8").splitlines()):
        pairs = [tuple(pair.split("=")) for pair in row["filters"].split(";")]
        assert set(check_filters(pairs)) == {name for name, _ in pairs}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("colour", "red", "need, clientele"),
        ("gender", "cat", "woman, man"),
        ("age", "121", "0 to 120"),
        ("age", "ten", "0 to 120"),
        ("region", "18", "01, 02"),
        ("lang", "klingon", "es:spoken"),
        ("open_now", "false", "true"),
        ("health_card_required", "true", "false"),
        ("radius_km", "-5", "kilometres"),
    ],
)
def test_a_wrong_filter_is_refused_by_name_with_what_is_accepted(name, value, told):
    with pytest.raises(FilterError, match=name) as caught:
        check_filters([(name, value)])

    assert told in str(caught.value)
    assert (caught.value.name, caught.value.value) == (name, value)


def test_a_filter_of_one_value_is_refused_twice():
    with pytest.raises(FilterError, match="age"):
        check_filters([("age", "15"), ("age", "16")])


def test_a_filter_of_several_values_takes_either():
    assert check_filters([("need", "health"), ("need", "police"), ("need", "")]) == {
        "need": ("health", "police")
    }


YES_NO_UNKNOWN = [
    ("wheelchair", "true", {"accessibility": {"wheelchair": "yes"}}, {"accessibility": {"wheelchair": "no"}}),
    ("pets", "true", {"eligibility": {"accepts_pets": "yes"}}, {"eligibility": {"accepts_pets": "no"}}),
    (
        "substance_use",
        "true",
        {"eligibility": {"accepts_active_use": "yes"}},
        {"eligibility": {"accepts_active_use": "no"}},
    ),
    ("accepts_trans", "true", {"clientele": ("trans_nonbinary",)}, {"eligibility": {"accepts_trans": "no"}}),
    (
        "status",
        "none",
        {"eligibility": {"accepts_no_status": "yes"}},
        {"eligibility": {"accepts_no_status": "no"}},
    ),
    (
        "status",
        "temporary_worker",
        {"clientele": ("temporary_workers",)},
        {"eligibility": {"reserved_to_citizens": "yes"}},
    ),
    (
        "health_card_required",
        "false",
        {"eligibility": {"health_card_required": "no"}},
        {"eligibility": {"health_card_required": "yes"}},
    ),
    (
        "police_report_required",
        "false",
        {"eligibility": {"police_report_required": "no"}},
        {"eligibility": {"police_report_required": "yes"}},
    ),
    ("id_required", "false", {"eligibility": {"id_required": "no"}}, {"eligibility": {"id_required": "yes"}}),
    ("free", "true", {"cost": "free"}, {"cost": "paid"}),
    ("always_open", "true", {"always_open": True}, {"always_open": False}),
    ("children", "2", {"clientele": ("families",)}, {"eligibility": {"accepts_children": "no"}}),
    ("age", "15", {"minimum_age": 12, "maximum_age": 17}, {"minimum_age": 18}),
    ("age", "22", {"minimum_age": 18}, {"maximum_age": 17}),
    ("gender", "man", {"clientele": ("anyone",)}, {"clientele": ("women", "children")}),
    ("gender", "woman", {"clientele": ("women",)}, {"clientele": ("men",)}),
    ("route", "self", {"referral_routes": ("self",)}, {"referral_routes": ("police",)}),
    ("need", "health", {"categories": ("health",)}, {"categories": ("police",)}),
    ("clientele", "women", {"clientele": ("women",)}, {"clientele": ("men",)}),
    ("region", "06", {"area": AreaServed(everywhere=True)}, {"area": AreaServed(regions=("07",))}),
    (
        "access",
        "walk_in",
        {"eligibility": {"accepts_walk_in": "yes"}},
        {"eligibility": {"accepts_walk_in": "no"}},
    ),
    (
        "open_now",
        "true",
        {"always_open": True},
        {"openings": (Opening(("TU",), time(8), time(9)),)},
    ),
]


@pytest.mark.parametrize(("name", "value", "yes", "no"), YES_NO_UNKNOWN)
def test_known_yes_comes_first_then_unknown_and_known_no_goes(name, value, yes, no):
    listings = [
        make_listing("No Exemple", **no),
        make_listing("Unknown Exemple", **({"area": AreaServed()} if name == "region" else {})),
        make_listing("Yes Exemple", **yes),
    ]

    found = find(listings, **{name: value})

    assert [listings[hit.position].name.fr for hit in found.hits] == ["Yes Exemple", "Unknown Exemple"]
    assert [name in hit.unknown for hit in found.hits] == [False, True]
    assert "call_first" in found.hits[1].reasons


@pytest.mark.parametrize(
    ("name", "value", "yes"),
    [
        ("lang", "es", {"languages": (SpokenLanguage("es"),)}),
        ("lang", "zh", {"languages": (SpokenLanguage("cmn"),)}),
        ("lang", "es:interpreter", {"languages": (SpokenLanguage("es", "interpreter"),)}),
        ("mode", "text", {"phones": (PhoneNumber("535353", "text"),)}),
        ("audience", "temporary_worker", {"clientele": ("temporary_workers",)}),
        ("area", "Nunavik", {"area": AreaServed(regions=("10",), municipalities=("Nunavik",))}),
    ],
)
def test_a_filter_that_only_ranks_hides_nothing(name, value, yes):
    listings = [
        make_listing("Other Exemple", languages=(SpokenLanguage("fr"),)),
        make_listing("Yes Exemple", **yes),
    ]

    assert named(listings, **{name: value}) == ["Yes Exemple", "Other Exemple"]


def test_a_mode_of_a_language_is_not_another():
    listings = [make_listing("Exemple", languages=(SpokenLanguage("es", "interpreter"),))]

    assert find(listings, lang="es:spoken").hits[0].unknown == ("lang",)


@pytest.mark.parametrize(("age", "kept"), [("17", True), ("18", False)])
def test_the_oldest_age_is_included(age, kept):
    assert bool(find([make_listing(maximum_age=17)], age=age).hits) is kept


@pytest.mark.parametrize(("age", "kept"), [("17", False), ("18", True)])
def test_the_youngest_age_is_included(age, kept):
    assert bool(find([make_listing(minimum_age=18)], age=age).hits) is kept


def test_a_service_for_anyone_is_known_to_fit_every_age():
    found = find([make_listing(clientele=("anyone",))], age="40")

    assert [hit.unknown for hit in found.hits] == [()]


def test_exploitation_hides_nothing_and_puts_its_services_first():
    listings = [
        make_listing("Autre Exemple"),
        make_listing("Sortie Exemple", categories=("exit_sex_industry",)),
    ]

    assert named(listings, exploitation="sexual") == ["Sortie Exemple", "Autre Exemple"]


def test_a_women_service_that_accepts_men_is_kept_for_men():
    listings = [make_listing(clientele=("women",), eligibility={"accepts_men": "yes"})]

    assert find(listings, gender="man").total == 1


def test_a_service_for_women_is_unknown_for_trans_people_unless_it_says():
    found = find([make_listing(clientele=("women",))], gender="trans")

    assert [hit.unknown for hit in found.hits] == [("gender",)]
