"""An organization is reminded as it chose: how, how often, in its language; and not otherwise."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from referral.access.policy import Role
from referral.catalogue.models import Service
from referral.partners import reminders
from referral.partners.letters import SYSTEM
from referral.partners.reminders import Choice
from referral.partners.round_jobs import run
from referral.partners.round_models import Means, Reason, ReminderChoice, Stage
from referral.shared.clock import now
from referral.shared.database import writing
from tests.edition.conftest import build
from tests.partners.rounding import Places, links_in
from tests.partners.test_links import confirm, in_english
from tests.partners.test_rounds import ago
from tests.security.people import make_user, sign_in

__all__ = ["build"]
DAY = timedelta(days=1)


@pytest.fixture
def places(session, build):
    return Places(session)


@pytest.fixture
def at(session):
    return now()


def choose(places, service, means, months=3, at=None, *, language="fr"):
    with writing(places.session) as session:
        choice = Choice(means, months, language)
        reminders.choose(session, service.organization_id, choice, SYSTEM, at or now())


@pytest.mark.parametrize("months", [1, 3, 6])
def test_a_reminder_comes_as_often_as_was_chosen_and_once(places, at, months):
    service = places.add(assured=ago(at, 0))
    choose(places, service, Means.MAIL, months, at)
    run(at + (30 * months - 3) * DAY)
    early = len(places.letters("listing_reminder"))

    run(at + (31 * months + 1) * DAY)
    run(at + (31 * months + 2) * DAY)

    assert (early, len(places.letters("listing_reminder"))) == (0, 1)


def test_whoever_chose_nothing_is_reminded_by_the_round_only(places, at):
    service = places.add(assured=ago(at, 0))
    run(at + 200 * DAY)
    assert places.letters() == []
    choose(places, service, Means.ROUND_ONLY, 1, at)

    run(at + 200 * DAY)

    assert places.letters() == []


def test_a_reminder_is_in_the_language_that_was_chosen(places, at):
    service = places.add(assured=ago(at, 0))
    choose(places, service, Means.MAIL, 1, at, language="en")

    run(at + 40 * DAY)

    (letter,) = places.letters("listing_reminder")
    assert "You chose to be asked" in letter


def test_a_reminder_can_be_answered_with_one_button(client, places, at):
    service = places.add(assured=ago(at, 3))
    choose(places, service, Means.MAIL, 1, at - 40 * DAY)
    run(at)
    (letter,) = places.letters("listing_reminder")
    path = in_english(links_in(letter)[0])

    assert confirm(client, path, service).status_code == 303
    places.session.rollback()
    assert places.session.get_one(Service, service.id).assured_date == ago(now(), 0)


def test_a_reminder_that_nobody_answers_is_not_followed_up_nor_called(places, at):
    service = places.add(assured=ago(at, 1))
    choose(places, service, Means.MAIL, 6, at - 190 * DAY)
    for days in (0, 21, 28, 31):
        run(at + days * DAY)

    assert places.letters("listing_follow_up") == []
    assert places.stage_of(service) is Stage.ENDED


def test_what_becomes_due_while_a_reminder_waits_begins_its_round(places, at):
    service = places.add(assured=ago(at, 12, 5))
    choose(places, service, Means.MAIL, 1, at - 40 * DAY)
    run(at)
    assert places.round_of(service).reason is Reason.REMINDED

    run(at + 6 * DAY)

    assert places.round_of(service).reason is Reason.DUE
    assert len(places.letters("listing_round")) == 1


def test_whoever_wishes_to_be_called_is_called_and_not_written_to(places, at):
    service = places.add(assured=ago(at, 1))
    choose(places, service, Means.CALL, 1, at - 40 * DAY)

    run(at)

    assert places.letters() == []
    assert places.stage_of(service) is Stage.TO_CALL


def test_whoever_wishes_to_be_called_is_called_in_the_round_too(places, at):
    service = places.add(assured=ago(at, 12))
    choose(places, service, Means.CALL, 6, at)

    run(at)

    assert (places.letters(), places.stage_of(service)) == ([], Stage.TO_CALL)


def test_a_reminder_without_an_address_is_a_call(places, at):
    service = places.add(assured=ago(at, 1), email=None)
    choose(places, service, Means.MAIL, 1, at - 40 * DAY)

    run(at)

    assert places.stage_of(service) is Stage.TO_CALL


def test_what_a_round_asks_already_is_not_asked_twice(places, at):
    service = places.add(assured=ago(at, 12))
    choose(places, service, Means.MAIL, 1, at - 40 * DAY)

    run(at)

    assert (len(places.letters("listing_round")), places.letters("listing_reminder")) == (1, [])


def account_of(app, places, service, role):
    user = make_user(places.session, ((service.organization_id, role),))
    return sign_in(app, places.session, user)


@pytest.mark.parametrize("role", [Role.PARTNER_EDITOR, Role.ORGANIZATION_LEAD])
def test_those_who_keep_listings_choose_by_account(app, client, places, role):
    service = places.add()
    person = account_of(app, places, service, role)

    answer = person.post("/en/listings/reminders", means="call", months="6", language="en")

    assert answer.status_code == 303
    places.session.rollback()
    row = places.session.get_one(ReminderChoice, service.organization_id)
    assert (row.means, row.months, row.chosen_by) == (Means.CALL, 6, "Alex Exemple")
    page = person.browser.get("/en/listings/reminders").text
    chosen = re.findall(r"<input[^>]*checked[^>]*>", page)
    assert [re.search('value="([^"]*)"', each)[1] for each in chosen] == ["call", "6", "en"]


def test_what_is_not_offered_is_not_taken(app, client, places):
    service = places.add()
    person = account_of(app, places, service, Role.ORGANIZATION_LEAD)

    answer = person.post("/en/listings/reminders", means="mail", months="2", language="fr")

    assert answer.status_code == 422
    assert places.session.get(ReminderChoice, service.organization_id) is None


def test_intake_workers_do_not_choose(app, client, places):
    service = places.add()
    person = account_of(app, places, service, Role.INTAKE_WORKER)

    assert person.browser.get("/en/listings/reminders").status_code == 404
    fields = {"means": "mail", "months": "1", "language": "fr"}
    assert person.post("/en/listings/reminders", **fields).status_code == 404
