"""Sends a referral: drafted from a file, under a consent in force, to one organization, and taken back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from referral.intake import packets
from referral.intake.answers import Given, read_answers
from referral.intake.consent import ConsentMissingError, check_avoided, is_in_force
from referral.intake.consents import find_consent, value_of
from referral.intake.held import Held
from referral.intake.models import Consent
from referral.intake.packets import SENT_NEEDS, end_packet, find_packet, gather, send_values
from referral.intake.safe import Safe, make_safe
from referral.intake.vocabulary import CaseStatus, EndOfPacket, Item, Need, NeedState, Urgency
from referral.keyring.models import Kind
from referral.keyring.services import Thing
from referral.referrals.asked import describe, read_asked, seal_asked
from referral.referrals.calls import has_called
from referral.referrals.models import Referral
from referral.referrals.moving import Hand, Why, move
from referral.referrals.status import ReferralStatus, Side

PUBLIC = frozenset(Item) - {Item.SAFE_CONTACT}
"""Of the items, what answering needs; the need is the one that is asked, and no other."""
PRIVATE = frozenset({Item.SAFE_CONTACT})
CALL_FIRST = frozenset({Urgency.NOW, Urgency.TONIGHT})
MOST_AT_ONCE = 5
IN_HAND = (CaseStatus.DRAFT, CaseStatus.OPEN)


class SendingRefusedError(ValueError):
    """A referral is not sent; ``reason`` is a code of ``REFUSALS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REFUSALS = ("closed", "no-need", "nobody", "too-many", "asked-already", "call-first")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is asked: under which consent, and for which of its services."""

    consent_id: UUID
    service_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One need asked of one or several; the person chooses among those that accept."""

    need: Need
    urgency: Urgency
    recipients: tuple[Recipient, ...]
    previous_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of what is sent: what answering needs, and what an acceptance opens."""

    public: Safe
    private: Safe


def prepare(organization_id: UUID, at: datetime) -> Safe:
    """Make the key of a referral that is about to be drafted, with its identifier."""
    return make_safe(Thing(Kind.REFERRAL, uuid.uuid4(), organization_id), at)


def prepare_packets(organization_id: UUID, at: datetime) -> Keys:
    """Make the keys of what is about to be sent; one that stays unused is destroyed by itself."""
    return Keys(packets.prepare(organization_id, at), packets.prepare(organization_id, at))


def list_needs(value: Mapping[str, str] | None) -> list[Need]:
    """Return the needs of a file that can be asked for."""
    return [Need(need) for need, state in (value or {}).items() if NeedState(state) in SENT_NEEDS]


def draft(held: Held, ask: Ask, safes: Sequence[Safe]) -> list[Referral]:
    """Store one draft for each recipient, with its own key of ``safes``; nobody else sees it yet.

    Raises SendingRefusedError, ConsentMissingError.
    """
    answers = read_answers(held.session, held.case.id, held.safe)
    check_ask(held, ask, list_needs(value_of(answers, "needs")))
    consents = [_consent(held, each.consent_id) for each in ask.recipients]
    if len({each.receiver_id for each in consents}) < len(consents):
        raise SendingRefusedError("asked-already")
    group_id = uuid.uuid4() if len(consents) > 1 else None
    asked = describe(ask.need, answers)
    made = []
    for recipient, consent, safe in zip(ask.recipients, consents, safes, strict=True):
        referral = Referral(
            id=safe.thing,
            case_id=held.case.id,
            sender_id=held.case.organization_id,
            receiver_id=consent.receiver_id,
            service_id=recipient.service_id,
            urgency=ask.urgency,
            owner_id=held.user_id,
            turn=Side.SENDER,
            consent_id=consent.id,
            group_id=group_id,
            previous_id=ask.previous_id,
            created_at=held.at,
            sealed=seal_asked(safe, asked),
        )
        held.session.add(referral)
        made.append(referral)
    held.session.flush()
    return made


def check_ask(held: Held, ask: Ask, needs: Sequence[Need]) -> None:
    """Refuse what the file does not ask for, and too many at once."""
    refused = {
        "closed": held.case.status not in IN_HAND,
        "no-need": ask.need not in needs,
        "nobody": not ask.recipients,
        "too-many": len(ask.recipients) > MOST_AT_ONCE,
    }
    for reason, is_so in refused.items():
        if is_so:
            raise SendingRefusedError(reason)


def _consent(held: Held, consent_id: UUID) -> Consent:
    """Return a consent of the file that is in force and lets the need go."""
    found = find_consent(held.session, held.case.id, consent_id, lock=True)
    if found is None or not is_in_force(found, held.at) or Item.NEEDS not in found.scope:
        raise ConsentMissingError(frozenset({Item.NEEDS}))
    return found


def send(held: Held, hand: Hand, keys: Keys, regions: frozenset[str]) -> Referral:
    """Send a draft: what answering needs and, to one alone, what its acceptance opens.

    Raises SendingRefusedError (also where the telephone was to come first), AvoidedError for
    whom or where she avoids, ConsentMissingError, NoAgreementError, NothingToSendError, IllegalMoveError.
    """
    referral = hand.referral
    if held.case.status not in IN_HAND:
        raise SendingRefusedError("closed")
    if referral.urgency in CALL_FIRST and not has_called(held.session, referral.id):
        raise SendingRefusedError("call-first")
    answers = read_answers(held.session, held.case.id, held.safe)
    values = {name: each.value for name, each in answers.items()}
    check_avoided(referral.receiver_id, values, regions)
    consent = _consent(held, referral.consent_id or referral.id)
    shown = narrow(hand, gather(answers, consent.scope & PUBLIC))
    referral.public_packet_id = send_with(held, consent, shown, keys.public)
    if referral.group_id is None:
        send_private(held, referral, consent, keys.private)
    move(hand, ReferralStatus.REQUESTED)
    return referral


def send_private(held: Held, referral: Referral, consent: Consent, safe: Safe) -> None:
    """Send how to reach her, sealed until an acceptance opens it; nothing where she did not grant it."""
    answers = read_answers(held.session, held.case.id, held.safe)
    values = gather(answers, consent.scope & PRIVATE)
    if values:
        referral.private_packet_id = send_with(held, consent, values, safe)


def send_with(held: Held, consent: Consent, values: Mapping[Item, Any], safe: Safe) -> UUID:
    """Send something with a referral, where it is listed and read; return its identifier."""
    packet = send_values(held, consent, values, safe)
    packet.is_elsewhere = True
    held.session.flush()
    return packet.id


def narrow(hand: Hand, values: Mapping[Item, Any]) -> dict[Item, Any]:
    """Cut what would go to what answering needs: one need, and the urgency without her words."""
    asked = read_asked(hand.referral, hand.safe)
    return _cut(values, asked.need if asked else None, hand.referral.urgency)


def _cut(values: Mapping[Item, Any], need: Need | None, urgency: Urgency) -> dict[Item, Any]:
    cut = dict(values)
    if Item.NEEDS in cut:
        cut[Item.NEEDS] = {name: state for name, state in cut[Item.NEEDS].items() if name == need}
    if Item.URGENCY in cut:
        cut[Item.URGENCY] = {"level": urgency.value, "reason": ""}
    return {item: value for item, value in cut.items() if value}


def look_ahead(
    answers: Mapping[str, Given], scope: frozenset[Item], need: Need | None, urgency: Urgency
) -> tuple[dict[Item, Any], dict[Item, Any]]:
    """Return what would go at once, and what an acceptance would open, were it sent now."""
    return _cut(gather(answers, scope & PUBLIC), need, urgency), gather(answers, scope & PRIVATE)


def cancel(hand: Hand, why: Why) -> None:
    """Take a referral back, or call it off; nobody reads any more what was sent. Raises as ``move`` does."""
    move(hand, ReferralStatus.CANCELLED, why)
    end_packets(hand)


def strike_out(hand: Hand, note: str = "") -> None:
    """Say that a referral was an error; what was sent with it ends."""
    move(hand, ReferralStatus.ENTERED_IN_ERROR, Why(note=note))
    end_packets(hand)


def end_packets(hand: Hand, ended: EndOfPacket = EndOfPacket.RECALLED, besides: UUID | None = None) -> None:
    """End what was sent, but for what somebody else is ending; its keys go after the commit."""
    referral = hand.referral
    for packet_id in (referral.public_packet_id, referral.private_packet_id):
        if packet_id is None or packet_id == besides:
            continue
        packet = find_packet(hand.session, packet_id, lock=True)
        if packet is not None and packet.ended is None:
            end_packet(hand.session, packet, ended, hand.actor, hand.at)
