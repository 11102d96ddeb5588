"""What was told since the edition: no room ranks below among otherwise equal, closed is never open."""

from __future__ import annotations

from datetime import time

from pyroaring import BitMap

from referral.catalogue.listing import AreaServed, Opening, PhoneNumber, Place
from referral.search.engine import search
from referral.search.filters import check_filters
from referral.search.index import build_index
from referral.search.query import Query
from tests.pages.example import BUILT_AT, make_listing
from tests.search.test_scenarios import SCENARIOS, place

ALL_WEEK = (Opening(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), time(0, 0), time(23, 59)),)


def ranked(listings, **asked):
    return [hit.position for hit in search(build_index(listings), Query(at=BUILT_AT, **asked)).hits]


def same(slug, **changes):
    return make_listing(slug, categories=("emergency_shelter",), openings=ALL_WEEK, **changes)


def test_who_told_that_it_has_no_room_comes_after_its_equals():
    listings = [same(f"pareil-{number}") for number in range(4)]
    first = ranked(listings)[0]

    assert ranked(listings, without_room=BitMap([first]))[-1] == first


def test_no_room_does_not_put_a_service_below_one_that_answers_less_of_what_was_asked():
    listings = [same("refuge"), make_listing("avocat", categories=("legal_aid",))]

    assert ranked(listings, words="hébergement d’urgence", without_room=BitMap([0]))[0] == 0


def test_no_room_counts_for_more_than_how_well_a_service_is_known():
    listings = [same("valide", trust="vetted"), same("public", trust="sourced")]

    assert ranked(listings) == [0, 1]
    assert ranked(listings, without_room=BitMap([0])) == [1, 0]


def test_no_room_counts_for_less_than_a_number_to_call():
    listings = [same("joignable", phones=(PhoneNumber("+15145550123"),)), same("muet", phones=())]

    assert ranked(listings, without_room=BitMap([0])) == [0, 1]


def test_what_is_closed_for_now_is_not_open_whatever_its_hours_say():
    listings = [same("ferme"), same("ouvert")]
    asked = {"filters": {"open_now": ("true",)}}

    assert sorted(ranked(listings, **asked)) == [0, 1]
    assert ranked(listings, closed=BitMap([0]), **asked) == [1]


def test_what_is_closed_for_now_says_so_and_comes_last():
    listings = [same("ferme", trust="vetted", always_open=True), same("ouvert")]
    hits = search(build_index(listings), Query(at=BUILT_AT, closed=BitMap([0]))).hits

    assert [(hit.position, hit.open_now) for hit in hits] == [(1, True), (0, False)]


def test_what_was_told_of_one_search_is_not_kept_for_the_next():
    listings = [same("un"), same("deux")]
    index = build_index(listings)
    search(index, Query(at=BUILT_AT, closed=BitMap([0, 1])))

    assert [hit.open_now for hit in search(index, Query(at=BUILT_AT)).hits] == [True, True]


def in_x16(listings, without_room):
    """Search as scenario X16 does: a treatment for someone of 18 in Drummondville."""
    row = SCENARIOS["X16"]
    filters = check_filters(tuple(pair.split("=")) for pair in row["filters"].split(";"))
    near = place(row["near_place"], filters["region"][0])
    return ranked(
        listings, words=row["query_text"], near=near, filters=filters, without_room=BitMap(without_room)
    )


def test_in_scenario_x16_a_treatment_with_a_waiting_list_only_comes_below_its_equals():
    listings = [
        make_listing(
            f"cure-{number}",
            categories=("substance_use",),
            place=Place("public_area", "17"),
            area=AreaServed(regions=("17",)),
            minimum_age=18,
            trust=trust,
        )
        for number, trust in enumerate(("verified", "sourced", "sourced"))
    ]

    assert in_x16(listings, [])[0] == 0
    assert in_x16(listings, [0])[-1] == 0
    assert sorted(in_x16(listings, [0])) == [0, 1, 2]
