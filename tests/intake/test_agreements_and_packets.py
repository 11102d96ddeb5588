"""Nothing is sent without an agreement in force; what was sent before its end stays under its consent."""

from __future__ import annotations

import pytest

from referral.intake import agreements, consents, packet_lists, packets
from referral.intake.agreements import NoAgreementError
from referral.intake.models import Packet
from referral.intake.safe import open_safe
from referral.intake.vocabulary import ConsentMode, Item, Purpose
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import held_case, make_agreement, make_case, make_house

AGE = {"age_band": "18-24"}


@pytest.fixture
def other(session):
    return make_house(session, "Refuge Exemple")


def consent_to(house, other):
    """Store a file whose person agreed that something goes to another organization."""
    case_id = make_case(house, AGE)
    reading = consents.Reading(
        (other.id,), frozenset({Item.AGE_BAND}), Purpose.SHELTER, ConsentMode.SPOKEN, "fr", "1"
    )
    with held_case(case_id, house.worker) as held:
        (made,) = consents.grant(held, reading, {})
        return case_id, made.id


def send(house, granted):
    case_id, consent_id = granted
    safe = packets.prepare(house.id, now())
    with held_case(case_id, house.worker) as held:
        consent = consents.find_consent(held.session, case_id, consent_id)
        return packets.send_packet(held, consent, [Item.AGE_BAND], safe).id


def end(made, house):
    with writing(cases_session(), CASES) as session:
        row = agreements.find_agreement(session, made, house.id, lock=True)
        agreements.revoke(session, row, house.lead, now())


def test_a_consent_alone_sends_nothing(house, other):
    granted = consent_to(house, other)

    with pytest.raises(NoAgreementError):
        send(house, granted)
    assert packet_lists.list_sent(cases_session(), granted[0]) == []


def test_an_agreement_that_one_side_signed_sends_nothing(house, other):
    with writing(cases_session(), CASES) as session:
        terms = agreements.Terms(other.id, frozenset(), "Direction")
        agreements.propose(session, house.id, terms, house.lead, now())

    with pytest.raises(NoAgreementError):
        send(house, consent_to(house, other))


def test_consent_and_agreement_together_send(house, other):
    make_agreement(other, house)
    granted = consent_to(house, other)

    assert send(house, granted) in {each.id for each in packet_lists.list_sent(cases_session(), granted[0])}


@pytest.mark.parametrize("which", ["house", "other"])
def test_once_either_ended_it_nothing_more_is_sent(request, house, other, which):
    made, granted = make_agreement(house, other), consent_to(house, other)
    send(house, granted)
    end(made, request.getfixturevalue(which))

    with pytest.raises(NoAgreementError):
        send(house, granted)


def test_what_was_sent_before_stays_readable_as_its_consent_says(house, other):
    made = make_agreement(house, other)
    packet_id = send(house, consent_to(house, other))
    end(made, other)

    with writing(cases_session(), CASES) as session:
        packet = session.get_one(Packet, packet_id)
        read = packets.read_packet(session, packet, open_safe(packet_id), other.worker, now())

    assert read == {Item.AGE_BAND: "18-24"}
