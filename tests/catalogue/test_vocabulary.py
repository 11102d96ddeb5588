from __future__ import annotations

import pytest

from referral.catalogue.vocabulary import (
    NAMES,
    SHELTER_CATEGORIES,
    TAXONOMIES,
    UnknownCodeError,
    label,
    read_vocabulary,
)


@pytest.mark.parametrize("name", NAMES)
def test_each_code_is_there_once_with_words_in_both_languages_and_a_source(name):
    rows = read_vocabulary(name)

    assert len({row["code"] for row in rows}) == len(rows) > 0
    assert all(row["code"] and row["fr"] and row["en"] and row["source"] for row in rows)
    assert len({row["fr"] for row in rows}) == len({row["en"] for row in rows}) == len(rows)


def test_words_of_a_code_are_found():
    assert label("categories", "police").fr == "Police"


@pytest.mark.parametrize(("taxonomy", "code"), [("categories", "refuge"), ("themes", "police")])
def test_unknown_code_has_no_words(taxonomy, code):
    with pytest.raises(UnknownCodeError):
        label(taxonomy, code)


def test_shelters_are_two_categories():
    assert frozenset({"emergency_shelter", "transitional_housing"}) == SHELTER_CATEGORIES
    assert TAXONOMIES["categories"].keys() >= SHELTER_CATEGORIES
