"""What a person may ask about her file: received, answered in time; who looked, in words read out to her."""

from __future__ import annotations

import html
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN, CasesAuditEvent
from referral.audit.queries import PAGE, Line
from referral.audit.services import record_apart
from referral.intake import looks, rights
from referral.intake.follow_ups import day_of
from referral.intake.models import Case, RightsRequest
from referral.intake.rights import AnsweredAlreadyError, NotYetError, UnknownRequestError
from referral.intake.safe import open_safe
from referral.intake.vocabulary import RightsKind
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, held_case, make_actor, make_case, make_house
from tests.intake.test_holdings import fill

pytestmark = pytest.mark.usefixtures("client")
PLANTED = "Bouleau-Exemple"


@pytest.fixture
def case_id(house):
    return make_case(house)


def receive(case_id, actor, kind=RightsKind.ACCESS, received_on=None, words=PLANTED):
    with held_case(case_id, actor) as held:
        return rights.receive(held, kind, received_on or day_of(now()), words).id


def path_of(case_id, language="fr"):
    return f"/{language}/cases/{case_id}/rights"


def typed(**more):
    return {"kind": "access", "received_on": day_of(now()).isoformat(), "words": "", **more}


def test_a_request_is_due_thirty_days_after_she_asked_and_its_words_are_sealed(house, case_id):
    asked_on = day_of(now()) - timedelta(days=3)
    request_id = receive(case_id, house.worker, received_on=asked_on)
    row = cases_session().get_one(RightsRequest, request_id)

    assert row.due_on == asked_on + timedelta(days=30)
    assert PLANTED.encode() not in row.sealed
    assert [each.asked for each in rights.list_requests(cases_session(), case_id, open_safe(case_id))] == [
        PLANTED
    ]


def test_a_request_is_not_received_tomorrow(house, case_id):
    with pytest.raises(NotYetError):
        receive(case_id, house.worker, received_on=day_of(now()) + timedelta(days=1))


def test_the_first_answer_stays(house, case_id):
    request_id = receive(case_id, house.worker)
    with held_case(case_id, house.worker) as held:
        rights.answer(held, request_id, "Copie remise")
    with pytest.raises(AnsweredAlreadyError), held_case(case_id, house.lead) as held:
        rights.answer(held, request_id, "Autre réponse")

    kept = rights.list_requests(cases_session(), case_id, open_safe(case_id))[0]
    assert (kept.answer, kept.asked, kept.answered_on) == ("Copie remise", PLANTED, day_of(now()))


def test_a_request_of_another_file_is_not_answered_here(house, case_id):
    request_id = receive(make_case(house), house.worker)

    with pytest.raises(UnknownRequestError), held_case(case_id, house.worker) as held:
        rights.answer(held, request_id, "x")


def test_what_waits_is_listed_for_its_organization_alone_the_first_due_first(session, house, case_id):
    today = day_of(now())
    late = receive(case_id, house.worker, received_on=today - timedelta(days=40))
    soon = receive(case_id, house.worker, RightsKind.ERASURE, received_on=today)
    done = receive(case_id, house.worker, received_on=today)
    with held_case(case_id, house.worker) as held:
        rights.answer(held, done, "fait")

    assert [row.id for row, _case in rights.list_waiting(cases_session(), house.id)] == [late, soon]
    assert rights.list_waiting(cases_session(), make_house(session, "Autre Exemple").id) == []


def test_a_worker_notes_a_request_and_its_answer_on_the_pages(app, session, house, case_id):
    person = enter(app, session, house.deputy)
    assert person.post(path_of(case_id), **typed(kind="correction", words=PLANTED)).status_code == 303
    cases_session().rollback()
    request_id = cases_session().scalars(sa.select(RightsRequest.id)).one()
    assert PLANTED in person.browser.get(path_of(case_id)).text
    page = f"{path_of(case_id)}/{request_id}"
    assert person.browser.get(page).status_code == 200
    assert person.post(page, words="").status_code == 422
    assert person.post(page, words="Âge corrigé").status_code == 303

    assert "Âge corrigé" in person.browser.get(path_of(case_id)).text


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "none"},
        {"kind": ""},
        {"received_on": "x"},
        {"received_on": "9999-12-31"},
        {"words": "x" * 501},
    ],
)
def test_a_request_that_makes_no_sense_is_refused_and_nothing_typed_is_lost(
    app, session, house, case_id, fields
):
    answer = enter(app, session, house.worker).post(path_of(case_id), **typed(words=PLANTED) | fields)

    assert answer.status_code == 422
    assert fields.get("words", PLANTED) in answer.text
    assert cases_session().scalars(sa.select(RightsRequest)).all() == []


def test_whoever_is_in_charge_of_privacy_sees_and_answers_and_others_do_not(app, session, house, case_id):
    request_id, other = receive(case_id, house.worker), make_house(session, "Autre Exemple")
    privacy = make_actor(session, house.id, "Dominique Exemple", Role.PRIVACY_OFFICER)
    editor = make_actor(session, house.id, "Éloïse Exemple", Role.PARTNER_EDITOR)
    vetter = make_actor(session, None, "Fanny Exemple", Role.VETTER)
    operator = make_actor(session, None, "Gaëlle Exemple", Role.OPERATOR)
    paths = [path_of(case_id), f"{path_of(case_id)}/{request_id}"]

    def seen(actor):
        return {enter(app, session, actor).browser.get(path).status_code for path in paths}

    assert seen(privacy) == seen(house.worker) == seen(house.lead) == {200}
    for actor in (editor, vetter, operator, other.lead, other.worker):
        assert seen(actor) == {404}
        assert enter(app, session, actor).post(path_of(case_id), **typed()).status_code == 404
        assert enter(app, session, actor).post(paths[1], words="x").status_code == 404
    assert enter(app, session, privacy).post(paths[1], words="Répondu").status_code == 303


def test_a_request_that_is_none_is_not_found(app, session, house, case_id):
    assert (
        enter(app, session, house.worker).browser.get(f"{path_of(case_id)}/{uuid.uuid4()}").status_code == 404
    )


AT = datetime(2026, 11, 24, 19, 10, tzinfo=UTC)


def line(action, place, own, target="case", actor="Béa Exemple"):
    return Line(1, AT, action, target, "x", actor, uuid.uuid4(), place, own)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Béa Exemple a consulté le dossier, mardi 24 novembre 2026 à 14 h 10"),
        ("en", "Béa Exemple looked at the file, Tuesday, November 24, 2026 at 2:10 pm"),
    ],
)
def test_who_looked_is_a_sentence_that_one_reads_out(app, language, said):
    own = uuid.uuid4()
    with app.test_request_context(f"/{language}/"):
        sentence = looks.say_look(line(Action.VIEW, own, own), own, {}, language)

    assert sentence.replace("\u00a0", " ") == said


def test_the_first_of_a_month_is_said_as_one_does(app):
    with app.test_request_context("/fr/"):
        day = looks.say_when(datetime(2026, 12, 1, 12, tzinfo=UTC), "fr")["day"]

    assert day.replace("\u00a0", " ") == "mardi 1er décembre 2026"


def test_whoever_reads_for_another_organization_is_named_with_it(app):
    own, theirs = uuid.uuid4(), uuid.uuid4()
    with app.test_request_context("/en/"):
        said = looks.say_look(
            line(Action.VIEW, theirs, theirs, "packet"), own, {theirs: "Refuge Exemple"}, "en"
        )

    assert said.startswith("Béa Exemple, of Refuge Exemple, looked at what was sent")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_act_has_its_sentence(app, language):
    own = uuid.uuid4()
    with app.test_request_context(f"/{language}/"):
        for action in Action:
            assert "%" not in looks.say_look(line(action, own, own, "anything", None), own, {}, language)


def test_the_page_tells_who_looked_newest_first_and_readings_of_those_who_received(app, session, house):
    receiver = make_house(session, "Refuge Exemple")
    case_id, _words = fill(house, receiver.id)
    packet = cases_session().scalars(sa.select(looks.Packet.id).where(looks.Packet.case_id == case_id)).one()
    cases_session().rollback()
    record_apart(Event(Action.VIEW, "packet", packet, receiver.deputy, receiver.id), CASES_CHAIN)
    enter(app, session, house.deputy).browser.get(path_of(case_id))
    page = html.unescape(enter(app, session, house.worker).browser.get(path_of(case_id, "en")).text)
    told = page.partition('id="looked-title"')[2]

    assert told.index("Alex Exemple looked at the file") < told.index("Béa Exemple looked at the file")
    assert "Béa Exemple, of Refuge Exemple, looked at what was sent" in told


def test_what_was_done_with_another_file_is_not_told_here(session, house, case_id):
    make_case(house)
    lines = looks.list_looks(cases_session(), case_id)

    assert {line.target_id for line in lines} == {str(case_id)}


def test_who_looked_is_read_page_by_page(app, session, house, case_id):
    cases_session().rollback()
    for _ in range(PAGE + 5):
        record_apart(Event(Action.VIEW, "case", case_id, house.worker, house.id), CASES_CHAIN)
    first = looks.list_looks(cases_session(), case_id)
    second = looks.list_looks(cases_session(), case_id, before=first[-1].number)
    total = len(cases_session().scalars(sa.select(CasesAuditEvent.number)).all())

    assert len(first) == PAGE
    assert len(first) + len(second) == total
    browser = enter(app, session, house.worker).browser
    assert "#looked-title" in browser.get(path_of(case_id)).text
    assert "#looked-title" not in browser.get(f"{path_of(case_id)}?before={first[-1].number}").text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "0"])
def test_a_page_that_is_none_is_answered(app, session, house, case_id, before):
    assert (
        enter(app, session, house.worker).browser.get(f"{path_of(case_id)}?before={before}").status_code
        == 200
    )


def test_the_title_tells_nothing_of_the_file(app, session, house, case_id):
    code = cases_session().get_one(Case, case_id).code
    person = enter(app, session, house.lead)
    for page in ("", "/copy", "/erase"):
        title = (
            person.browser.get(f"{path_of(case_id)}{page}")
            .text.partition("<title>")[2]
            .partition("</title>")[0]
        )
        assert code not in title
        assert title.strip()


def test_nobody_known_is_the_system(app):
    own = uuid.uuid4()
    with app.test_request_context("/en/"):
        said = looks.say_look(line(Action.ERASURE, None, own, "case", None), own, {}, "en")

    assert said.startswith("The system, by itself")
