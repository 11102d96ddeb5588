"""Which services are proposed for whom, from a fictional directory and fictional people."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec
import pytest
from flask import Flask
from flask_babel import force_locale
from pyroaring import BitMap

from referral.catalogue.listing import AreaServed, Place
from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory.live import Lesser
from referral.intake.matching import CATEGORIES, SOUGHT, read_wanted
from referral.intake.proposing import Search
from referral.intake.vocabulary import Need, NeedState
from referral.shared.clock import QUEBEC
from tests.intake import matches as directory
from tests.intake.matches import LISTINGS, MOTHER, of, propose, slugs
from tests.pages.example import BUILT_AT, ExampleEdition, make_app


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """An application without databases, for the words."""
    return make_app(tmp_path_factory.mktemp("words"), None)


@pytest.fixture(autouse=True)
def french(words: Flask):
    """Words are French unless a test asks for others."""
    with words.test_request_context("/fr/"):
        yield


def plain(texts):
    return [text.replace("\u00a0", " ") for text in texts]


def test_a_mother_with_two_children_and_a_dog_is_proposed_what_receives_all_of_them():
    found = propose(**MOTHER)[Need.SHELTER]

    assert slugs(found.fitting) == {"familles", "peu-dit"}
    assert "reçoit les enfants" in of(found.fitting, directory.FAMILIES).fits
    assert "accepte les animaux" in of(found.fitting, directory.FAMILIES).fits


def test_what_is_known_to_fit_comes_before_what_is_to_be_asked():
    found = propose(**MOTHER)[Need.SHELTER]

    assert [each.listing.slug for each in found.fitting] == ["familles", "peu-dit"]


def test_what_a_service_does_not_say_is_to_be_asked_and_never_hidden():
    assert of(propose(**MOTHER)[Need.SHELTER].fitting, directory.UNTOLD).to_ask == ("enfants", "animaux")


def test_a_near_miss_says_the_one_thing_that_is_missing():
    near = propose(**MOTHER)[Need.SHELTER].near

    assert slugs(near) == {"sans-chien"}
    assert near[0].missing == ("n’accepte pas les animaux",)


def test_a_man_is_proposed_what_receives_men():
    found = propose(limits={"gender": "man"}, regions={"now": "06"})[Need.SHELTER]

    assert slugs(found.fitting) == {"hommes", "rampe", "marches"}
    assert "reçoit les hommes" in of(found.fitting, directory.MEN).fits


def test_a_trans_woman_is_proposed_what_receives_her_and_what_can_be_asked_but_no_house_for_men():
    found = propose(limits={"gender": "trans-woman"}, regions={"now": "06"})[Need.SHELTER]

    assert {"toutes", "femmes", "rampe", "marches"} == slugs(found.fitting)
    assert of(found.fitting, directory.ALL_WOMEN).to_ask == ()
    assert of(found.fitting, directory.WOMEN).to_ask != ()
    assert of(found.near, directory.NOT_TRANS).missing == ("ne reçoit pas les femmes trans",)


def test_of_someone_of_15_no_house_for_adults_and_none_that_takes_no_minor_alone():
    found = propose(age_band="14-17", regions={"now": "03"})[Need.SHELTER]

    assert slugs(found.fitting) == {"jeunes"}
    assert slugs(found.near) == {"adultes", "seuls"}


def test_a_house_for_the_young_is_not_for_an_adult():
    found = propose(age_band="25-64", regions={"now": "03"})[Need.SHELTER]

    assert "jeunes" not in slugs(found.fitting)
    assert {"adultes", "seuls"} <= slugs(found.fitting)


@pytest.mark.parametrize(
    ("flag", "missing"),
    [
        ("no-papers", "demande une pièce d’identité"),
        ("no-health-card", "demande une carte d’assurance maladie"),
    ],
)
def test_without_papers_or_a_card_what_asks_for_them_is_a_near_miss(flag, missing):
    found = propose(needs={"health": "need-now"}, limits={"flags": [flag]})[Need.HEALTH]

    assert slugs(found.fitting) == {"rue"}
    assert plain(of(found.near, directory.CLINIC).missing) == [missing]


def test_somebody_who_speaks_only_spanish_is_proposed_first_what_is_offered_in_it():
    found = propose(
        needs={"legal": "need-now"},
        languages={"spoken": ["es"], "interpreter": False},
        regions={"now": "06"},
    )[Need.LEGAL]

    assert [each.listing.slug for each in found.fitting] == ["espagnol", "francais"]
    assert "offert en espagnol" in of(found.fitting, directory.SPANISH).fits
    assert of(found.fitting, directory.FRENCH).to_ask == ("langue",)


def test_in_a_wheelchair_steps_are_missing_and_a_ramp_is_a_reason():
    found = propose(limits={"flags": ["wheelchair"]}, regions={"now": "06"})[Need.SHELTER]

    assert "accessible en fauteuil roulant" in of(found.fitting, directory.RAMP).fits
    assert "marches" not in slugs(found.fitting)
    assert plain(of(found.near, directory.STEPS).missing) == ["n’est pas accessible en fauteuil roulant"]


def test_in_nunavik_what_serves_it_is_proposed():
    assert slugs(propose(regions={"now": "10"})[Need.SHELTER].fitting) == {"nunavik"}


def test_where_nothing_serves_her_region_what_serves_another_is_a_near_miss_that_says_so():
    found = propose(regions={"now": "11"})[Need.SHELTER]

    assert found.fitting == ()
    assert all(plain(each.missing) == ["dessert une autre région"] for each in found.near)
    assert found.near


def test_the_region_wanted_goes_before_the_one_where_she_is():
    found = propose(regions={"now": "06", "wanted": ["08"]})[Need.SHELTER]

    assert slugs(found.fitting) == {"familles", "sans-chien", "peu-dit", "sans-enfant"}


def test_nothing_in_a_region_to_avoid_is_proposed_nor_a_near_miss():
    found = propose(regions={"now": "06", "avoid": ["06"]}, limits={"flags": ["pets"]})[Need.SHELTER]

    assert not {"hommes", "femmes", "toutes", "rampe"} & slugs((*found.fitting, *found.near))


def test_a_line_that_answers_all_of_quebec_is_proposed_also_from_an_office_in_a_region_to_avoid():
    found = propose(needs={"mental-health": "need-now"}, regions={"avoid": ["06"]})[Need.MENTAL_HEALTH]

    assert "ligne" in slugs(found.fitting)


def test_an_organization_to_avoid_is_neither_proposed_nor_a_near_miss():
    avoided = [directory.FAMILIES.organization.id, directory.NO_DOGS.organization.id]
    found = propose(**MOTHER, organizations_to_avoid=avoided)[Need.SHELTER]

    assert slugs((*found.fitting, *found.near)) == {"peu-dit"}


def test_a_service_reached_through_an_organization_to_avoid_is_not_proposed():
    asked = {"needs": {"immigration": "need-now"}}

    assert "par-un-autre" in slugs(propose(**asked)[Need.IMMIGRATION].fitting)
    found = propose(**asked, organizations_to_avoid=[directory.LINE.organization.id])[Need.IMMIGRATION]
    assert "par-un-autre" not in slugs(found.fitting)


def test_what_an_organization_to_avoid_became_part_of_is_avoided_as_well():
    class Merged(ExampleEdition):
        def moved_to(self, old_id):
            return directory.FAMILIES.organization.id if str(old_id) == directory.LINE.id else None

    avoided = [directory.LINE.id]
    found = propose(edition=Merged(LISTINGS), **MOTHER, organizations_to_avoid=avoided)[Need.SHELTER]

    assert slugs(found.fitting) == {"peu-dit"}


def test_several_needs_are_answered_each_what_is_needed_now_first():
    found = propose(
        needs={"legal": "need-later", "health": "need-now", "shelter": "met", "income": "declined"}
    )

    assert list(found) == [Need.HEALTH, Need.LEGAL]


def test_what_was_not_said_limits_nothing():
    found = propose()[Need.SHELTER]

    assert not found.near
    assert all(not each.to_ask and not each.missing for each in found.fitting)


def test_a_need_of_which_the_directory_lists_no_kind_says_so():
    found = propose(needs={"transport": "need-now"})[Need.TRANSPORT]

    assert not found.has_kind
    assert not found.fitting


def test_a_service_of_no_kind_is_never_proposed_as_one():
    unsaid = msgspec.structs.replace(directory.WOMEN, categories=())

    assert not propose(edition=ExampleEdition((unsaid,)))[Need.SHELTER].fitting


def test_a_service_whose_area_nobody_told_is_proposed_and_its_region_is_to_be_asked():
    unsaid = msgspec.structs.replace(directory.UNTOLD, area=AreaServed(), place=Place())
    found = propose(edition=ExampleEdition((unsaid,)), regions={"now": "08"})[Need.SHELTER]

    assert of(found.fitting, unsaid).to_ask == ("la région",)


def test_a_card_says_whether_it_is_open_at_that_moment():
    night = datetime(2026, 11, 24, 3, 0, tzinfo=QUEBEC)
    found = propose(at=night, needs={"mental-health": "need-now"})[Need.MENTAL_HEALTH]

    assert of(found.fitting, directory.LINE).card.openness == "always"


def test_reasons_are_in_the_language_of_the_page():
    with force_locale("en"):
        found = propose(**MOTHER)[Need.SHELTER]

        assert "receives children" in of(found.fitting, directory.FAMILIES).fits
        assert found.near[0].missing == ("does not accept pets",)


def test_a_service_that_has_no_room_comes_after_others_that_fit_as_well():
    wanted = read_wanted({"limits": {"gender": "woman"}, "regions": {"now": "06"}})
    calm = Search(directory.EDITION, wanted, BUILT_AT, Lesser())
    before = [each.listing for each in calm.propose(Need.SHELTER, NeedState.NOW).fitting]
    full = replace(calm, lesser=Lesser(without_room=BitMap([LISTINGS.index(before[0])])))

    after = [each.listing for each in full.propose(Need.SHELTER, NeedState.NOW).fitting]
    assert after == [*before[1:], before[0]]


def test_every_need_has_its_kinds_of_help_and_every_kind_is_one_of_the_directory():
    assert set(CATEGORIES) == set(Need)
    assert {kind for kinds in CATEGORIES.values() for kind in kinds} <= set(TAXONOMIES["categories"])


def test_only_needs_of_now_and_later_are_looked_for():
    assert SOUGHT == (NeedState.NOW, NeedState.LATER)


def test_nothing_of_a_search_is_kept_with_the_index_but_what_any_search_keeps():
    asked = {**MOTHER, "age_band": "14-17", "languages": {"spoken": ["es", "zza"], "interpreter": True}}
    propose(needs={"shelter": "need-now"})
    before = set(directory.EDITION.index.cache)
    propose(**asked)

    kept = set(directory.EDITION.index.cache) - before
    assert kept <= set(directory.EDITION.index.attributes)
