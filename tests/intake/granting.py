"""Consents and packets to test with, between plainly fictional houses."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace

from referral.intake import packets
from referral.intake.agreement_terms import Aggregate
from referral.intake.agreements import Terms, propose, sign
from referral.intake.consents import Reading, find_consent, grant
from referral.intake.models import Consent, Packet
from referral.intake.safe import open_safe
from referral.intake.vocabulary import ConsentMode, Item, Purpose
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import House, held_case

ANSWERS = {
    "nickname": "Merle Exemple",
    "needs": {"shelter": "need-now", "health": "met", "legal": "need-later"},
    "age_band": "25-64",
    "languages": {"spoken": ["es", "fr"], "interpreter": True},
    "limits": {"children": 2, "flags": ["pets"]},
    "regions": {"now": "06", "wanted": ["13"], "avoid": ["08"]},
    "urgency": {"level": "u3", "reason": "Doit quitter avant la fin du mois"},
    "safe_contact": {"channel": "phone", "detail": "514 555-0142", "voicemail": False},
    "note": "Note Exemple qui ne part jamais",
}
READING = Reading((), frozenset(Item), Purpose.SHELTER, ConsentMode.SPOKEN, "fr", "2026-11", is_express=True)


def make_agreement(house: House, other: House) -> uuid.UUID:
    """Have the leads of two organizations sign."""
    with writing(cases_session(), CASES) as session:
        made = propose(
            session,
            house.id,
            Terms(other.id, frozenset({next(iter(Aggregate))}), "Direction Exemple"),
            house.lead,
            now(),
        )
        sign(session, made, "Direction Exemple", other.lead, now())
        return made.id


def make_grant(house: House, case_id: uuid.UUID, receiver_id: uuid.UUID, **changes: object) -> uuid.UUID:
    """Write down a consent to one organization."""
    reading = replace(READING, recipients=(receiver_id,), **changes)
    with held_case(case_id, house.worker) as held:
        return grant(held, reading, {})[0].id


def find_grant(case_id: uuid.UUID, consent_id: uuid.UUID) -> Consent:
    """Return a consent as it is stored."""
    cases_session().rollback()
    found = find_consent(cases_session(), case_id, consent_id)
    assert found is not None
    return found


def make_packet(
    house: House,
    case_id: uuid.UUID,
    consent_id: uuid.UUID,
    items: Collection[Item] = tuple(Item),
    regions: frozenset[str] = frozenset(),
) -> uuid.UUID:
    """Send items under a consent."""
    safe = packets.prepare(house.id, now())
    with held_case(case_id, house.worker) as held:
        consent = find_consent(held.session, case_id, consent_id)
        assert consent is not None
        return packets.send_packet(held, consent, items, safe, regions).id


def read(packet_id: uuid.UUID, receiver: House) -> dict[Item, object]:
    """Read a packet as somebody of the receiving organization does."""
    safe = open_safe(packet_id)
    with writing(cases_session(), CASES) as session:
        packet = packets.find_packet(session, packet_id, lock=True)
        assert packet is not None
        return packets.read_packet(session, packet, safe, receiver.worker, now())


def find_packet(packet_id: uuid.UUID) -> Packet:
    """Return a packet as it is stored."""
    cases_session().rollback()
    found = packets.find_packet(cases_session(), packet_id)
    assert found is not None
    return found
