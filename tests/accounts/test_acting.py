"""Acting for one place at a time: it is said, never guessed, and a role elsewhere gives nothing here."""

from __future__ import annotations

import pytest

from referral.access.policy import Role
from tests.conftest import ON_ONE_BACKEND

LEAD, WORKER = Role.ORGANIZATION_LEAD, Role.INTAKE_WORKER


@pytest.fixture
def both(people):
    """Somebody who leads one organization and works at another."""
    return people.add("camille.exemple", (LEAD, people.place()), (WORKER, people.place("Autre Exemple")))


def test_with_one_place_there_is_nothing_to_choose(people, browser_of):
    browser = browser_of(people.lead())

    assert browser.get("/").status_code == 200
    assert browser.get(f"/places/{people.place()}/people").status_code == 200


def test_before_the_choice_no_role_counts(people, both, browser_of):
    browser = browser_of(both)

    assert browser.get(f"/places/{people.place()}/people").status_code == 404
    assert browser.get("/").location == "/en/account/acting"


def test_signing_in_leads_to_the_choice(people, both, visit):
    visit.type_password(both.username)
    answer = visit.type_code(both.code(visit.app), next=f"/en/account/places/{people.place()}/people")

    assert answer.location == f"/en/account/acting?next=/en/account/places/{people.place()}/people"


def test_before_the_choice_no_operator_counts_either(people, browser_of):
    person = people.add("camille.exemple", (Role.OPERATOR, None), (WORKER, people.place()))

    assert browser_of(person).get("/organizations").status_code == 404


def test_the_choice_makes_the_roles_of_that_place_count(people, both, browser_of):
    browser = browser_of(both)
    browser.post("/acting", {"place": str(people.place())})

    assert browser.get(f"/places/{people.place()}/people").status_code == 200


def test_a_role_at_another_place_gives_nothing_here(people, both, browser_of):
    browser = browser_of(both)
    browser.post("/acting", {"place": str(people.place("Autre Exemple"))})

    assert browser.get(f"/places/{people.place()}/people").status_code == 404
    assert browser.get(f"/places/{people.place('Autre Exemple')}/people").status_code == 404


def test_an_operator_who_acts_for_an_organization_is_none(people, browser_of):
    person = people.add("camille.exemple", (Role.OPERATOR, None), (WORKER, people.place()))
    browser = browser_of(person)
    browser.post("/acting", {"place": "installation"})
    assert browser.get("/organizations").status_code == 200
    browser.post("/acting", {"place": str(people.place())})

    assert browser.get("/organizations").status_code == 404


@ON_ONE_BACKEND
@pytest.mark.parametrize("place", ["installation", "Tiers Exemple", "", "not-an-id"])
def test_nobody_acts_for_a_place_where_she_has_no_role(people, both, browser_of, place):
    browser = browser_of(both)
    people.place("Tiers Exemple")
    code = str(people.places.get(place, place))

    assert browser.post("/acting", {"place": code}).status_code == 422
    assert browser.get("/").location == "/en/account/acting"


def test_the_choice_is_of_one_session(people, both, browser_of):
    first, second = browser_of(both), browser_of(both)
    first.post("/acting", {"place": str(people.place())})

    assert second.get(f"/places/{people.place()}/people").status_code == 404


def test_looking_at_the_choice_chooses_nothing(people, both, browser_of):
    browser = browser_of(both)
    browser.get(f"/acting?place={people.place()}")

    assert browser.get(f"/places/{people.place()}/people").status_code == 404


def test_a_place_where_the_last_role_was_lost_is_acted_for_no_more(people, both, browser_of):
    browser = browser_of(both)
    browser.post("/acting", {"place": str(people.place())})
    people.take_roles(both, people.place())

    assert browser.get(f"/places/{people.place()}/people").status_code == 404
