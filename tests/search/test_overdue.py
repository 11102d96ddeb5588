"""What becomes of a listing whose confirmation is old, and of the last one of a region for a need."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.catalogue.freshness import Months, day_after, day_before, months_between
from referral.catalogue.listing import AreaServed, Place
from referral.search.engine import search
from referral.search.filters import check_filters
from referral.search.index import build_index
from referral.search.query import Query
from tests.search.making import AFTERNOON, LAVAL, MONTREAL, find, in_town, make_listing, named

TODAY = AFTERNOON.date()
DUE, LAST, HIDDEN = (day_before(TODAY, months) for months in (12, 15, 18))
DAY = timedelta(days=1)


def aged(name, day, **facts):
    return make_listing(name, trust="verified", assured_date=day, **{"categories": ("legal_aid",)} | facts)


FRESH = aged("Récent", TODAY)


def standings(listings, **how):
    return {listings[hit.position].name.fr: hit.overdue for hit in find(listings, **how).hits}


def test_an_old_confirmation_is_said_then_ranked_last_then_hidden():
    listings = [
        FRESH,
        aged("Bientôt", DUE + DAY),
        aged("À vérifier", DUE),
        aged("Encore", LAST + DAY),
        aged("Dernier", LAST),
        aged("Encore là", HIDDEN + DAY),
        aged("Masqué", HIDDEN),
    ]

    assert standings(listings) == {
        "Récent": None,
        "Bientôt": None,
        "À vérifier": "due",
        "Encore": "due",
        "Dernier": "last",
        "Encore là": "last",
    }
    assert set(named(listings)[-2:]) == {"Dernier", "Encore là"}


def test_the_day_is_that_of_the_question_not_of_the_edition():
    index = build_index([aged("Dernier", LAST + DAY)])

    assert find(index, at=AFTERNOON).hits[0].overdue == "due"
    assert find(index, at=AFTERNOON + DAY).hits[0].overdue == "last"
    assert find(index, at=AFTERNOON).hits[0].overdue == "due"


def test_months_are_a_setting():
    index = build_index([FRESH, aged("Masqué", HIDDEN)])
    index.months = Months(due=24, urgent=12, last=30, hidden=36)

    assert [hit.overdue for hit in find(index).hits] == [None, None]


@pytest.mark.parametrize(
    "facts", [{"categories": ("emergency_shelter",)}, {"categories": ("helpline",)}, {"always_open": True}]
)
def test_what_costs_most_where_it_is_wrong_is_due_sooner(facts):
    listings = [FRESH, aged("Urgent", day_before(TODAY, 6), **facts), aged("Usuel", day_before(TODAY, 6))]

    assert standings(listings) == {"Récent": None, "Urgent": "due", "Usuel": None}


def test_what_was_never_confirmed_is_not_overdue():
    assert standings([make_listing("Source")]) == {"Source": None}


@pytest.mark.parametrize("sort", ["best", "open", "distance", "given"])
def test_overdue_comes_last_in_every_order(sort):
    listings = [
        aged("Dernier", LAST, always_open=True, place=in_town(MONTREAL)),
        aged("Loin", TODAY, always_open=False, place=in_town(LAVAL)),
    ]
    ranks = np.array([0, 1])
    query = Query(AFTERNOON, near=MONTREAL, sort=sort, ranks=ranks)

    assert [hit.position for hit in search(build_index(listings), query).hits] == [1, 0]


def test_who_serves_the_place_and_is_overdue_comes_before_who_serves_elsewhere():
    listings = [
        aged("Ailleurs", TODAY, area=AreaServed(regions=("13",)), place=in_town(LAVAL)),
        aged("Ici", LAST),
        aged("Ici aussi", TODAY),
    ]

    assert named(listings, near=MONTREAL) == ["Ici aussi", "Ici", "Ailleurs"]


def test_what_is_hidden_is_not_counted():
    found = find([FRESH, aged("Masqué", HIDDEN)])

    assert found.total == 1
    assert found.facets["need"] == {"legal_aid": 1}


def test_the_last_of_a_region_for_a_need_stays_and_says_so():
    listings = [FRESH, aged("Seul", HIDDEN, area=AreaServed(regions=("09",)))]

    assert standings(listings) == {"Récent": None, "Seul": "spared"}
    assert named(listings)[-1] == "Seul"


def test_of_several_the_one_confirmed_most_recently_stays():
    area = AreaServed(regions=("09",))
    listings = [aged("Plus vieux", HIDDEN - DAY, area=area), aged("Vieux", HIDDEN, area=area)]

    assert standings(listings) == {"Vieux": "spared"}


def test_a_line_for_the_whole_province_does_not_stand_for_a_service_of_the_region():
    listings = [aged("Partout", TODAY, area=AreaServed(everywhere=True)), aged("Ici", HIDDEN)]

    assert standings(listings) == {"Partout": None, "Ici": "spared"}


def test_what_is_closed_for_now_does_not_stand_for_what_is_open():
    listings = [aged("Fermé", TODAY, status="temporarily closed"), aged("Ouvert", HIDDEN)]

    assert standings(listings) == {"Fermé": None, "Ouvert": "spared"}


NEEDS = ("legal_aid", "emergency_shelter", "helpline")
CODES = ("06", "09", "13")


@st.composite
def catalogues(draw):
    return [
        make_listing(
            f"Exemple {number}",
            trust="verified",
            assured_date=TODAY - timedelta(days=draw(st.integers(0, 900))) if draw(st.booleans()) else None,
            categories=draw(st.lists(st.sampled_from(NEEDS), max_size=2, unique=True).map(tuple)),
            status=draw(st.sampled_from(["active", "active", "temporarily closed"])),
            area=AreaServed(
                draw(st.sampled_from([False, False, False, True])),
                draw(st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple)),
            ),
            place=draw(st.sampled_from([Place(), Place("public_area", "09")])),
        )
        for number in range(draw(st.integers(1, 12)))
    ]


@settings(max_examples=150, deadline=None)
@given(catalogues(), st.integers(0, 800))
def test_where_a_region_has_a_service_for_a_need_one_is_always_found(listings, days):
    index, at = build_index(listings), AFTERNOON + timedelta(days=days)
    known = index_without_age(listings)
    shown = {hit.position for hit in find(index, at=at).hits}
    for region in CODES:
        for need in NEEDS:
            there = find(known, at=at, region=region, need=need).total
            assert bool(find(index, at=at, region=region, need=need).total) == bool(there)
            serving = [
                position
                for position, each in enumerate(listings)
                if region in each.area.regions and need in each.categories and each.status == "active"
            ]
            placed = [
                position
                for position, each in enumerate(listings)
                if region == each.place.region_code and need in each.categories and each.status == "active"
            ]
            assert not serving or shown.intersection(serving + placed)


def index_without_age(listings):
    index = build_index(listings)
    index.months = Months(due=10_000, urgent=10_000, last=10_000, hidden=10_000)
    return index


@settings(max_examples=100, deadline=None)
@given(catalogues(), st.integers(0, 800))
def test_what_is_overdue_comes_after_all_that_is_not(listings, days):
    at = AFTERNOON + timedelta(days=days)
    last = [hit.overdue in {"last", "spared"} for hit in find(listings, at=at).hits]

    assert last == sorted(last)


@settings(max_examples=60, deadline=None)
@given(catalogues())
def test_an_index_built_from_the_one_before_judges_the_same(listings):
    before = build_index(listings[:-1])
    again = build_index(listings, before, [*range(len(listings) - 1), -1])
    query = Query(AFTERNOON, filters=check_filters([]), limit=100)

    assert search(again, query) == search(build_index(listings), query)


days = st.dates(date(2020, 1, 1), date(2031, 12, 31))


@given(days, days, st.integers(1, 40))
def test_a_day_is_before_where_so_many_months_have_passed(then, today, months):
    assert (then <= day_before(today, months)) == (months_between(then, today) >= months)


@given(days, st.integers(1, 40))
def test_months_have_passed_from_that_day_on_and_not_the_day_before(then, months):
    day = day_after(then, months)

    assert months_between(then, day) >= months > months_between(then, day - DAY)


def test_what_was_judged_by_one_setting_does_not_stay_under_another():
    index = build_index([aged("Dernier", LAST)])
    assert find(index).hits[0].overdue == "last"
    index.months = replace(index.months, last=17)

    assert find(index).hits[0].overdue == "due"
