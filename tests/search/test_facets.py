from referral.catalogue.listing import AreaServed
from referral.search.facets import offered
from referral.search.index import build_index
from tests.search.making import find, make_listing

LISTINGS = [
    make_listing("A Exemple", categories=("health",), clientele=("women",), cost="free"),
    make_listing("B Exemple", categories=("health", "police"), clientele=("men",), cost="paid"),
    make_listing("C Exemple", categories=("police",), area=AreaServed(regions=("07",))),
]


def test_a_value_counts_what_it_would_leave():
    for name, value in (("need", "health"), ("gender", "man"), ("free", "true"), ("region", "06")):
        assert find(LISTINGS).facets[name][value] == find(LISTINGS, **{name: value}).total


def test_what_nobody_asked_stays_in_the_count():
    assert find(LISTINGS).facets["free"] == {"true": 2}


def test_a_filter_without_a_known_yes_is_not_offered():
    assert "wheelchair" not in find(LISTINGS).facets
    assert "wheelchair" not in find([make_listing(accessibility={"wheelchair": "no"})]).facets


def test_a_chosen_filter_counts_its_other_values_as_if_changed():
    facets = find(LISTINGS, need="health").facets

    assert facets["need"] == {"health": 2, "police": 2}
    assert facets["region"] == {"06": 2}


def test_facets_follow_the_words():
    listings = [
        make_listing("Refuge Exemple", categories=("health",)),
        make_listing("Repas Exemple", cost="free"),
    ]

    assert "free" not in find(listings, "refuge").facets


def test_open_now_is_counted_at_the_moment_asked():
    assert find([make_listing(always_open=True), make_listing("B Exemple")]).facets["open_now"] == {"true": 2}


def test_those_known_to_fit_are_counted_apart():
    found = find(LISTINGS)

    assert found.known["free"] == {"true": 1}
    assert found.facets["free"] == {"true": 2}


def test_a_value_is_offered_whatever_the_search_where_somebody_answers_yes():
    index = build_index(LISTINGS)

    assert offered(index)["free"] == ("true",)
    assert "pets" not in offered(index)
    assert "open_now" not in offered(index)


def test_open_now_is_offered_where_somebodys_hours_are_known():
    assert offered(build_index([make_listing(always_open=True)]))["open_now"] == ("true",)
