import numpy as np

from referral.catalogue.listing import AreaServed
from referral.search.engine import search
from referral.search.index import build_index
from referral.search.query import Query
from tests.search.making import AFTERNOON, LAVAL, MONTREAL, SEPT_ILES, in_town, make_listing, names

LISTINGS = [
    make_listing("Loin Exemple", place=in_town(SEPT_ILES), area=AreaServed(regions=("09", "13"))),
    make_listing("Partout Exemple", place=in_town(LAVAL), area=AreaServed(everywhere=True), always_open=True),
    make_listing("Voisin Exemple", place=in_town(MONTREAL), area=AreaServed(regions=("13",))),
    make_listing("Sur place Exemple", place=in_town(LAVAL), area=AreaServed(regions=("13",))),
    make_listing("Fermé Exemple", status="temporarily closed", area=AreaServed(regions=("13",))),
]


def in_order(sort, **how):
    return names(LISTINGS, search(build_index(LISTINGS), Query(AFTERNOON, sort=sort, **how)))


def test_by_distance_the_nearest_is_first_and_what_has_none_is_last():
    assert in_order("distance", near=LAVAL)[:3] == ["Sur place Exemple", "Voisin Exemple", "Loin Exemple"]


def test_open_comes_before_unknown_and_unknown_before_closed():
    assert in_order("open")[0] == "Partout Exemple"
    assert in_order("open")[-1] == "Fermé Exemple"


def test_an_order_can_be_given():
    ranks = np.array([4, 3, 2, 1, 0])

    assert in_order("given", ranks=ranks) == [listing.name.fr for listing in reversed(LISTINGS)]


def test_pages_of_an_order_follow_each_other():
    whole = in_order("distance", near=LAVAL)

    assert (
        in_order("distance", near=LAVAL, limit=2) + in_order("distance", near=LAVAL, limit=3, offset=2)
        == whole
    )


def test_sorting_removes_nobody():
    assert sorted(in_order("open")) == sorted(in_order("best"))
