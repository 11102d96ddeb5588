"""The copy of everything that is held of a person: nothing that the models hold may be missing from it."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.accounts.models import UserSession
from referral.audit.models import CasesAuditEvent
from referral.intake import holdings, models, vault
from referral.intake.copy_words import list_labels, list_titles
from referral.intake.holdings import (
    LEFT_OUT,
    PARTS,
    PLACES,
    link_columns,
    list_parts,
    name_of_sealed,
    people_columns,
)
from referral.intake.parts import Part
from referral.intake.safe import destroy_safe, make_safe
from referral.intake.vocabulary import (
    Basis,
    CaseEventKind,
    FollowUpKind,
    FollowUpStatus,
    Item,
    RightsKind,
    Urgency,
)
from referral.keyring.models import Kind
from referral.keyring.services import Thing
from referral.referrals.models import Called, Referral, ReferralCall, ReferralEvent, ReferralMessage, Via
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CasesBase, cases_session
from tests.intake.filing import enter, held_case, make_case, make_house

pytestmark = pytest.mark.usefixtures("client")  # each request has a context of its own
PLANTED = "Sorbier-Exemple"
WORDS = (
    *("answer", "next", "closure", "event", "consent", "item", "disclosure"),
    *("follow-up", "request", "name"),
    *("asked", "move", "message", "call"),
)
ASKED = {"need": "shelter", "region": "06", "age_band": "25-64", "of another time": f"{PLANTED}-asked"}
NOT_OF_A_PERSON = {
    "audit_event": "who looked is told in words, beside the rows",
    "audit_head": "the chain of the audit",
    "audit_segment": "the chain of the audit",
    "outbox": "letters that say only that something waits",
    "organization_rules": "what an organization decided",
    "incident": "names nobody",
    "agreement": "between organizations",
    "agreement_aggregate": "between organizations",
    "agreement_signature": "between organizations",
    "on_call_hours": "when an organization reads",
    "listing_decline": "of a listing, without a key to anybody",
    "referral_count": "counted without a key to anybody",
    "report_release": "counts of which the small ones are left out",
    "referral_link": "hashes and moments of a way to answer",
}


def fill(house, receiver):
    """Store a file with a planted word in every sealed column that there is; returns it with its words."""
    case_id = make_case(house, {"nickname": f"{PLANTED}-answer"})
    at, packet_id, name_id, disclosure_id = now(), uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    safes = {
        kind: make_safe(Thing(kind, thing, house.id), at)
        for kind, thing in (
            (Kind.PACKET, packet_id),
            (Kind.VAULT, name_id),
            (Kind.DISCLOSURE, disclosure_id),
            (Kind.REFERRAL, uuid.uuid4()),
        )
    }
    with held_case(case_id, house.worker) as held:
        session, safe, by = held.session, held.safe, house.worker.user_id
        held.case.next_step_sealed = safe.seal("next_step", f"{PLANTED}-next")
        held.case.closure_sealed = safe.seal("closure", {"note": f"{PLANTED}-closure"})
        held.tell(CaseEventKind.CHANGED, f"{PLANTED}-event")
        consent_id, follow_up_id, request_id = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        place = {part.name: part.places for part in PARTS}
        consent = models.Consent(
            id=consent_id,
            case_id=case_id,
            reading_id=uuid.uuid4(),
            receiver_id=receiver,
            days=30,
            given_at=at,
            expires_at=at + timedelta(days=30),
            notice_version="1",
            taken_by=by,
        )
        consent.sealed = safe.seal(place["consents"]["sealed"](consent), f"{PLANTED}-consent")
        session.add(consent)
        session.flush()
        session.add(models.ConsentItem(consent_id=consent_id, item=Item.NEEDS))
        session.flush()
        session.add(
            models.Packet(
                id=packet_id,
                case_id=case_id,
                consent_id=consent_id,
                sender_id=house.id,
                receiver_id=receiver,
                sent_at=at,
                sent_by=by,
                expires_at=at + timedelta(days=30),
            )
        )
        session.flush()
        item = models.PacketItem(packet_id=packet_id, item=Item.NEEDS, consent_id=consent_id)
        item.sealed = safes[Kind.PACKET].seal(place["packet_items"]["sealed"](item), f"{PLANTED}-item")
        reading = models.PacketReading(
            packet_id=packet_id, item=Item.NEEDS, read_by=by, organization_id=receiver, read_at=at
        )
        disclosure = models.Disclosure(
            id=disclosure_id,
            organization_id=house.id,
            case_id=case_id,
            basis=Basis.DANGER,
            made_at=at,
            author_id=by,
            author_name="Alex Exemple",
        )
        disclosure.sealed = safes[Kind.DISCLOSURE].seal(
            place["disclosures"]["sealed"](disclosure), f"{PLANTED}-disclosure"
        )
        follow_up = models.FollowUp(
            id=follow_up_id,
            case_id=case_id,
            kind=FollowUpKind.DAYS_7,
            due_on=at.date(),
            status=FollowUpStatus.DONE,
        )
        follow_up.sealed = safe.seal(place["follow_ups"]["sealed"](follow_up), f"{PLANTED}-follow-up")
        request = models.RightsRequest(
            id=request_id,
            case_id=case_id,
            organization_id=house.id,
            kind=RightsKind.ACCESS,
            received_on=at.date(),
            due_on=at.date(),
            sealed=safe.seal(f"rights.{request_id}", {"asked": f"{PLANTED}-request", "answer": ""}),
        )
        name = models.VaultEntry(
            id=name_id,
            case_id=case_id,
            sealed=safes[Kind.VAULT].seal(vault.PLACE, f"{PLANTED}-name"),
            changed_at=at,
            changed_by=by,
        )
        session.add_all([item, reading, disclosure, follow_up, request, name])
        fill_referral(session, consent, packet_id, safes[Kind.REFERRAL])
    return case_id, {f"{PLANTED}-{word}" for word in WORDS}


def fill_referral(session, consent, packet_id, safe):
    """Store a referral that was sent under a consent, with a move, a message and a call."""
    by, at = consent.taken_by, consent.given_at
    case = session.get_one(models.Case, consent.case_id)
    referral = Referral(
        id=safe.thing,
        case_id=case.id,
        sender_id=case.organization_id,
        receiver_id=consent.receiver_id,
        status=ReferralStatus.REQUESTED,
        urgency=Urgency.UNSTABLE,
        owner_id=by,
        consent_id=consent.id,
        public_packet_id=packet_id,
        created_at=at,
        requested_at=at,
        sealed=safe.seal("asked", ASKED),
    )
    session.add(referral)
    session.flush()
    of = {"referral_id": referral.id}
    move, message, call = (uuid.uuid4() for _ in range(3))
    session.add_all(
        [
            ReferralEvent(
                id=move,
                occurred_at=at,
                side=Side.SENDER,
                via=Via.ACCOUNT,
                user_id=by,
                from_status=ReferralStatus.DRAFT,
                to_status=ReferralStatus.REQUESTED,
                sealed=safe.seal(f"event.{move}", f"{PLANTED}-move"),
                **of,
            ),
            ReferralMessage(
                id=message,
                sent_at=at,
                side=Side.RECEIVER,
                via=Via.ACCOUNT,
                sealed=safe.seal(f"message.{message}", f"{PLANTED}-message"),
                **of,
            ),
            ReferralCall(
                id=call,
                called_at=at,
                called_by=by,
                answered=Called.REACHED,
                sealed=safe.seal(f"call.{call}", f"{PLANTED}-call"),
                **of,
            ),
        ]
    )


@pytest.fixture
def filled(house, session):
    """A file in which every sealed column of every table holds a planted word."""
    return fill(house, make_house(session, "Refuge Exemple").id)


def tables():
    return {table.name: table for table in CasesBase.metadata.sorted_tables}


def test_every_table_is_in_the_copy_or_is_of_no_person():
    copied = {part.model.__tablename__ for part in list_parts()}

    assert copied | NOT_OF_A_PERSON.keys() == tables().keys()
    assert not copied & NOT_OF_A_PERSON.keys()


def test_every_sealed_column_of_the_copy_has_a_place():
    sealed = {
        (part.name, column.name)
        for part in list_parts()
        for column in part.model.__table__.columns
        if isinstance(column.type, sa.LargeBinary)
    }

    assert sealed == {(part.name, name) for part in list_parts() for name in part.places}


def test_every_identifier_of_the_copy_is_of_a_person_a_place_or_another_row():
    for part in list_parts():
        for column in part.model.__table__.columns:
            if isinstance(column.type, sa.Uuid) and column.name not in LEFT_OUT:
                assert column.name in people_columns() | PLACES | link_columns(), f"{part.name}.{column.name}"


def test_every_column_of_the_copy_is_said_in_words():
    assert list_titles().keys() == {part.name for part in list_parts()} | {"who_looked"}
    for part in list_parts():
        for column in part.model.__table__.columns:
            name = name_of_sealed(column.name)
            assert name in list_labels().keys() | link_columns() | LEFT_OUT, f"{part.name}.{column.name}"


def test_a_sealed_column_without_a_place_stops_the_copy(house, monkeypatch, filled):
    case_id, _words = filled
    cut = tuple(
        Part(part.name, part.model, part.of, part.key, {}) if part.name == "consents" else part
        for part in PARTS
    )
    monkeypatch.setattr(holdings, "PARTS", cut)

    with pytest.raises(holdings.NoPlaceError):
        holdings.collect(cases_session(), case_id)


def test_the_copy_holds_every_column_of_every_row_and_all_that_is_sealed(filled):
    case_id, words = filled
    copy = holdings.collect(cases_session(), case_id)

    for part in list_parts():
        if part.name == "certificates":
            continue
        assert copy[part.name], part.name
        columns = {name_of_sealed(column.name) for column in part.model.__table__.columns} - LEFT_OUT
        assert all(row.keys() == columns for row in copy[part.name]), part.name
    assert all(word in str(copy) for word in words)


def test_the_page_and_the_file_hold_all_that_is_sealed(app, session, house, filled):
    case_id, words = filled
    browser = enter(app, session, house.lead).browser
    page = browser.get(f"/fr/cases/{case_id}/rights/copy").text
    content = browser.get(f"/fr/cases/{case_id}/rights/copy.json")

    assert [word for word in words if word not in page] == []
    assert [word for word in words if word not in content.text] == []
    assert "Alex Exemple" in page
    assert json.loads(content.text)["consents"][0]["receiver_id"] == "Refuge Exemple"


def test_the_copy_holds_nothing_of_another_file(app, session, house, filled):
    case_id, _words = filled
    make_case(house, {"nickname": "Merle-Exemple"})
    browser = enter(app, session, house.lead).browser

    assert "Merle-Exemple" not in browser.get(f"/fr/cases/{case_id}/rights/copy").text
    assert "Merle-Exemple" not in browser.get(f"/fr/cases/{case_id}/rights/copy.json").text


def test_what_cannot_be_opened_any_more_is_said_to_be_destroyed(filled):
    case_id, _words = filled
    packet = cases_session().scalars(sa.select(models.Packet).where(models.Packet.case_id == case_id)).one()
    destroy_safe(packet.id)
    copy = holdings.collect(cases_session(), case_id)

    assert copy["packet_items"][0]["content"] == holdings.DESTROYED
    assert f"{PLANTED}-item" not in str(copy)


def test_the_file_has_a_name_that_tells_nothing_and_stays_nowhere(app, session, house, filled):
    case_id, _words = filled
    answer = enter(app, session, house.lead).browser.get(f"/fr/cases/{case_id}/rights/copy.json")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="copie.json"'
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("page", ["copy", "copy.json"])
def test_a_copy_needs_a_proof_that_is_fresh(app, session, house, filled, page):
    case_id, _words = filled
    person = enter(app, session, house.lead)
    session.get_one(UserSession, person.session_id).confirmed_at = now() - timedelta(hours=1)
    session.commit()
    answer = person.browser.get(f"/fr/cases/{case_id}/rights/{page}")

    assert answer.status_code == 303
    assert "/account/confirm" in answer.headers["Location"]


def test_a_copy_is_in_the_audit(app, session, house, filled):
    case_id, _words = filled
    browser = enter(app, session, house.lead).browser
    browser.get(f"/fr/cases/{case_id}/rights/copy")
    browser.get(f"/fr/cases/{case_id}/rights/copy.json")
    kept = cases_session().scalars(
        sa.select(CasesAuditEvent.action)
        .where(CasesAuditEvent.target_id == str(case_id))
        .order_by(CasesAuditEvent.number.desc())
        .limit(2)
    )

    assert list(kept) == ["export", "print"]


def test_only_who_keeps_the_file_or_is_in_charge_has_a_copy(app, session, house, filled):
    case_id, _words = filled
    other = make_house(session, "Autre Exemple")
    asked = {
        name: enter(app, session, actor).browser.get(f"/fr/cases/{case_id}/rights/copy").status_code
        for name, actor in (
            ("owner", house.worker),
            ("colleague", house.deputy),
            ("lead", house.lead),
            ("elsewhere", other.lead),
        )
    }

    assert asked == {"owner": 200, "colleague": 404, "lead": 200, "elsewhere": 404}
