"""Closures for a time: told at once, ended by their day or by a person, asked about where they last."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine

from referral.access.policy import Role
from referral.catalogue.change_models import TemporaryClosure
from referral.catalogue.models import Service
from tests.conftest import ON_ONE_BACKEND
from tests.partners.tonight import make_house
from tests.security.people import make_organization, make_user, sign_in

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(clock, app, session, client):
    return make_house(app, session, always_open=True)


def close(house, person=None, **fields):
    given = {"starts_on": TODAY.isoformat(), "until": "notice", "reason_code": "works"} | fields
    return (person or house.lead).post(f"/en/listings/closures/{house.id}", **given)


def rows(session):
    session.rollback()
    return session.scalars(sa.select(TemporaryClosure).order_by(TemporaryClosure.told_at)).all()


def test_a_closure_is_shown_on_the_very_next_page_with_its_reason(house):
    assert "Open 24 hours a day" in house.public()
    assert close(house).status_code == 303

    page = house.public()
    assert "Closed until further notice (works in the building)." in page
    assert "Closed now" in page
    assert "Open 24 hours a day" not in page
    assert "Room tonight" not in page


def test_cards_say_it_and_it_is_not_among_what_is_open(app, house):
    close(house)
    browser = app.test_client()

    assert "Closed until further notice" in browser.get("/en/services").text
    assert "Maison Exemple" not in browser.get("/en/services?open_now=true").text


def test_its_last_day_is_of_it_and_the_next_is_not(house, clock):
    close(house, until="day", ends_on=(TODAY + 2 * DAY).isoformat())
    clock.shift(2 * DAY)
    assert "Closed for now, until November 26, 2026 included" in house.public().replace("\xa0", " ")
    clock.shift(DAY)

    assert "Closed for now" not in house.public()
    assert "Open 24 hours a day" in house.public()


def test_one_that_is_to_come_is_told_and_the_service_is_open_meanwhile(house, clock):
    close(house, starts_on=(TODAY + 3 * DAY).isoformat())
    assert "Closed from November 27, 2026 on" in house.public().replace("\xa0", " ")
    assert "Open 24 hours a day" in house.public()
    clock.shift(3 * DAY)

    assert "Closed now" in house.public()


def test_a_person_ends_it_at_once(house, session):
    close(house)
    closure = rows(session)[0].id
    assert house.lead.post(f"/en/listings/closures/{house.id}/{closure}/end").status_code == 303

    assert "Open 24 hours a day" in house.public()
    assert rows(session)[0].ended_at == NOON


def test_words_are_shown_in_the_language_of_the_page_french_where_there_is_no_other(house):
    close(house, reason_code="", reason_fr="Panne d’eau")

    assert "Panne d’eau" in house.public("en")


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason_code": ""}, "Choose why, or say it in words."),
        ({"reason_code": "", "reason_en": "No water"}, "Write it in French too"),
        ({"reason_code": "x"}, "Not a valid choice"),
        ({"starts_on": "2026-11-23"}, "Begin today or later."),
        ({"starts_on": ""}, "Give a day"),
        ({"starts_on": "demain"}, "Not a valid date"),
        ({"until": "day"}, "Give a day"),
        ({"until": "day", "ends_on": "2026-11-23"}, "The last day is before the first."),
        ({"until": "day", "ends_on": "2036-11-23"}, "within a year"),
        ({"reason_fr": "x" * 201}, "Use 200 characters at most."),
        ({"reason_fr": "Nous sommes au 1234, rue de l’Exemple"}, "This tells where the service is."),
        ({"reason_fr": "Écrire au H2X 1X1"}, "This tells where the service is."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(house, session, fields, said):
    answer = close(house, **fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert rows(session) == []


def test_a_second_one_for_the_same_days_is_refused(house, session):
    close(house)

    assert close(house).status_code == 422
    assert len(rows(session)) == 1


def test_one_after_another_may_be_told(house, session):
    close(house, until="day", ends_on=TODAY.isoformat())

    assert close(house, starts_on=(TODAY + DAY).isoformat()).status_code == 303
    assert len(rows(session)) == 2


def test_one_without_end_is_asked_about_after_two_weeks_until_somebody_answers(house, session, clock):
    close(house)
    clock.shift(13 * DAY)
    renewed = house.person(Role.INTAKE_WORKER)
    assert "Still closed?" not in renewed.browser.get("/en/listings/room").text
    clock.shift(DAY)
    asked = house.person(Role.INTAKE_WORKER)
    page = asked.browser.get("/en/listings/room").text
    assert "Still closed?" in page
    assert "Room (1)" in page
    closure = rows(session)[0].id
    asked.post(f"/en/listings/closures/{house.id}/{closure}/confirm")

    assert "Still closed?" not in asked.browser.get("/en/listings/room").text
    assert "Closed until further notice" in house.public()


def test_the_people_of_another_organization_close_nothing_and_end_nothing(house, session):
    close(house)
    closure = rows(session)[0].id
    other = house.person(Role.ORGANIZATION_LEAD, make_organization(session))
    where = f"/en/listings/closures/{house.id}"

    assert other.browser.get(where).status_code == 404
    assert close(house, other).status_code == 404
    assert other.post(f"{where}/{closure}/end").status_code == 404
    assert other.post(f"{where}/{closure}/confirm").status_code == 404
    assert rows(session)[0].ended_at is None


def test_a_closure_is_found_at_its_own_service_only(app, house, session):
    close(house)
    closure = rows(session)[0].id
    beside = house.directory.add("Autre Exemple")
    session.get_one(Service, beside.id).organization_id = house.place
    session.commit()

    assert house.lead.post(f"/en/listings/closures/{beside.id}/{closure}/end").status_code == 404
    assert house.lead.post(f"/en/listings/closures/{house.id}/{uuid4()}/end").status_code == 404
    assert rows(session)[0].ended_at is None


def test_vetters_are_told_of_one_that_lasts_and_nobody_confirmed(house, session, clock):
    close(house)
    vetter = make_user(session, ((None, Role.VETTER),))
    clock.shift(14 * DAY)
    page = sign_in(house.app, session, vetter).browser.get("/en/vetting/queue").text

    assert "Call the organization and ask whether it is still closed" in page
