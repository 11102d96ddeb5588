"""What holds for any catalogue and any question."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.catalogue.listing import AreaServed, PhoneNumber, SpokenLanguage
from referral.catalogue.vocabulary import TAXONOMIES
from referral.geo.areas import REGIONS
from referral.search.analysis import fold
from referral.search.index import build_index
from tests.search.making import LAVAL, MONTREAL, find, in_town, make_listing, names

PHRASES = {
    "hébergement d’urgence": "emergency shelter",
    "aide juridique": "legal aid",
    "banque alimentaire": "food bank",
    "agression sexuelle": "sexual assault",
    "santé mentale": "mental health",
    "protection de la jeunesse": "youth protection",
}
answer = st.sampled_from(["yes", "no", "unknown"])
ages = st.sampled_from([None, 0, 12, 14, 16, 17, 18, 25, 35])
codes = {
    name: st.lists(st.sampled_from(sorted(values)), max_size=3, unique=True).map(tuple)
    for name, values in TAXONOMIES.items()
}


@st.composite
def listings(draw):
    least, most = sorted([draw(ages), draw(ages)], key=lambda age: -1 if age is None else age)
    return make_listing(
        f"Exemple {draw(st.integers(0, 10**9))}",
        fr=draw(st.sampled_from(sorted(PHRASES))),
        categories=draw(codes["categories"]),
        clientele=draw(codes["clientele"]),
        minimum_age=least,
        maximum_age=most,
        eligibility=draw(
            st.dictionaries(st.sampled_from(sorted(TAXONOMIES["eligibility"])), answer, max_size=6)
        ),
        accessibility={"wheelchair": draw(answer)},
        cost=draw(st.sampled_from([None, "free", "paid"])),
        languages=tuple(SpokenLanguage(code) for code in draw(codes["languages"])),
        phones=draw(st.sampled_from([(), (PhoneNumber("+15145550100"),)])),
        always_open=draw(st.sampled_from([None, True, False])),
        area=AreaServed(
            draw(st.booleans()), draw(st.lists(st.sampled_from(sorted(REGIONS)), max_size=2).map(tuple))
        ),
        place=draw(st.sampled_from([in_town(MONTREAL), in_town(LAVAL)])),
    )


catalogues = st.lists(listings(), max_size=12, unique_by=lambda listing: listing.id)
filters = st.fixed_dictionaries(
    {},
    optional={
        "age": st.sampled_from(["10", "15", "17", "18", "30"]),
        "gender": st.sampled_from(["woman", "man"]),
        "wheelchair": st.just("true"),
        "free": st.just("true"),
        "health_card_required": st.just("false"),
        "always_open": st.just("true"),
        "need": st.sampled_from(sorted(TAXONOMIES["categories"])),
        "region": st.sampled_from(sorted(REGIONS)),
        "lang": st.sampled_from(["es", "fr"]),
        "exploitation": st.just("sexual"),
        "pets": st.just("true"),
        "status": st.sampled_from(["none", "temporary_worker"]),
    },
)


@settings(max_examples=60, deadline=None)
@given(catalogues, filters, st.sampled_from(["", *PHRASES]))
def test_a_filter_never_returns_a_known_no(some, chosen, words):
    for hit in find(some, words, **chosen).hits:
        listing = some[hit.position]
        for name, value in chosen.items():
            assert not known_no(listing, name, value), (name, value)


def known_no(listing, name, value):  # noqa: C901, PLR0911  # one rule for each filter, as flat as a table
    eligibility = listing.eligibility
    match name:
        case "age":
            least, most = listing.minimum_age, listing.maximum_age
            return (least is not None and int(value) < least) or (most is not None and int(value) > most)
        case "gender":
            gendered = {"women", "men", "trans_nonbinary"} & set(listing.clientele)
            other = {"man": {"women"}, "woman": {"men"}}[value]
            return (
                gendered == other
                and "anyone" not in listing.clientele
                and eligibility.get("accepts_men") != "yes"
            )
        case "wheelchair":
            return listing.accessibility.get("wheelchair") == "no"
        case "free":
            return listing.cost == "paid"
        case "health_card_required":
            return eligibility.get("health_card_required") == "yes"
        case "always_open":
            return listing.always_open is False
        case "need":
            return bool(listing.categories) and value not in listing.categories
        case "region":
            return (
                not listing.area.everywhere
                and bool(listing.area.regions)
                and value not in listing.area.regions
            )
        case "pets":
            return eligibility.get("accepts_pets") == "no"
        case "status":
            return eligibility.get("reserved_to_citizens") == "yes"
    return False


@settings(max_examples=40, deadline=None)
@given(catalogues, filters, st.sampled_from(["", *PHRASES]), st.randoms(use_true_random=False))
def test_the_order_of_the_catalogue_has_no_part(some, chosen, words, chance: random.Random):
    shuffled = some[:]
    chance.shuffle(shuffled)

    assert names(some, find(some, words, near=LAVAL, **chosen)) == names(
        shuffled, find(shuffled, words, near=LAVAL, **chosen)
    )


@settings(max_examples=40, deadline=None)
@given(catalogues, st.sampled_from(sorted(PHRASES)))
def test_accents_case_and_language_find_the_same(some, phrase):
    index = build_index(some)
    found = [hit.position for hit in find(index, phrase).hits]

    for other in (fold(phrase), fold(phrase).title(), fold(phrase).replace(" ", "-"), PHRASES[phrase]):
        assert {hit.position for hit in find(index, other).hits} >= {
            position for position in found if some[position].description.fr == phrase
        }
    assert [hit.position for hit in find(index, fold(phrase)).hits] == found


@settings(max_examples=40, deadline=None)
@given(catalogues, filters, st.sampled_from(["", *PHRASES]))
def test_a_facet_counts_what_choosing_it_leaves(some, chosen, words):
    index = build_index(some)
    facets = find(index, words, **chosen).facets

    for name in ("wheelchair", "free", "pets", "always_open"):
        for value, count in facets.get(name, {}).items():
            assert find(index, words, **chosen | {name: value}).total == count


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=600))
def test_any_text_is_answered(words):
    index = CATALOGUE
    assert find(index, words).total <= index.count


CATALOGUE = build_index([make_listing(f"Exemple {n}", fr=phrase) for n, phrase in enumerate(sorted(PHRASES))])


@pytest.mark.parametrize(
    "words",
    [
        "\x00\x01\x1b[31m\r\n\t\u202e\ufeff",
        "(((((a+)+)+)+)+$" * 600,
        "' OR 1=1; DROP TABLE service; -- " * 300,
        '"refuge* NEAR/3 NOT (" ^ {x} : %s {0} ${y}',
        "é" * 10_000,
        "e\u0301" * 5_000,
        "a " * 5_000,
        "'" * 10_000,
        "l'" * 5_000,
        "\U0001f600\ud7ff\u0600" * 3_000,
        "0" * 10_000,
        "refuge " * 1_400,
    ],
)
def test_junk_is_answered_without_error_and_fast(words):
    started = time.perf_counter()

    find(CATALOGUE, words)

    assert time.perf_counter() - started < 0.5
