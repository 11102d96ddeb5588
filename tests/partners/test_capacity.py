"""Room told by an organization's people: who may, who sees it, until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from referral.access.policy import Role
from referral.audit.models import DIRECTORY_CHAIN
from referral.catalogue.change_models import RoomState, ServiceCapacity, Via
from referral.catalogue.models import Service
from referral.directory.live import SOURCE
from tests.conftest import Visitor
from tests.partners.tonight import build, make_house
from tests.security.people import make_organization

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
UNKNOWN = "Room tonight: unknown, call"
FULL = "Room tonight: full"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(clock, app, session, client):
    return make_house(app, session)


def tellings(session):
    session.rollback()
    return session.scalars(sa.select(ServiceCapacity).order_by(ServiceCapacity.updated_at)).all()


def test_nothing_is_known_of_room_until_somebody_tells(house):
    assert UNKNOWN in house.public()


def test_one_tap_is_shown_on_the_very_next_page_with_its_time(house):
    house.open_to_all()
    assert house.tell("full").status_code == 303

    assert FULL in house.public()
    assert "told today at 12:00" in house.public()


@pytest.mark.parametrize("state", list(RoomState))
def test_each_of_the_four_answers_can_be_told(house, session, state):
    house.tell(state.value)

    assert [row.state for row in tellings(session)] == [state]


def test_each_telling_is_a_row_with_who_how_and_when(house, session, clock):
    house.tell("full")
    clock.shift(60)
    house.tell("room")

    assert [(row.state, row.told_by, row.via, row.updated_at) for row in tellings(session)] == [
        (RoomState.FULL, "Camille Exemple", Via.ACCOUNT, NOON),
        (RoomState.ROOM, "Camille Exemple", Via.ACCOUNT, NOON + timedelta(seconds=60)),
    ]


def test_what_was_told_of_beds_fades_after_a_day(house, clock):
    house.open_to_all()
    house.tell("room")
    clock.shift(timedelta(hours=24) - timedelta(seconds=1))
    assert "Room tonight: yes" in house.public()
    clock.shift(timedelta(seconds=1))

    assert UNKNOWN in house.public()
    assert "Room tonight: yes" not in house.public()


def test_what_was_told_of_anything_else_fades_after_a_week(clock, app, session, client):
    office = make_house(app, session, category="legal_aid")
    assert "Room" not in office.public()
    office.open_to_all()
    office.tell("waiting-list")
    clock.shift(timedelta(days=7) - timedelta(seconds=1))
    assert "Room: waiting list" in office.public()
    clock.shift(timedelta(seconds=1))

    assert "Room: unknown, call" in office.public()


def test_until_the_organization_chooses_only_workers_know(house):
    house.tell("full")

    assert FULL not in house.public()
    assert UNKNOWN in house.public()


def test_taking_the_choice_back_hides_what_was_told_before_at_once(house):
    house.open_to_all()
    house.tell("full")
    house.lead.post(f"/en/listings/room/{house.id}/audience", audience="partners")

    assert FULL not in house.public()


def test_the_choice_counts_for_what_was_told_before(house):
    house.tell("full")
    house.open_to_all()

    assert FULL in house.public()


def test_who_works_there_tells_but_does_not_choose_who_may_know(house):
    worker = house.person(Role.INTAKE_WORKER)

    assert house.tell("full", worker).status_code == 303
    assert worker.post(f"/en/listings/room/{house.id}/audience", audience="public").status_code == 404
    assert "Save" not in worker.browser.get("/en/listings/room").text


@pytest.mark.parametrize("role", [Role.ORGANIZATION_LEAD, Role.PARTNER_EDITOR, Role.INTAKE_WORKER])
def test_the_people_of_another_organization_tell_nothing(house, session, role):
    other = house.person(role, make_organization(session))

    assert house.tell("full", other).status_code == 404
    assert other.post(f"/en/listings/room/{house.id}/audience", audience="public").status_code == 404
    assert tellings(session) == []


def test_a_privacy_officer_tells_nothing(house, session):
    assert house.tell("full", house.person(Role.PRIVACY_OFFICER)).status_code == 404
    assert tellings(session) == []


@pytest.mark.parametrize("state", ["", "FULL", "x", "full;room", "unknown"])
def test_a_fifth_answer_is_none(house, session, state):
    assert house.tell(state).status_code == 400
    assert tellings(session) == []


def test_two_people_at_once_both_count_and_the_last_is_shown(house, clock):
    house.open_to_all()
    worker = house.person(Role.INTAKE_WORKER)
    house.tell("full")
    clock.shift(1)
    house.tell("room", worker)

    assert "Room tonight: yes" in house.public()


def test_the_audit_says_that_room_was_told_and_never_what(house, session):
    house.tell("full")
    session.rollback()
    event = DIRECTORY_CHAIN.event
    rows = session.scalars(sa.select(event).where(event.target_type == "room")).all()

    assert [(row.action, row.target_id, row.actor) for row in rows] == [
        ("change", str(house.id), "Camille Exemple")
    ]


def test_cards_say_it_too(app, house):
    house.open_to_all()
    house.tell("full")
    browser = app.test_client()

    assert FULL in browser.get("/en/services").text
    assert FULL in browser.get(f"/en/organizations/{house.place}").text


def test_no_edition_holds_it(app, session, house):
    house.open_to_all()
    house.tell("full")
    build(app, session)

    assert not any(
        b"waiting-list" in file.read_bytes() or b'"full"' in file.read_bytes()
        for file in app.config["EDITION_DIR"].rglob("*")
        if file.is_file()
    )


def test_without_a_source_nobody_knows(app, house, monkeypatch):
    house.open_to_all()
    house.tell("full")
    monkeypatch.delitem(app.extensions, SOURCE)

    assert UNKNOWN in house.public()


def test_a_card_says_only_what_is_known_of_tonight(app, house, monkeypatch):
    house.open_to_all()
    house.tell("full")
    assert "Room tonight" in app.test_client().get("/en/services").text
    monkeypatch.delitem(app.extensions, SOURCE)

    assert "Room tonight" not in app.test_client().get("/en/services").text


def test_the_page_says_who_told_last_and_that_it_has_faded(house, clock):
    house.tell("full")
    assert "by Camille Exemple" in house.lead.browser.get("/en/listings/room").text
    clock.shift(timedelta(minutes=20))
    assert "What was told is too old" not in house.lead.browser.get("/en/listings/room").text


def test_services_are_paged(house, session):
    rows = [
        Service(
            slug=f"autre-{number}",
            organization_id=house.place,
            name=house.service.name,
            description=house.service.description,
            hours=house.service.hours,
            revision=1,
        )
        for number in range(25)
    ]
    session.add_all(rows)
    session.commit()
    first, second = (house.lead.browser.get(f"/en/listings/room?page={page}").text for page in (1, 2))

    assert (first.count('class="room"'), second.count('class="room"')) == (20, 6)
    assert "Next" in first
    assert "Next" not in second


def test_a_public_page_never_asks_who_is_signed_in(app, house, monkeypatch):
    house.tell("full")
    page = house.lead.browser.get(f"/en/services/{house.id}").text

    assert FULL not in page
    assert Visitor is app.test_client_class
