from __future__ import annotations

import re

import pytest

from tests.pages.example import SHELTER


def page_of(client, query=""):
    return re.sub(r"\s+", " ", client.get(f"/fr/services{query}").text.replace("\u00a0", " "))


def options(page, name):
    held = re.search(rf'<select id="{name}".*?</select>', page)[0]
    return dict(re.findall(r'<option value="([^"]+)"[^>]*>\s*([^<]+?)\s*</option>', held))


def test_a_value_says_how_many_it_would_leave(client):
    assert options(page_of(client), "need")["emergency_shelter"] == "Hébergement d’urgence (1)"


def test_counts_follow_the_rest_of_the_search(client):
    assert options(page_of(client, "?q=clinique"), "need")["immigration_legal"].endswith("(1)")
    assert options(page_of(client, "?q=clinique"), "need")["food_clothing"].endswith("(0)")


def test_what_would_leave_nothing_cannot_be_chosen(client):
    assert re.search(r'<option value="food_clothing"[^>]* disabled', page_of(client, "?q=clinique"))
    assert not re.search(r'<option value="immigration_legal"[^>]* disabled', page_of(client, "?q=clinique"))


def test_who_is_known_and_who_is_to_be_asked_are_told_apart(client):
    assert "1 oui, 49 à vérifier" in page_of(client)


@pytest.mark.parametrize("name", ["substance_use", "indigenous_led"])
def test_a_filter_that_nobody_answers_yes_to_is_not_offered(client, name):
    assert f'name="{name}"' not in page_of(client)


@pytest.mark.parametrize(
    "name",
    ["need", "clientele", "region", "lang", "route", "age", "open_now", "always_open", "free", "wheelchair"],
)
def test_what_some_service_answers_yes_to_is_offered(client, name):
    assert f'name="{name}"' in page_of(client)


def test_what_was_chosen_stays_chosen(client):
    page = page_of(client, "?need=emergency_shelter&free=true&age=30&lang=es:interpreter")

    assert re.search(r'<option value="emergency_shelter"[^>]* selected', page)
    assert re.search(r'name="free" value="true" checked', page)
    assert re.search(r'<option value="es"[^>]* selected', page)
    assert re.search(r'<option value="interpreter" selected', page)
    assert 'value="30"' in page


def test_what_a_link_brought_without_a_control_is_kept(client):
    page = page_of(client, "?need=emergency_shelter&need=youth&gender=woman")

    assert '<input type="hidden" name="need" value="youth">' in page
    assert '<input type="hidden" name="gender" value="woman">' in page


def test_unknown_follows_yes_and_known_no_is_gone(client):
    page = client.get("/fr/services?wheelchair=true&pets=true").text

    assert SHELTER.id not in page


def test_ages_of_children_are_kept_as_typed(client):
    assert 'value="4, 9"' in page_of(client, "?child_ages=4,+9")


def test_filters_that_the_words_call_for_are_offered_and_not_applied(client):
    page = page_of(client, "?q=hébergement")

    assert re.search(r'name="put" value="need=emergency_shelter"', page)
    assert not re.search(r'<option value="emergency_shelter"[^>]* selected', page)


def test_a_filter_already_chosen_is_not_offered_again(client):
    page = page_of(client, "?q=hébergement&need=emergency_shelter")

    assert 'name="put" value="need=emergency_shelter"' not in page
