from __future__ import annotations

import pytest

from referral.directory.places import PlaceAnswer, resolve


@pytest.mark.parametrize("typed", ["", "  ", "tout le Québec", "province"])
def test_nothing_typed_or_all_of_quebec_is_anywhere(typed):
    assert resolve(typed) == PlaceAnswer()


def test_a_town_is_found():
    assert resolve("laval").place.name == "Laval"


def test_homonyms_are_a_choice():
    answer = resolve("Saint-Raphaël")

    assert answer.place is None
    assert len({place.region_code for place in answer.choices}) > 1


def test_the_label_of_a_choice_chooses_it():
    first, *_ = resolve("Saint-Raphaël").choices

    assert resolve(first.label).place == first


@pytest.mark.parametrize(("typed", "problem"), [("J0M", "vague"), ("xqzxqzxq", "unknown")])
def test_what_cannot_be_a_place_is_a_question(typed, problem):
    assert resolve(typed).problem == problem
