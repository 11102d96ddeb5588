"""The telephone of a house: paired once, revoked at once, and able to do one thing only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine

from referral.access.policy import Role
from referral.audit.models import DIRECTORY_CHAIN
from referral.catalogue.change_models import ServiceCapacity, TemporaryClosure, Via
from referral.catalogue.models import Service
from referral.partners import house_phone_views, house_phones
from referral.partners.house_phone_models import HousePhone
from tests.partners.tonight import Phone, make_house
from tests.security.people import make_organization
from tests.security.test_who_gets_in import everything

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(clock, app, session, client):
    return make_house(app, session)


def phones(session):
    session.rollback()
    return session.scalars(sa.select(HousePhone)).all()


def tellings(session):
    session.rollback()
    return session.scalars(sa.select(ServiceCapacity)).all()


def cookies(answer):
    return [value for name, value in answer.headers if name == "Set-Cookie"]


def test_a_telephone_that_is_paired_tells_in_one_tap(house, session):
    house.open_to_all()
    assert house.phone().tap(house.id, "full").status_code == 303

    assert "Room tonight: full" in house.public()
    assert [(row.told_by, row.via) for row in tellings(session)] == [("Cuisine", Via.HOUSE_PHONE)]


def test_its_page_shows_when_and_by_whom_it_was_told_last(house):
    phone = house.phone()
    house.tell("full")

    page = phone.page("en").text
    assert "told today at 12:00" in page
    assert "by Camille Exemple" in page


def test_it_closes_until_further_notice_and_opens_again(house, session):
    phone = house.phone()
    phone.switch(house.id, "close")
    assert "Closed until further notice" in house.public()
    phone.switch(house.id, "close")
    phone.switch(house.id, "open")

    assert "Closed until further notice" not in house.public()
    session.rollback()
    assert len(session.scalars(sa.select(TemporaryClosure)).all()) == 1


def test_the_audit_says_that_it_was_a_telephone(house, session):
    house.phone().tap(house.id, "full")
    session.rollback()
    event = DIRECTORY_CHAIN.event
    rows = session.scalars(sa.select(event).where(event.target_type == "room by house phone")).all()

    assert [(row.action, row.actor, row.user_id) for row in rows] == [("change", "Cuisine", None)]


def test_its_cookie_is_its_own_and_goes_to_its_own_pages_only(app, house, monkeypatch):
    monkeypatch.setitem(app.config, "COOKIES_SECURE", value=True)
    code = house.make_code()
    answer = Phone(app).browser.post("/fr/house", data={"code": code}, base_url="https://localhost")

    assert len(cookies(answer)) == 2
    for language, cookie in zip(("fr", "en"), cookies(answer), strict=True):
        parts = {part.strip() for part in cookie.split(";")[1:]}
        assert cookie.startswith("__Secure-relais-house=")
        assert {"Secure", "HttpOnly", "SameSite=Strict", f"Path=/{language}/house"} <= parts
        assert any(part.startswith("Max-Age=") for part in parts)


def test_neither_code_nor_cookie_is_kept_but_their_hashes(house, session):
    code = house.make_code()
    phone = Phone(house.app)
    answer = phone.pair(code)
    token = cookies(answer)[0].split("=", 1)[1].split(";")[0]
    kept = everything(session)

    assert code.replace("-", "") not in str(kept)
    assert token not in str(kept)


def test_a_code_serves_once(house):
    code = house.make_code()
    first, second = Phone(house.app), Phone(house.app)

    assert first.pair(code).status_code == 303
    assert second.pair(code).status_code == 422
    assert first.page().status_code == 200


def test_a_code_is_too_old_after_a_quarter_of_an_hour(house, clock):
    code = house.make_code()
    clock.shift(timedelta(minutes=15))

    assert Phone(house.app).pair(code).status_code == 422


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_code_may_be_typed_in_any_way(house, change):
    assert Phone(house.app).pair(change(house.make_code())).status_code == 303


def test_who_tries_codes_has_to_wait_and_so_long_even_the_right_one_does_not_serve(house, clock):
    code, guesser = house.make_code(), Phone(house.app)
    answers = [guesser.pair("AAAA-AAAA") for _ in range(6)]
    assert {answer.status_code for answer in answers} == {422}

    assert guesser.pair(code).status_code == 422
    clock.shift(timedelta(minutes=2))
    assert guesser.pair(code).status_code == 303


def test_codes_are_drawn_from_more_than_can_be_tried():
    assert len(set(house_phones.SIGNS)) ** house_phones.LENGTH > 8 * 10**11
    assert not set("01OIL") & set(house_phones.SIGNS)


def test_revoked_it_answers_404_at_once_and_its_cookie_is_taken(house, session):
    phone = house.phone()
    token = phone.token()
    row = phones(session)[0].id
    assert house.lead.post(f"/en/listings/phones/{row}/revoke").status_code == 303

    tapped = phone.tap(house.id, "full", token)
    assert tapped.status_code == 404
    assert all("Max-Age=0" in cookie for cookie in cookies(tapped))
    assert tellings(session) == []
    assert phone.page().status_code == 200
    assert "four" not in phone.page().text


def test_a_code_that_waits_can_be_revoked(house, session):
    code = house.make_code()
    house.lead.post(f"/en/listings/phones/{phones(session)[0].id}/revoke")

    assert Phone(house.app).pair(code).status_code == 422


def test_one_that_nobody_touched_for_half_a_year_is_to_be_paired_anew(house, clock):
    phone = house.phone()
    clock.shift(timedelta(days=179))
    assert phone.page().status_code == 200
    clock.shift(timedelta(days=179))
    assert phone.page().status_code == 200
    clock.shift(timedelta(days=180))

    assert phone.page().status_code == 404


@pytest.mark.parametrize("token", ["", "x", "é" * 10, "a" * 3000])
def test_a_cookie_that_somebody_made_up_answers_404(app, house, token):
    browser = Phone(app).browser
    browser.set_cookie(house_phone_name(app), token, path="/fr/house")

    assert browser.get("/fr/house").status_code in ({200} if not token else {404})
    assert browser.post(f"/fr/house/{house.id}/room", data={"state": "full"}).status_code == 404


def house_phone_name(app):
    with app.app_context():
        return house_phone_views.cookie_name()


def test_a_form_that_is_not_its_own_is_refused(house, session):
    phone, other = house.phone(), house.phone()

    assert phone.tap(house.id, "full", "").status_code == 400
    assert phone.tap(house.id, "full", "0" * 64).status_code == 400
    assert phone.tap(house.id, "full", other.token()).status_code == 400
    assert tellings(session) == []


def test_it_tells_of_no_service_that_was_not_chosen_for_it(house, session):
    beside = house.directory.add("Autre Exemple")
    session.rollback()
    session.get_one(Service, beside.id).organization_id = house.place
    session.commit()
    beside_id = beside.id
    phone = house.phone()

    assert phone.tap(beside_id, "full").status_code == 404
    assert phone.tap(uuid4(), "full").status_code == 404
    assert "Autre Exemple" not in phone.page().text
    assert tellings(session) == []


def test_a_service_that_went_to_another_organization_is_not_its_own_any_more(house, session):
    phone = house.phone()
    token = phone.token()
    house.service.organization_id = make_organization(session)
    session.commit()

    assert phone.tap(house.id, "full", token).status_code == 404


@pytest.mark.parametrize("state", ["", "x", "FULL"])
def test_it_tells_one_of_four_answers(house, session, state):
    assert house.phone().tap(house.id, state).status_code == 400
    assert tellings(session) == []


def test_it_opens_nothing_else(house):
    phone = house.phone()

    for path in ("/fr/account/", "/fr/listings/room", "/fr/listings/phones", "/fr/listings/for-workers"):
        assert phone.browser.get(path).status_code in (303, 404), path
        assert "/sign-in" in phone.browser.get(path).headers.get("Location", "/sign-in")


def test_it_is_nobodys_session_and_a_session_is_no_telephone(house):
    assert house.lead.browser.get("/fr/house").status_code == 200
    assert "Code" in house.lead.browser.get("/fr/house").text
    answer = house.lead.browser.post(f"/fr/house/{house.id}/room", data={"state": "full"})

    assert answer.status_code == 404


def test_who_works_there_pairs_no_telephone_and_sees_none(house):
    worker = house.person(Role.INTAKE_WORKER)

    assert worker.browser.get("/en/listings/phones").status_code == 404
    assert worker.post("/en/listings/phones", name="x", services=str(house.id)).status_code == 404


def test_another_organization_neither_sees_nor_revokes_it(house, session):
    phone, row = house.phone(), phones(session)[0].id
    other = house.person(Role.ORGANIZATION_LEAD, make_organization(session))

    assert "Cuisine" not in other.browser.get("/en/listings/phones").text
    assert other.post(f"/en/listings/phones/{row}/revoke").status_code == 404
    assert phone.page().status_code == 200


def test_no_telephone_is_made_for_the_services_of_another(app, house, session):
    other = house.person(Role.ORGANIZATION_LEAD, make_organization(session))

    for services in (str(house.id), "", "x"):
        assert other.post("/en/listings/phones", name="Cuisine", services=services).status_code == 422
    assert phones(session) == []


def test_making_one_asks_anew_who_one_is_after_a_while(house, session, clock):
    clock.shift(timedelta(minutes=11))

    answer = house.lead.post("/en/listings/phones", name="Cuisine", services=str(house.id))
    assert answer.status_code == 401
    assert phones(session) == []


def test_what_another_site_sends_is_refused(house):
    phone = house.phone()
    data = {"state": "full", "token": phone.token()}
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert phone.browser.post(f"/fr/house/{house.id}/room", data=data, headers=headers).status_code == 403


def test_its_title_says_nothing(house):
    for page in (Phone(house.app).page(), house.phone().page()):
        assert page.text.split("<title>")[1].split("</title>")[0].strip() == "Relais"


def test_codes_that_nobody_typed_and_telephones_revoked_long_ago_are_forgotten(house, session, clock):
    house.make_code()
    kept = house.phone()
    assert len(phones(session)) == 2
    clock.shift(timedelta(days=2))
    with house_phones.writing(session):
        house_phones.forget_old(session, NOON + timedelta(days=2))

    assert len(phones(session)) == 1
    assert kept.page().status_code == 200
