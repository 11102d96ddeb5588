"""What holds tonight is asked of the database in time or not at all; workers know more than the public."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine

from referral.access.policy import Role
from referral.audit.models import DIRECTORY_CHAIN
from referral.catalogue.change_models import ServiceForWorkers
from referral.directory.live import SOURCE, LessAvailable
from referral.partners.live import LiveReader
from referral.shared.bilingual import Bilingual
from referral.shared.database import DIRECTORY, db
from tests.partners.tonight import build, make_house
from tests.security.people import make_organization

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
FULL = "Room tonight: full"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(clock, app, session, client):
    return make_house(app, session)


def slow(connection):
    time.sleep(1.0)
    return {"x": 1}


def broken(connection):
    connection.execute(sa.text("SELECT * FROM nothing_of_that_name"))


@pytest.fixture
def reader(app, session):
    made = LiveReader(app.extensions[SOURCE].fading, wait_seconds=0.15, rest_seconds=60)
    with app.test_request_context("/en/"):
        yield made


def test_a_database_that_is_slow_is_waited_for_a_moment_only(reader):
    began = time.perf_counter()

    assert reader._ask(slow, "nothing") == "nothing"  # noqa: SLF001
    assert time.perf_counter() - began < 0.6


def test_after_a_wait_in_vain_nobody_waits_again_for_a_while(reader):
    reader._ask(slow, None)  # noqa: SLF001
    began = time.perf_counter()

    assert reader.find_less_available(for_workers=False) == LessAvailable()
    assert time.perf_counter() - began < 0.1


def test_a_database_that_fails_is_as_if_nothing_were_known(reader):
    assert reader._ask(broken, "nothing") == "nothing"  # noqa: SLF001


def test_one_request_waits_once_however_often_it_asks(app, session):
    reader = LiveReader(app.extensions[SOURCE].fading, wait_seconds=0.15, rest_seconds=0)
    with app.test_request_context("/en/"):
        began = time.perf_counter()
        for _ in range(5):
            reader._ask(slow, None)  # noqa: SLF001

    assert time.perf_counter() - began < 0.6


def test_a_server_of_the_database_is_told_to_stop_in_time(app, session, monkeypatch):
    if db.engines[DIRECTORY].dialect.name != "postgresql":
        return
    reader = LiveReader(app.extensions[SOURCE].fading, wait_seconds=0.2, rest_seconds=0)
    with pytest.raises(sa.exc.OperationalError, match="statement timeout"):
        reader._answer(  # noqa: SLF001
            db.engines[DIRECTORY], lambda connection: connection.execute(sa.text("SELECT pg_sleep(5)"))
        )


def test_what_is_full_ranks_below_its_equals_while_that_holds(app, session, house, clock):
    house.directory.add("Maison Pareille", category="emergency_shelter")
    build(app, session)
    house.open_to_all()

    def order():
        page = app.test_client().get("/en/services").text
        return page.index("Maison Exemple") < page.index("Maison Pareille")

    house.tell("waiting-list")
    assert not order()
    house.tell("room")
    clock.shift(1)
    house.tell("full")
    assert not order()


def test_what_only_workers_may_know_ranks_nothing_for_the_public(app, session, house):
    house.directory.add("Maison Pareille", category="emergency_shelter")
    build(app, session)
    before = app.test_client().get("/en/services").text
    house.tell("full")

    assert app.test_client().get("/en/services").text == before


@pytest.mark.parametrize("role", [Role.INTAKE_WORKER, Role.PARTNER_EDITOR, Role.ORGANIZATION_LEAD])
def test_workers_of_any_organization_know_what_was_told_to_them(house, session, role):
    house.tell("full")
    worker = house.person(role, make_organization(session))

    assert FULL in worker.browser.get(f"/en/listings/for-workers/{house.id}").text
    assert FULL in worker.browser.get("/en/listings/for-workers").text
    assert FULL not in house.public()


def test_workers_read_whom_to_call_between_them_and_nobody_else_does(house, session):
    session.add(
        ServiceForWorkers(
            service_id=house.id,
            number="+15145550177",
            description=Bilingual("Demander la coordonnatrice de nuit", None),
            lacks="staff",
            lacks_description=Bilingual("Deux personnes la nuit", None),
        )
    )
    session.commit()
    worker = house.person(Role.INTAKE_WORKER, make_organization(session))
    page = worker.browser.get(f"/en/listings/for-workers/{house.id}").text

    assert "tel:+15145550177" in page
    assert "Demander la coordonnatrice de nuit" in page
    assert "Deux personnes" not in page
    for text in ("5550177", "coordonnatrice"):
        assert text not in house.public()


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER])
def test_who_does_not_work_with_people_reads_none_of_it(house, role):
    somebody = house.person(role)

    assert somebody.browser.get(f"/en/listings/for-workers/{house.id}").status_code == 404
    assert somebody.browser.get("/en/listings/for-workers").status_code == 404


def test_nobody_reads_it_without_signing_in(app, house):
    answer = app.test_client().get(f"/en/listings/for-workers/{house.id}")

    assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (303, True)


def test_each_view_is_recorded_without_content(house, session):
    worker = house.person(Role.INTAKE_WORKER, make_organization(session))
    worker.browser.get(f"/en/listings/for-workers/{house.id}")
    session.rollback()
    event = DIRECTORY_CHAIN.event
    rows = session.scalars(sa.select(event).where(event.action == "view")).all()

    assert [(row.target_type, row.target_id, row.user_id, row.organization_id) for row in rows] == [
        ("listing for workers", str(house.id), worker.user_id, house.place)
    ]


def test_a_search_of_workers_is_in_no_address(house):
    answer = house.lead.post("/en/listings/for-workers", q="maison exemple")

    assert answer.status_code == 303
    assert "maison" not in answer.headers["Location"]
    assert "Maison Exemple" in house.lead.browser.get(answer.headers["Location"]).text


def test_a_service_that_is_not_shown_is_not_here_for_workers_either(house, session):
    hidden = house.directory.add("Maison Cachée", category="emergency_shelter")
    hidden_id = hidden.id

    assert house.lead.browser.get(f"/en/listings/for-workers/{hidden_id}").status_code == 404
