"""Referrals sent as a worker sends them, between two plainly fictional houses with an agreement."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from referral.intake import safe as safes
from referral.intake.models import Case
from referral.intake.safe import open_safe
from referral.intake.vocabulary import Item, Need, Urgency
from referral.referrals import answering, calls, choosing, opening, sending
from referral.referrals.models import Called, Referral
from referral.referrals.moving import NOTHING, Hand, Why
from referral.referrals.sending import Ask, Recipient
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.intake.filing import House, held_case
from tests.intake.granting import make_agreement, make_grant
from tests.referrals.making import find, in_hand

S = ReferralStatus


def agree(house: House, receiver: House, case_id: uuid.UUID, **changes: object) -> uuid.UUID:
    """Sign an agreement and write down a consent; return the consent's identifier."""
    make_agreement(house, receiver)
    return make_grant(house, case_id, receiver.id, **changes)


def draft(
    house: House,
    case_id: uuid.UUID,
    consents: Collection[uuid.UUID],
    urgency: Urgency = Urgency.UNSTABLE,
    **more: object,
) -> list[uuid.UUID]:
    """Draft a referral for each consent."""
    ask = Ask(
        more.pop("need", Need.SHELTER),  # type: ignore[arg-type]
        urgency,
        tuple(Recipient(each) for each in consents),
        **more,  # type: ignore[arg-type]
    )
    made = [sending.prepare(house.id, now()) for _ in consents]
    with held_case(case_id, house.worker) as held:
        return [each.id for each in sending.draft(held, ask, made)]


def send(house: House, referral_id: uuid.UUID, regions: frozenset[str] = frozenset()) -> None:
    """Send a draft."""
    keys, safe = sending.prepare_packets(house.id, now()), open_safe(referral_id)
    with held_case(find(referral_id).case_id, house.worker) as held:
        referral = held.session.get_one(Referral, referral_id, with_for_update=True)
        sending.send(
            held, Hand(held.session, referral, safe, Side.SENDER, house.worker, now()), keys, regions
        )


def send_one(house: House, receiver: House, case_id: uuid.UUID, **changes: object) -> uuid.UUID:
    """Ask one organization, with all that it takes."""
    consent_id = agree(house, receiver, case_id, **changes)
    (referral_id,) = draft(house, case_id, [consent_id])
    send(house, referral_id)
    return referral_id


def call(house: House, referral_id: uuid.UUID, answered: Called = Called.REACHED) -> None:
    """Write down a call."""
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        calls.note_call(hand, answered)


def answer(receiver: House, referral_id: uuid.UUID, wanted: ReferralStatus, why: Why = NOTHING) -> None:
    """Answer, or say how it goes on."""
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        answering.advance(hand, wanted, why)


def read_first(receiver: House, referral_id: uuid.UUID) -> dict[Item, object]:
    """Read what answering needs."""
    safe = open_safe(find(referral_id).public_packet_id)
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        return opening.read_first(hand, safe)


def read_second(receiver: House, referral_id: uuid.UUID) -> dict[Item, object]:
    """Read how to reach her."""
    packet_id = find(referral_id).private_packet_id
    safe = open_safe(packet_id) if packet_id else open_safe(referral_id)
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        return opening.read_second(hand, safe)


def choose(house: House, referral_id: uuid.UUID) -> list[uuid.UUID]:
    """Write down that she chose one; return which others were called off."""
    group = [each.id for each in choosing.list_group(cases_session(), find(referral_id))]
    opened, private = safes.open_safes(group), sending.prepare_packets(house.id, now()).private
    with held_case(find(referral_id).case_id, house.worker) as held:
        return [each.id for each in choosing.choose(held, referral_id, opened, private)]


def case_of(referral_id: uuid.UUID) -> Case:
    """Return the file that a referral is of."""
    return cases_session().get_one(Case, find(referral_id).case_id)
