"""Referrals to test with, between two plainly fictional houses."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from referral.access.policy import Actor
from referral.intake.models import Case, Consent, ConsentItem, Packet
from referral.intake.safe import make_safe, open_safe
from referral.intake.vocabulary import Item, Urgency
from referral.keyring.models import Kind
from referral.keyring.services import Thing
from referral.referrals.clocks import due_at, next_side
from referral.referrals.models import Referral
from referral.referrals.moving import Hand
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import House

UNSENT = frozenset({ReferralStatus.DRAFT})


def make_consent(case_id: uuid.UUID, house: House, receiver: House) -> Consent:
    """Add a consent to all items to the session that writes."""
    at = now()
    consent = Consent(
        case_id=case_id,
        reading_id=uuid.uuid4(),
        receiver_id=receiver.id,
        days=30,
        given_at=at,
        expires_at=at + timedelta(days=30),
        notice_version="1",
        taken_by=house.worker.user_id,
        sealed=open_safe(case_id).seal("consent", {}),
        items=[ConsentItem(item=item) for item in Item],
    )
    cases_session().add(consent)
    cases_session().flush()
    return consent


def make_packet(consent: Consent, house: House) -> Packet:
    """Add what is sent under a consent, without items, to the session that writes."""
    packet = Packet(
        case_id=consent.case_id,
        consent_id=consent.id,
        sender_id=house.id,
        receiver_id=consent.receiver_id,
        sent_at=consent.given_at,
        sent_by=house.worker.user_id,
        expires_at=consent.expires_at,
    )
    cases_session().add(packet)
    cases_session().flush()
    return packet


def make_referral(
    case_id: uuid.UUID, house: House, receiver: House, status: ReferralStatus, **columns: Any
) -> uuid.UUID:
    """Store a referral at a status, as if it had come there."""
    safe = make_safe(Thing(Kind.REFERRAL, uuid.uuid4(), house.id), now())
    with writing(cases_session(), CASES) as session:
        referral = Referral(
            id=safe.thing,
            case_id=case_id,
            sender_id=house.id,
            receiver_id=receiver.id,
            status=status,
            urgency=Urgency.UNSTABLE,
            owner_id=house.worker.user_id,
            turn=next_side(status),
            due_at=due_at(status, Urgency.UNSTABLE, now()),
            created_at=now(),
        )
        if status not in UNSENT:
            consent = make_consent(case_id, house, receiver)
            referral.consent_id, referral.requested_at = consent.id, now()
            referral.public_packet_id = make_packet(consent, house).id
        for name, value in columns.items():
            setattr(referral, name, value)
        session.add(referral)
        session.flush()
        return referral.id


class in_hand:  # noqa: N801  # used as a context, as ``writing`` is
    """Hold a referral as a view does, without a request."""

    def __init__(self, referral_id: uuid.UUID, side: Side, actor: Actor | None) -> None:
        self._about = (referral_id, side, actor)

    def __enter__(self) -> Hand:
        referral_id, side, actor = self._about
        safe = open_safe(referral_id)
        self._writing = writing(cases_session(), CASES)
        session = self._writing.__enter__()
        referral = session.get_one(Referral, referral_id, with_for_update=True, populate_existing=True)
        return Hand(session, referral, safe, side, actor, now())

    def __exit__(self, *error: Any) -> Any:
        return self._writing.__exit__(*error)


def find(referral_id: uuid.UUID) -> Referral:
    """Return a referral as it is stored."""
    cases_session().rollback()
    return cases_session().get_one(Referral, referral_id)


def case_of(referral_id: uuid.UUID) -> Case:
    """Return the file that a referral is of."""
    return cases_session().get_one(Case, find(referral_id).case_id)
