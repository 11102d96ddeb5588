from __future__ import annotations

import pytest

from referral.directory.typed_places import find_typed_town


@pytest.mark.parametrize(
    ("words", "town"),
    [
        ("femme 22 ans montréal sans police", "Montréal"),
        ("mother wheelchair two children Gatineau", "Gatineau"),
        ("Gatineau fauteuil roulant", "Gatineau"),
        ("travailleur agricole Saint-Rémi espagnol", "Saint-Rémi"),
        ("15 ans Québec", "Québec"),
    ],
)
def test_a_town_is_found_among_the_words(words, town):
    assert find_typed_town(words) == town


@pytest.mark.parametrize(
    "words", ["", "violence depuis 5 ans", "parent inquiet", "Parent inquiet", "foster care"]
)
def test_an_ordinary_word_is_not_taken_for_a_town(words):
    assert find_typed_town(words) is None


def test_the_town_is_offered_and_not_applied(client):
    page = client.get("/en/services?q=clinic+Gatineau").text

    assert 'value="near=Gatineau"' in page
    assert 'name="near" value="Gatineau"' not in page


@pytest.mark.parametrize("more", ["near=Laval", "region=06"])
def test_no_town_is_offered_where_a_place_was_chosen(client, more):
    assert "near=Gatineau" not in client.get(f"/en/services?q=clinic+Gatineau&{more}").text
