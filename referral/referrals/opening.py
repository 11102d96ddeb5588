"""What the receiver may read of what was sent, and when: the one rule of the two stages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from referral.intake.consent import is_in_force
from referral.intake.hooks import NotOpenedError
from referral.intake.models import Consent, Packet
from referral.intake.packets import find_packet, open_items, read_packet
from referral.intake.safe import Safe
from referral.intake.vocabulary import Item
from referral.referrals.messages import SILENT
from referral.referrals.models import Referral
from referral.referrals.moving import Hand, move
from referral.referrals.status import OPEN, SEES_IDENTITY, ReferralStatus, Side
from referral.shared.database import cases_session


def may_read_public(referral: Referral) -> bool:
    """Say whether the receiver may read what answering needs: while the referral waits or goes on."""
    return referral.public_packet_id is not None and referral.status in OPEN


def may_read_private(referral: Referral) -> bool:
    """Say whether the receiver may read how to reach her: accepted, and not ended since.

    Asked of several, nothing of it is sent before the person chose the one.
    """
    is_held = referral.status is ReferralStatus.ON_HOLD and referral.was_accepted
    return referral.private_packet_id is not None and (referral.status in SEES_IDENTITY or is_held)


def may_read_words(session: Session, referral: Referral, at: datetime) -> bool:
    """Say whether the receiver may read what the sender wrote: not once it was called off, or consent ended.

    What it wrote itself it goes on reading.
    """
    consent = session.get(Consent, referral.consent_id) if referral.consent_id else None
    is_over = referral.status in SILENT or consent is None or not is_in_force(consent, at)
    return not is_over


def check_stage(session: Session, packet: Packet) -> None:
    """Refuse what a referral does not open yet, or no more; raises NotOpenedError. Asked at every reading."""
    referral = _find(session, packet.id)
    if referral is None:
        return
    is_private = referral.private_packet_id == packet.id
    if not (may_read_private(referral) if is_private else may_read_public(referral)):
        raise NotOpenedError


def _find(session: Session, packet_id: UUID) -> Referral | None:
    """Return the referral with which something was sent, as it is now."""
    of_it = sa.or_(Referral.public_packet_id == packet_id, Referral.private_packet_id == packet_id)
    statement = sa.select(Referral).where(of_it).execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def find_page(packet: Packet) -> str | None:
    """Return the address of the referral with which something was sent."""
    referral = _find(cases_session(), packet.id)
    if referral is None:
        return None
    return url_for("referrals.show", referral_id=referral.id)


def read_first(hand: Hand, safe: Safe) -> dict[Item, Any]:
    """Return what answering needs; the first reading says that the referral was received.

    Raises NotOpenedError, NotReadableError; what cannot be written down is not shown.
    """
    found = _read(hand, hand.referral.public_packet_id, safe)
    if hand.referral.status is ReferralStatus.REQUESTED:
        move(hand, ReferralStatus.RECEIVED)
    return found


def read_second(hand: Hand, safe: Safe) -> dict[Item, Any]:
    """Return how to reach her; raises NotOpenedError, NotReadableError."""
    return _read(hand, hand.referral.private_packet_id, safe)


def _read(hand: Hand, packet_id: UUID | None, safe: Safe) -> dict[Item, Any]:
    packet = find_packet(hand.session, packet_id, lock=True) if packet_id else None
    if packet is None or hand.actor is None or hand.side is not Side.RECEIVER:
        raise NotOpenedError
    return read_packet(hand.session, packet, safe, hand.actor, hand.at)


def look_at_sent(session: Session, packet_id: UUID | None, safes: dict[UUID, Safe]) -> dict[Item, Any]:
    """Return what was sent, for the side that sent it; nothing where it has ended."""
    packet = find_packet(session, packet_id) if packet_id else None
    if packet is None or packet.ended is not None or packet.id not in safes:
        return {}
    return open_items(packet, safes[packet.id])
