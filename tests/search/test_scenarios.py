"""The acceptance scenarios, searched on the real catalogue taken the whole way.

Each group of kinds that a scenario names must be in the first ten, and what it excludes nowhere.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from referral.catalogue.listing import Listing
from referral.geo.places import KnownPlace, list_exact
from referral.search.concepts import concept_label
from referral.search.engine import search
from referral.search.filters import check_filters
from referral.search.query import Found, Hit, Query
from referral.shared.clock import QUEBEC
from tests.search.conftest import RealCatalogue

FILE = Path(__file__).parent / "scenarios.csv"
SCENARIOS = {row["id"]: row for row in csv.DictReader(FILE.read_text(encoding="utf-8").splitlines())}
HOURS = {"Q01": 23, "Q12": 3}
"""The hour of the night that the situation tells; the others are asked in the afternoon."""
OPEN_TO_MEN = "any service open to men"
ABSENT: dict[tuple[str, str], str] = {}
"""Groups of which the catalogue has no service for the place: said here, with the reason, and checked."""


@dataclass(frozen=True)
class Answer:
    """A scenario with what was found for it."""

    id: str
    found: Found
    listings: list[Listing]

    def rows(self) -> Iterator[tuple[int, Hit, Listing]]:
        for rank, hit in enumerate(self.found.hits):
            yield rank, hit, self.listings[hit.position]


def ask(catalogue: RealCatalogue, scenario: str, limit: int = 500) -> Answer:
    row = SCENARIOS[scenario]
    filters = check_filters(tuple(pair.split("=")) for pair in row["filters"].split(";"))  # type: ignore[misc]
    at = datetime(2026, 11, 24, HOURS.get(scenario, 14), 0, tzinfo=QUEBEC)
    query = Query(at, row["query_text"], place(row["near_place"], filters["region"][0]), filters, limit=limit)
    return Answer(scenario, search(catalogue.index, query), catalogue.listings)


def place(name: str, region: str) -> KnownPlace:
    return next(each for each in list_exact(name) if each.region_code == region)


def groups(scenario: str) -> list[list[str]]:
    cell = SCENARIOS[scenario]["must_include_categories"]
    return [group.strip(" ()").split(" or ") for group in cell.split(" | ")]


def is_of(listing: Listing, group: list[str]) -> bool:
    if group == [OPEN_TO_MEN]:
        return bool({"men", "anyone"}.intersection(listing.clientele))
    return bool(set(group).intersection(listing.categories))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_must_be_found_is_in_the_first_ten(real_catalogue, scenario):
    rows = list(ask(real_catalogue, scenario).rows())

    for group in groups(scenario):
        fitting = [rank for rank, _, listing in rows if is_of(listing, group)]
        if (scenario, " or ".join(group)) in ABSENT:
            assert fitting == [], f"{scenario}: there is one now; take it out of ABSENT"
        else:
            assert fitting, f"{scenario}: no {group} at all"
            assert fitting[0] < 10, f"{scenario}: first {group} is number {fitting[0] + 1}"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_must_be_excluded_is_nowhere(real_catalogue, scenario):
    filters = dict(pair.split("=") for pair in SCENARIOS[scenario]["filters"].split(";"))
    answer = ask(real_catalogue, scenario)

    assert answer.found.total == len(answer.found.hits)
    for _, hit, listing in answer.rows():
        for name, value in filters.items():
            assert not is_excluded(hit, listing, name, value), (scenario, name, listing.name.fr)


def is_excluded(hit: Hit, listing: Listing, name: str, value: str) -> bool:
    """Say whether a listing is known not to fit, read from its facts and not from the index."""
    gendered = {"women", "men", "trans_nonbinary"}.intersection(listing.clientele)
    known = listing.eligibility
    rules = {
        "gender": "anyone" not in listing.clientele
        and gendered == {"man": {"women"}, "woman": {"men"}}.get(value),
        "age": not (
            (listing.minimum_age or 0)
            <= int(value if name == "age" else 0)
            <= (999 if listing.maximum_age is None else listing.maximum_age)
        ),
        "open_now": hit.open_now is False,
        "children": known.get("accepts_children") == "no",
        "wheelchair": listing.accessibility.get("wheelchair") == "no",
        "free": listing.cost not in {None, "free"},
        "health_card_required": known.get("health_card_required") == "yes",
        "police_report_required": known.get("police_report_required") == "yes",
        "id_required": known.get("id_required") == "yes",
        "status": known.get("reserved_to_citizens") == "yes"
        or (value == "none" and known.get("accepts_no_status") == "no"),
        "access": known.get("accepts_walk_in") == "no",
        "region": not listing.area.everywhere
        and bool(listing.area.regions)
        and value not in listing.area.regions,
    }
    return rules.get(name, False)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_shelter_shows_where_it_is(real_catalogue, scenario):
    for _, hit, listing in ask(real_catalogue, scenario).rows():
        if listing.confidential:
            assert hit.distance_km is None
            assert (listing.place.address, listing.place.postal_code, listing.place.latitude) == (
                None,
                None,
                None,
            )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_police_are_below_support(real_catalogue, scenario):
    police = ["police" in listing.categories for _, _, listing in ask(real_catalogue, scenario).rows()]

    assert police == sorted(police)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_unknown_answers_are_named(real_catalogue, scenario):
    for _, hit, _ in ask(real_catalogue, scenario).rows():
        assert ("call_first" in hit.reasons) is bool(hit.unknown)


@pytest.mark.parametrize("scenario", ["Q01", "Q12"])
def test_at_night_a_line_that_answers_is_among_the_first_three(real_catalogue, scenario):
    first = [listing for rank, _, listing in ask(real_catalogue, scenario).rows() if rank < 3]

    assert any(listing.always_open and "helpline" in listing.categories for listing in first)


@pytest.mark.parametrize("scenario", ["Q02", "Q14"])
def test_who_speaks_the_language_is_above_who_does_not_say(real_catalogue, scenario):
    silent = ["lang" in hit.unknown for _, hit, _ in ask(real_catalogue, scenario).rows()]

    assert silent == sorted(silent)


def test_a_fifteen_year_old_sees_youth_protection_of_the_region_first(real_catalogue):
    ranks = [
        rank
        for rank, hit, each in ask(real_catalogue, "Q04").rows()
        if hit.serves in {"place", "region"} and "child_protection" in each.categories
    ]

    assert ranks[0] < 4


def test_no_status_is_named_without_stigma():
    label = concept_label("no_status")

    assert (label.fr, label.en) == ("personne sans statut d'immigration", "person without immigration status")


def test_gatineau_is_served_before_what_is_only_near(real_catalogue):
    serves = [hit.serves for _, hit, _ in ask(real_catalogue, "Q10").rows()]

    assert "elsewhere" not in serves


@pytest.mark.parametrize("age", ["17", "18"])
def test_the_bound_of_eighteen_is_kept_on_both_sides(real_catalogue, age):
    row = SCENARIOS["X16"]
    filters = check_filters([("region", "17"), ("gender", "woman"), ("age", age)])
    found = search(
        real_catalogue.index,
        Query(
            datetime(2026, 11, 24, 14, tzinfo=QUEBEC),
            row["query_text"],
            place("Drummondville", "17"),
            filters,
            limit=500,
        ),
    )

    for hit in found.hits:
        listing = real_catalogue.listings[hit.position]
        assert (listing.minimum_age or 0) <= int(age) <= (listing.maximum_age or 999)
