"""What a hurried or hostile hand sends to the pages of consents: twice, forged, late, or changed between."""

from __future__ import annotations

import re
import uuid

import pytest
import sqlalchemy as sa

from referral.accounts.models import User
from referral.edition.reader import READER
from referral.intake import sending_views
from referral.intake.models import Consent, Disclosure, Packet
from referral.intake.vocabulary import CaseStatus, Item
from referral.mail.models import CasesOutbox
from referral.shared.database import cases_session
from tests.intake.filing import enter, held_case, make_case, make_house
from tests.intake.granting import ANSWERS, make_agreement, make_grant, make_packet
from tests.intake.matches import bed
from tests.pages.example import ExampleEdition, make_organization

SAID = {
    "do": "grant",
    "items": ["regions"],
    "purpose": "shelter",
    "days": "30",
    "capacity": "self",
    "mode": "spoken",
    "spoken": "es",
    "copy": "refused",
}
TOLD = {"basis": "danger", "facts": "Menace Exemple ce soir", "items": "Le lieu", "recipient": "Police"}
HIDDEN = re.compile(r'name="(entry|reading)"[^>]*value="([^"]+)"')


@pytest.fixture
def receiver(session, house):
    """Another organization, with which the first has an agreement."""
    other = make_house(session, "Refuge Exemple")
    make_agreement(house, other)
    return other


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def worker(app, session, client, house):
    return enter(app, session, house.worker)


def rows(model):
    cases_session().rollback()
    return cases_session().scalars(sa.select(model)).all()


def marks(page):
    return dict(HIDDEN.findall(page))


def say(worker, case_id, *places, **changes):
    """Send a reading as it was filled in on our page."""
    path = f"/fr/cases/{case_id}/consents/new"
    named = [str(each) for each in places]
    shown = marks(worker.browser.get(path).text)
    return worker.post(path, **{**SAID, "offered": named, "recipients": named, **shown, **changes})


def test_an_organization_that_does_not_exist_is_granted_nothing(worker, case_id):
    assert say(worker, case_id, uuid.uuid4()).status_code == 422
    assert rows(Consent) == []


def test_one_reading_pressed_twice_makes_its_grants_once(worker, case_id, receiver):
    path = f"/fr/cases/{case_id}/consents/new"
    named = [str(receiver.id)]
    sent = {**SAID, "offered": named, "recipients": named, **marks(worker.browser.get(path).text)}
    answers = [worker.post(path, **sent).status_code for _time in range(2)]

    assert answers == [303, 303]
    assert len(rows(Consent)) == 1


def test_her_own_organization_is_refused_in_a_sentence(worker, house, case_id):
    assert say(worker, case_id, house.id).status_code == 422


@pytest.fixture
def only_there(app, receiver):
    """A directory in which the receiver has one listing, in one region."""
    card = make_organization("refuge", id=str(receiver.id))
    kept, app.extensions[READER] = (
        app.extensions[READER],
        ExampleEdition((bed("refuge", "08", organization=card),)),
    )
    yield receiver.id
    app.extensions[READER] = kept


@pytest.mark.parametrize(("avoid", "status"), [(["08"], 422), (["06"], 303), (["06", "08"], 422)])
def test_an_organization_that_is_only_where_she_will_not_go_is_refused(
    worker, house, only_there, avoid, status
):
    case_id = make_case(house, {**ANSWERS, "regions": {"avoid": avoid}})

    assert say(worker, case_id, only_there).status_code == status


def test_what_is_sent_twice_in_a_row_is_sent_once(worker, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    for _time in range(2):
        assert worker.post(f"/fr/cases/{case_id}/consents/{consent_id}/send").status_code == 303

    assert len(rows(Packet)) == 1


def test_nobody_is_told_that_something_waits_where_nothing_was_sent(session, worker, house, case_id):
    stranger = make_house(session, "Foyer Exemple")
    session.execute(sa.update(User).values(email="direction@exemple.example"))
    session.commit()
    consent_id = make_grant(house, case_id, stranger.id)
    worker.post(f"/fr/cases/{case_id}/consents/{consent_id}/send")
    worker.post(f"/fr/cases/{case_id}/consents/{consent_id}/withdraw", way="phone")

    assert rows(CasesOutbox) == []


def test_from_a_closed_file_nothing_goes(worker, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    with held_case(case_id, house.worker) as held:
        held.case.status = CaseStatus.CLOSED
    worker.post(f"/fr/cases/{case_id}/consents/{consent_id}/send")

    assert rows(Packet) == []


def test_she_withdraws_also_when_her_file_is_closed(worker, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    with held_case(case_id, house.worker) as held:
        held.case.status = CaseStatus.CLOSED
    worker.post(f"/fr/cases/{case_id}/consents/{consent_id}/withdraw", way="letter")

    assert [each.withdrawn_at is None for each in rows(Consent)] == [False]


def disclose(worker, case_id, entry, **changes):
    return worker.post(
        f"/fr/cases/{case_id}/disclosures/new",
        **{**TOLD, "do": "disclose", "sure": "yes", "entry": entry, **changes},
    )


def entry_for(worker, case_id):
    return marks(worker.post(f"/fr/cases/{case_id}/disclosures/new", do="look", **TOLD).text)["entry"]


def test_going_back_and_changing_the_facts_is_not_taken_for_a_second_press(worker, case_id):
    entry = entry_for(worker, case_id)
    disclose(worker, case_id, entry)
    answer = disclose(worker, case_id, entry, facts="Autre menace Exemple, demain")

    assert answer.status_code == 409 or len(rows(Disclosure)) == 2


def test_the_mark_of_one_file_writes_nothing_away_in_another(worker, house, case_id):
    entry, other = entry_for(worker, case_id), make_case(house, ANSWERS)
    disclose(worker, case_id, entry)
    answer = disclose(worker, other, entry)

    written = {each.case_id for each in rows(Disclosure)}
    assert answer.status_code == 409 or written == {case_id, other}


@pytest.mark.parametrize("text", ["<script>Exemple", "é" * 700, "\r\n"])
def test_odd_words_break_no_page(worker, case_id, text):
    for name in ("facts", "entry", "basis", "sure"):
        answer = worker.post(f"/fr/cases/{case_id}/disclosures/new", **{**TOLD, "do": "look", name: text})

        assert answer.status_code in {200, 422}, name
        assert "<script>Exemple" not in answer.text, name


@pytest.mark.parametrize("text", ["<script>Exemple", "é" * 700, "\r\n", "9" * 40])
@pytest.mark.parametrize(
    "name", ["find", "offered", "recipients", "organization", "items", "days", "spoken", "copy", "words"]
)
def test_odd_readings_break_no_page(worker, case_id, receiver, name, text):
    answer = say(worker, case_id, receiver.id, **{name: text})

    assert answer.status_code in {303, 422}
    assert "<script>Exemple" not in answer.text


@pytest.mark.parametrize("path", ["consents", "consents/new", "disclosures/new"])
def test_no_page_of_consents_stays_in_the_browser(worker, case_id, path):
    answer = worker.browser.get(f"/fr/cases/{case_id}/{path}")

    assert "no-store" in answer.headers["Cache-Control"]


@pytest.fixture
def reader(app, session, client, receiver):
    """Somebody of the organization that receives."""
    return enter(app, session, receiver.worker)


def test_what_was_received_does_not_stay_in_the_browser(reader, house, receiver, case_id):
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id), (Item.REGIONS,))
    answer = reader.browser.get(f"/fr/cases/received/{packet_id}")

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_letter_that_cannot_be_kept_keeps_nothing_of_the_sending(
    worker, house, receiver, case_id, monkeypatch
):
    def fail(*_given):
        raise RuntimeError("Exemple")

    consent_id = make_grant(house, case_id, receiver.id)
    monkeypatch.setattr(sending_views, "enqueue_waiting", fail)
    with pytest.raises(RuntimeError, match="Exemple"):
        worker.post(f"/fr/cases/{case_id}/consents/{consent_id}/send")

    cases_session().rollback()
    assert cases_session().scalars(sa.select(Packet)).all() == []
