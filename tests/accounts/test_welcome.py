"""The first page: what waits for somebody, and whether all is well with her account."""

from __future__ import annotations

from datetime import timedelta

from referral.access.policy import CONSOLE, Role
from referral.accounts import invitations
from referral.accounts.invitations import Guest
from referral.shared.clock import now
from referral.shared.database import writing


def test_tries_that_failed_since_the_last_visit_are_told(people, browser_of, open_browser, clock):
    person = people.worker()
    browser_of(person)
    stranger = open_browser()
    for _ in range(2):
        stranger.type_password(person.username, "pas le bon mot de passe")

    clock.shift(timedelta(minutes=20))
    assert "2 tries to sign in with your login name did not succeed" in browser_of(person).get("/").text


def test_tries_of_before_the_last_visit_are_told_no_more(people, browser_of, open_browser):
    person = people.worker()
    open_browser().type_password(person.username, "pas le bon mot de passe")
    browser_of(person)

    assert "did not succeed since" not in browser_of(person).get("/").text


def test_few_recovery_codes_are_told(people, browser_of):
    person = people.worker()
    people.change(person, mf_recovery_codes=["scellé"] * 3)

    assert "3 recovery codes are left" in browser_of(person).get("/").text


def test_enough_recovery_codes_are_not_told(people, browser_of):
    person = people.worker()
    people.change(person, mf_recovery_codes=["scellé"] * 4)

    assert "recovery codes are left" not in browser_of(person).get("/").text


def test_whoever_leads_sees_who_waits_and_who_has_no_second_step(people, browser_of, session):
    lead = people.lead()
    people.worker(has_factor=False)
    guest = Guest("Lou Exemple", Role.INTAKE_WORKER, people.place())
    with writing(session):
        invitations.invite(session, guest, CONSOLE, now())

    page = browser_of(lead).get("/").text

    assert "1 invitation waits for an answer" in page
    assert "1 person has no second step yet" in page


def test_numbers_of_people_are_for_whoever_leads_only(people, browser_of):
    assert "Your people" not in browser_of(people.worker()).get("/").text


def test_people_of_another_organization_are_not_counted(people, browser_of):
    people.worker(place="Centre Exemple", has_factor=False)

    assert "no second step yet" not in browser_of(people.lead()).get("/").text
