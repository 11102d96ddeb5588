from __future__ import annotations

import pytest

from referral.intake.models import Case
from referral.intake.nicknames import find_alike, find_by_nickname
from referral.intake.safe import destroy_safe
from referral.intake.spelling import Closeness, compare_folded, fold
from referral.intake.vocabulary import CaseStatus
from referral.shared.database import cases_session
from tests.intake.filing import held_case, make_case, make_draft, make_house


def codes(found):
    return [each.case_id for each in found]


@pytest.mark.parametrize(
    ("typed", "known", "closeness"),
    [
        ("Merle Bleu", "merle bleu", Closeness.SAME),
        ("merle-bleu", "Merle  Bleu", Closeness.SAME),
        ("Éloïse", "eloise", Closeness.SAME),
        ("Cœur", "coeur", Closeness.SAME),
        ("Merle bleu", "Merel bleu", Closeness.NEAR),
        ("bleu merle", "Merle bleu", Closeness.NEAR),
        ("merle", "Merle bleu", Closeness.PART),
        ("bl", "Merle bleu", Closeness.PART),
        ("Ana", "Ann", None),
        ("erle", "Merle bleu", None),
        ("Merle", "Grive", None),
        ("ياسمين", "ياسمين", Closeness.SAME),
        ("★", "★", Closeness.SAME),
        ("★", "♥", None),
    ],
)
def test_nicknames_are_compared_as_people_spell_them(typed, known, closeness):
    assert compare_folded(fold(typed), fold(known)) is closeness


def test_a_file_is_found_by_its_nickname(house):
    case_id = make_case(house, {"nickname": "Sorbier Exemple"})
    make_case(house, {"nickname": "Merle Exemple"})

    found = find_by_nickname(cases_session(), house.id, "sorbier exemple")

    assert codes(found) == [case_id]
    assert (found[0].owner_id, found[0].closeness) == (house.worker.user_id, Closeness.SAME)


def test_the_closest_comes_first(house):
    part = make_draft(house, {"nickname": "Merle bleu du parc"})
    near = make_draft(house, {"nickname": "Merel bleu"})
    same = make_draft(house, {"nickname": "merle bleu"})

    assert codes(find_by_nickname(cases_session(), house.id, "Merle Bleu")) == [same, near, part]


def test_nothing_is_ever_found_at_another_organization(session, house):
    other = make_house(session, "Refuge Exemple")
    make_case(other, {"nickname": "Sorbier"})

    assert find_by_nickname(cases_session(), house.id, "Sorbier") == []


def test_a_closed_file_is_not_found(house):
    case_id = make_case(house, {"nickname": "Sorbier"})
    with held_case(case_id, house.worker) as held:
        held.case.status = CaseStatus.CLOSED

    assert find_by_nickname(cases_session(), house.id, "Sorbier") == []


def test_a_file_whose_key_is_gone_stops_nobody(house):
    destroy_safe(make_draft(house, {"nickname": "Sorbier"}))
    case_id = make_draft(house, {"nickname": "Sorbier"})

    assert codes(find_by_nickname(cases_session(), house.id, "Sorbier")) == [case_id]


def test_only_the_same_or_nearly_is_a_likely_duplicate_and_never_the_file_itself(house):
    mine = make_draft(house, {"nickname": "Merle bleu"})
    near = make_draft(house, {"nickname": "Merle bleux"})
    make_draft(house, {"nickname": "Merle bleu du parc"})

    assert codes(find_alike(cases_session(), house.id, "Merle bleu", mine)) == [near]
    assert cases_session().get_one(Case, near).status is CaseStatus.DRAFT


@pytest.mark.parametrize("typed", ["", "   ", "%", "'; --"])
def test_odd_words_find_nothing(house, typed):
    make_draft(house, {"nickname": "Sorbier"})

    assert find_by_nickname(cases_session(), house.id, typed) == []
