"""What is sent under a consent: a copy of the granted answers, under a key of its own.

What may be sent is held by foreign keys from each item to the consent that names it; until when, by one
rule, ``check_readable``, which every read asks.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.agreements import check_agreement
from referral.intake.answers import CaseClosedError, Given, read_answers
from referral.intake.consent import ConsentMissingError, check_avoided, check_covered, is_in_force
from referral.intake.contact import has_channel
from referral.intake.erasing import Doomed, Why, carry_out_soon, request
from referral.intake.held import Held
from referral.intake.hooks import Ending, check_opened, tell_end
from referral.intake.models import Consent, Packet, PacketItem, PacketReading
from referral.intake.questions import QUESTIONS
from referral.intake.safe import Safe, make_safe, open_safes
from referral.intake.vocabulary import (
    CaseEventKind,
    CaseStatus,
    CertificateKind,
    DestructionReason,
    EndOfPacket,
    Item,
    NeedState,
    Said,
)
from referral.keyring.models import Kind
from referral.keyring.services import Thing
from referral.shared import tick
from referral.shared.database import CASES, HELD, cases_session, writing

TARGET = "packet"
AT_ONCE = 200
"""Packets ended in one run: the next one takes the rest."""
SENT_NEEDS = frozenset({NeedState.NOW, NeedState.LATER, NeedState.UNMET})
"""Of the needs, what another organization could do something about."""
QUESTION_OF = {question.item: question.name for question in QUESTIONS if question.item}
WHY = {
    EndOfPacket.WITHDRAWN: DestructionReason.WITHDRAWN,
    EndOfPacket.RECALLED: DestructionReason.RECALLED,
    EndOfPacket.EXPIRED: DestructionReason.EXPIRED,
    EndOfPacket.ERASED: DestructionReason.ASKED,
}


class NotReadableError(Exception):
    """What was sent can be read no more; ``ended`` says why, as far as whoever received it is told."""

    def __init__(self, ended: EndOfPacket) -> None:
        super().__init__(ended.value)
        self.ended = ended


class NothingToSendError(Exception):
    """Nothing of what was ticked is answered in the file."""


class SentAlreadyError(Exception):
    """The very same was sent under this consent, and can still be read."""


def prepare(organization_id: UUID, at: datetime) -> Safe:
    """Make the key of a packet that is about to be sent, with its identifier."""
    return make_safe(Thing(Kind.PACKET, uuid.uuid4(), organization_id), at)


def gather(answers: Mapping[str, Given], items: Collection[Item]) -> dict[Item, Any]:
    """Return exactly what would be sent, item by item; what is not answered is not there."""
    found: dict[Item, Any] = {}
    for item in Item:
        given = answers.get(QUESTION_OF[item])
        if item in items and given is not None and given.said is Said.ANSWERED:
            value = _needed(item, given.value)
            if value:
                found[item] = value
    return found


def _needed(item: Item, value: Any) -> Any:
    if item is Item.SAFE_CONTACT and not has_channel(value):
        return {"channel": value["channel"]}
    if item is not Item.NEEDS:
        return value
    return {need: state for need, state in value.items() if state in SENT_NEEDS}


def send_packet(
    held: Held,
    consent: Consent,
    items: Collection[Item],
    safe: Safe,
    regions: frozenset[str] = frozenset(),
) -> Packet:
    """Copy the granted answers, sealed for that one organization; it can be read until the consent ends.

    ``regions`` are those in which the organization is, as far as known. Raises AvoidedError,
    CaseClosedError, ConsentMissingError, NoAgreementError, NothingToSendError, SentAlreadyError.
    """
    check_sendable(held, consent, items)
    answers = read_answers(held.session, held.case.id, held.safe)
    check_avoided(consent.receiver_id, {name: each.value for name, each in answers.items()}, regions)
    values = gather(answers, items)
    if values and values in _list_standing(held, consent):
        raise SentAlreadyError
    return send_values(held, consent, values, safe)


def send_values(held: Held, consent: Consent, values: Mapping[Item, Any], safe: Safe) -> Packet:
    """Send what was already chosen from the answers, for who checked whom she avoids.

    Raises CaseClosedError, ConsentMissingError, NoAgreementError, NothingToSendError.
    """
    check_sendable(held, consent, values)
    if not values:
        raise NothingToSendError
    packet = _seal(held, consent, values, safe)
    held.touch()
    held.tell(CaseEventKind.SHARED, {"receiver": str(consent.receiver_id), "items": sorted(values)})
    _record(held.session, Action.CREATE, packet, held.actor, packet.sender_id)
    return packet


def check_sendable(held: Held, consent: Consent, items: Iterable[Item]) -> None:
    """Refuse to send from a file that is closed, beyond a consent that holds, or without an agreement."""
    case = held.case
    if case.status not in {CaseStatus.DRAFT, CaseStatus.OPEN}:
        raise CaseClosedError
    if consent.case_id != case.id:
        raise ConsentMissingError(frozenset(items))
    check_covered(consent.receiver_id, items, [consent], held.at)
    check_agreement(held.session, case.organization_id, consent.receiver_id, held.at)


def _seal(held: Held, consent: Consent, values: Mapping[Item, Any], safe: Safe) -> Packet:
    """Keep what is sent, each item under the packet's own key and tied to the consent that holds it."""
    packet = Packet(
        id=safe.thing,
        case_id=held.case.id,
        consent_id=consent.id,
        sender_id=held.case.organization_id,
        receiver_id=consent.receiver_id,
        sent_at=held.at,
        sent_by=held.user_id,
        expires_at=consent.expires_at,
    )
    held.session.add(packet)
    held.session.flush()
    for item, value in values.items():
        sealed = safe.seal(place_of(item), value)
        held.session.add(PacketItem(packet_id=packet.id, item=item, consent_id=consent.id, sealed=sealed))
    held.session.flush()
    return packet


def _list_standing(held: Held, consent: Consent) -> list[dict[Item, Any]]:
    """Return what can be read under a consent now."""
    rows = held.session.scalars(sa.select(Packet).where(Packet.consent_id == consent.id)).all()
    safes = open_safes(row.id for row in rows)
    return [open_items(row, safes[row.id]) for row in rows if row.id in safes]


def _record(session: Session, action: Action, packet: Packet, actor: Actor | None, place: UUID) -> None:
    record(session, Event(action, TARGET, packet.id, actor, place), CASES_CHAIN)


def place_of(item: Item) -> str:
    """Return the place that a sealed item is bound to."""
    return f"item.{item.value}"


def check_readable(packet: Packet, consent: Consent, at: datetime) -> None:
    """Refuse whatever ended, was withdrawn or has run out, at the very moment of reading."""
    if packet.ended is not None:
        raise NotReadableError(packet.ended)
    if consent.withdrawn_at is not None and consent.withdrawn_at <= at:
        raise NotReadableError(EndOfPacket.WITHDRAWN)
    if packet.expires_at <= at or not is_in_force(consent, at):
        raise NotReadableError(EndOfPacket.EXPIRED)


def read_packet(session: Session, packet: Packet, safe: Safe, actor: Actor, at: datetime) -> dict[Item, Any]:
    """Return what was sent, and write down who read it; inside ``writing``, with the packet locked.

    Raises NotReadableError, NotOpenedError; what cannot be written down is not shown.
    """
    check_readable(packet, packet.consent, at)
    check_opened(session, packet)
    found = open_items(packet, safe)
    for item in found:
        session.add(
            PacketReading(
                packet_id=packet.id,
                item=item,
                read_by=actor.user_id,
                organization_id=packet.receiver_id,
                read_at=at,
            )
        )
    session.flush()
    _record(session, Action.VIEW, packet, actor, packet.receiver_id)
    return found


def open_items(packet: Packet, safe: Safe) -> dict[Item, Any]:
    """Return what a packet holds, in the order of the items."""
    sealed = {row.item: row.sealed for row in packet.items}
    return {item: safe.open(place_of(item), sealed[item]) for item in Item if item in sealed}


def find_packet(session: Session, packet_id: UUID, *, lock: bool = False) -> Packet | None:
    """Return a packet, as it is now."""
    return session.get(Packet, packet_id, with_for_update=HELD if lock else None, populate_existing=True)


def recall(held: Held, packet: Packet) -> None:
    """Take back what was sent; its key goes after the commit. Raises NotReadableError where it has ended."""
    if packet.case_id != held.case.id or packet.ended is not None:
        raise NotReadableError(packet.ended or EndOfPacket.RECALLED)
    ending = Ending(packet.consent_id, EndOfPacket.RECALLED, held.actor, held.at, packet.id)
    tell_end(held.session, ending)
    end_packet(held.session, packet, EndOfPacket.RECALLED, held.actor, held.at)
    held.touch()
    held.tell(CaseEventKind.SHARED, {"receiver": str(packet.receiver_id), "recalled": True})


def end_packets_of(held: Held, consent: Consent, ended: EndOfPacket) -> int:
    """End whatever was sent under a consent; return how much."""
    packets = held.session.scalars(
        sa.select(Packet)
        .where(Packet.consent_id == consent.id, Packet.ended_at.is_(None))
        .with_for_update(of=Packet, **HELD)
        .execution_options(populate_existing=True)
    ).all()
    for packet in packets:
        end_packet(held.session, packet, ended, held.actor, held.at)
    return len(packets)


def end_packet(
    session: Session, packet: Packet, ended: EndOfPacket, actor: Actor | None, at: datetime
) -> None:
    """End a packet: what it held is deleted, and a certificate for each side waits for its key to go."""
    packet.ended_at, packet.ended = at, ended
    session.flush()
    session.execute(sa.delete(PacketItem).where(PacketItem.packet_id == packet.id))
    session.expire(packet, ["items"])
    why = Why(WHY[ended], actor, at)
    request(session, Doomed(CertificateKind.PACKET, packet.id, packet.sender_id), why)
    told = Why(why.reason, None, at)
    request(session, Doomed(CertificateKind.PACKET, packet.id, packet.receiver_id), told)
    _record(session, Action.WITHDRAWAL, packet, actor, packet.sender_id)


def end_expired(at: datetime) -> None:
    """End what has run out, one transaction each, and destroy its keys."""
    session = cases_session()
    over = sa.select(Packet.id, Packet.consent_id).where(Packet.ended_at.is_(None), Packet.expires_at <= at)
    for packet_id, consent_id in session.execute(over.order_by(Packet.expires_at).limit(AT_ONCE)).all():
        with writing(session, CASES):
            tell_end(session, Ending(consent_id, EndOfPacket.EXPIRED, None, at))
            packet = find_packet(session, packet_id, lock=True)
            if packet is not None and packet.ended is None:
                end_packet(session, packet, EndOfPacket.EXPIRED, None, at)
    carry_out_soon()


def init_app(app: Flask) -> None:
    """Have what ran out ended at each run."""
    tick.register(app, tick.Job("packets_end", timedelta(0), end_expired))
