from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import render_template

from referral.access.policy import Role
from referral.intake.consent_words import ITEMS, SCRIPT_VERSION
from referral.intake.models import Consent, Disclosure, Packet
from referral.intake.vocabulary import Item
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, held_case, make_actor, make_case, make_house
from tests.intake.granting import ANSWERS, find_grant, find_packet, make_agreement, make_grant, make_packet

LONGEST_SCRIPT = 150
"""Words: under a minute, read slowly."""
TOLD = {
    "basis": "danger",
    "facts": "Menace Sorbier-Exemple ce soir",
    "items": "Le lieu",
    "recipient": "Police",
}


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


@pytest.fixture
def reader(app, session, client, receiver):
    """Somebody of the organization that receives."""
    return enter(app, session, receiver.worker)


def new(case_id):
    return f"/fr/cases/{case_id}/consents/new"


def said(*receivers, **changes):
    """What a worker writes down after a reading."""
    return {
        "do": "grant",
        "offered": [str(each.id) for each in receivers],
        "recipients": [str(each.id) for each in receivers],
        "items": ["needs", "regions"],
        "is_express": "y",
        "purpose": "shelter",
        "days": "30",
        "capacity": "self",
        "mode": "spoken",
        "spoken": "es",
        "copy": "dangerous",
        **changes,
    }


def grants():
    cases_session().rollback()
    return cases_session().scalars(sa.select(Consent)).all()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_words_that_are_read_aloud_take_under_a_minute(app, session, language):
    with app.test_request_context(f"/{language}/"):
        page = render_template(f"cases/consent_text_{SCRIPT_VERSION}.html", place="Maison Exemple")
    words = re.sub(r"<[^>]+>", " ", page).split()

    assert 60 < len(words) <= LONGEST_SCRIPT


def test_nothing_is_ticked_before_she_says_it(worker, case_id, receiver):
    page = worker.post(new(case_id), organization=str(receiver.id)).text

    assert "Refuge Exemple" in page
    assert not re.search(r"<input[^>]*\bchecked\b", page)


def test_what_would_be_sent_is_shown_beside_each_item(worker, case_id):
    page = worker.browser.get(new(case_id)).text

    assert "514 555-0142" in page
    assert "Note Exemple" not in page


def test_an_organization_is_found_by_its_name(worker, case_id, receiver):
    page = worker.post(new(case_id), do="find", find="refuge ex").text

    assert f'value="{receiver.id}"' in page


def test_one_reading_makes_separate_grants(session, worker, case_id, receiver):
    other = make_house(session, "Foyer Exemple")
    assert worker.post(new(case_id), **said(receiver, other)).status_code == 303

    assert {each.receiver_id for each in grants()} == {receiver.id, other.id}


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "missing",
    [
        {"recipients": []},
        {"items": []},
        {"is_express": []},
        {"purpose": []},
        {"mode": []},
        {"capacity": []},
        {"copy": []},
        {"spoken": ""},
        {"days": "91"},
        {"days": "x"},
        {"items": ["nickname"]},
        {"words": "a" * 301},
    ],
    ids=lambda value: next(iter(value)),
)
def test_what_is_missing_or_wrong_is_said_and_what_was_typed_comes_back(worker, case_id, receiver, missing):
    answer = worker.post(new(case_id), **said(receiver, **{"purpose_words": "Sorbier-Exemple", **missing}))

    assert answer.status_code == 422
    assert "Sorbier-Exemple" in answer.text
    assert grants() == []


def test_whom_she_avoids_is_refused_in_a_sentence(worker, house, receiver):
    case_id = make_case(house, {**ANSWERS, "organizations_to_avoid": [str(receiver.id)]})
    answer = worker.post(new(case_id), **said(receiver))

    assert answer.status_code == 422
    assert "asked to avoid" in answer.text or "éviter cet organisme" in answer.text


def test_under_fourteen_the_intake_must_say_who_consents(worker, house, receiver):
    case_id = make_case(house, {**ANSWERS, "age_band": "0-13"})

    assert worker.post(new(case_id), **said(receiver)).status_code == 422
    assert worker.post(new(case_id), **said(receiver, capacity="parent")).status_code == 422
    assert grants() == []


def send(worker, case_id, consent_id):
    return worker.post(f"/fr/cases/{case_id}/consents/{consent_id}/send")


def test_sending_lets_the_other_organization_read_what_was_granted(worker, reader, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id, items=frozenset({Item.NEEDS, Item.REGIONS}))
    send(worker, case_id, consent_id)
    packet_id = cases_session().scalars(sa.select(Packet.id)).one()
    page = reader.browser.get(f"/fr/cases/received/{packet_id}")

    assert page.status_code == 200
    assert "514 555-0142" not in page.text
    assert "Merle Exemple" not in page.text


def test_without_an_agreement_the_page_says_so_and_nothing_goes(session, worker, house, case_id):
    stranger = make_house(session, "Foyer Exemple")
    consent_id = make_grant(house, case_id, stranger.id)
    send(worker, case_id, consent_id)

    assert cases_session().scalars(sa.select(Packet)).all() == []
    assert re.search("greement|entente", worker.browser.get(f"/fr/cases/{case_id}/consents").text)


def test_only_where_an_agreement_is_signed_is_there_a_button_to_send(
    session, worker, house, receiver, case_id
):
    grants = {
        make_grant(house, case_id, place): place == receiver.id
        for place in (receiver.id, make_house(session, "Foyer Exemple").id)
    }
    page = worker.browser.get(f"/fr/cases/{case_id}/consents").text

    assert {each: f"/consents/{each}/send" in page for each in grants} == grants


def test_a_withdrawal_stops_a_reader_who_has_the_page_open(worker, reader, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    packet_id = make_packet(house, case_id, consent_id)
    page = f"/fr/cases/received/{packet_id}"
    assert reader.browser.get(page).status_code == 200
    answer = worker.post(f"/fr/cases/{case_id}/consents/{consent_id}/withdraw", way="phone")

    assert answer.status_code == 303
    again = reader.browser.get(page)
    assert again.status_code == 410
    assert "514 555-0142" not in again.text


def test_after_a_withdrawal_what_had_been_read_is_listed(worker, reader, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    packet_id = make_packet(house, case_id, consent_id, (Item.REGIONS,))
    reader.browser.get(f"/fr/cases/received/{packet_id}")
    answer = worker.post(f"/fr/cases/{case_id}/consents/{consent_id}/withdraw", way="phone")
    receipt = worker.browser.get(answer.location).text

    assert receiver.worker.name in receipt
    assert re.search("R[eé]gions", receipt)
    assert "Lieu d" not in receipt


def test_withdrawing_twice_says_so(worker, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    path = f"/fr/cases/{case_id}/consents/{consent_id}/withdraw"
    worker.post(path, way="phone")
    first = find_grant(case_id, consent_id).withdrawn_at
    worker.post(path, way="phone")

    assert find_grant(case_id, consent_id).withdrawn_at == first


def test_the_sender_takes_back_what_was_sent(worker, reader, house, receiver, case_id):
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id))
    worker.post(f"/fr/cases/{case_id}/packets/{packet_id}/recall")

    assert reader.browser.get(f"/fr/cases/received/{packet_id}").status_code == 410


@pytest.fixture
def others(app, session, client, receiver):
    """Somebody of a third organization, and somebody of the receiving one who keeps no files."""
    stranger = make_house(session, "Foyer Exemple").lead
    editor = make_actor(session, receiver.id, "Dom Exemple", Role.PARTNER_EDITOR)
    return [enter(app, session, each) for each in (stranger, editor)]


def test_what_was_sent_is_the_receivers_alone(worker, others, house, receiver, case_id):
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id))

    for somebody in (worker, *others):
        assert somebody.browser.get(f"/fr/cases/received/{packet_id}").status_code == 404


def test_consents_of_a_file_are_its_organizations_alone(reader, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    base = f"/fr/cases/{case_id}/consents"
    for path in (base, f"{base}/new", f"{base}/{consent_id}/withdraw", f"{base}/{consent_id}/receipt"):
        assert reader.browser.get(path).status_code == 404
    for path in (f"{base}/{consent_id}/send", f"{base}/{consent_id}/withdraw"):
        assert reader.post(path, way="phone").status_code == 404


def test_a_consent_is_not_reached_through_another_file(worker, house, receiver, case_id):
    consent_id = make_grant(house, case_id, receiver.id)
    other = make_case(house, ANSWERS)

    assert worker.browser.get(f"/fr/cases/{other}/consents/{consent_id}/withdraw").status_code == 404
    assert send(worker, other, consent_id).status_code == 404


def test_what_ran_out_is_shown_no_more_before_anything_destroyed_it(reader, house, receiver, case_id):
    packet_id = make_packet(house, case_id, make_grant(house, case_id, receiver.id, days=1))
    with held_case(case_id, house.worker) as held:
        held.session.execute(
            sa.update(Packet).values(expires_at=now() - timedelta(seconds=1), version=Packet.version + 1)
        )

    assert reader.browser.get(f"/fr/cases/received/{packet_id}").status_code == 410
    assert find_packet(packet_id).ended is None


def entry_of(page):
    return re.search(r'name="entry"[^>]*value="([^"]+)"', page)[1]


def disclosures():
    cases_session().rollback()
    return cases_session().scalars(sa.select(Disclosure)).all()


def test_a_disclosure_takes_two_presses_and_is_made_once(worker, case_id):
    path = f"/fr/cases/{case_id}/disclosures/new"
    first = worker.post(path, do="look", **TOLD)
    assert "Sorbier-Exemple" in first.text
    assert disclosures() == []
    last = {**TOLD, "do": "disclose", "sure": "yes", "entry": entry_of(first.text)}
    worker.post(path, **last)
    worker.post(path, **last)

    assert len(disclosures()) == 1


def test_a_disclosure_is_never_made_by_one_press(worker, case_id):
    worker.post(f"/fr/cases/{case_id}/disclosures/new", do="disclose", **TOLD)

    assert disclosures() == []


@pytest.mark.parametrize("part", ["basis", "facts", "items", "recipient"])
def test_a_disclosure_says_all(worker, case_id, part):
    answer = worker.post(f"/fr/cases/{case_id}/disclosures/new", do="look", **{**TOLD, part: ""})

    assert answer.status_code == 422
    kept = next(text for name, text in TOLD.items() if name not in {part, "basis"})
    assert kept in answer.text


def test_no_ground_is_chosen_beforehand(worker, case_id):
    page = worker.browser.get(f"/fr/cases/{case_id}/disclosures/new").text

    assert not re.search(r"<input[^>]*\bchecked\b", page)


def test_the_register_is_for_those_in_charge(app, session, worker, house, case_id):
    first = worker.post(f"/fr/cases/{case_id}/disclosures/new", do="look", **TOLD)
    last = {**TOLD, "do": "disclose", "sure": "yes", "entry": entry_of(first.text)}
    worker.post(f"/fr/cases/{case_id}/disclosures/new", **last)
    lead = enter(app, session, house.lead)

    assert "Sorbier-Exemple" in lead.browser.get("/fr/cases/disclosures").text
    assert worker.browser.get("/fr/cases/disclosures").status_code == 404


def test_every_item_has_its_words():
    assert set(ITEMS) == set(Item)
