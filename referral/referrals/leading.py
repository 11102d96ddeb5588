"""Handing over the lead: who accepted begins a file of its own, and only with it the old one closes.

Both are in one transaction: at no moment, and after no kill, has she no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.intake.held import Held
from referral.intake.life import close_case
from referral.intake.models import Case
from referral.intake.new_files import Entered, enter_file
from referral.intake.packets import QUESTION_OF
from referral.intake.safe import Safe
from referral.intake.vocabulary import CaseStatus, Closure, Item
from referral.referrals.answering import waits_for_choice
from referral.referrals.models import Referral
from referral.referrals.moving import Hand
from referral.referrals.opening import may_read_private, may_read_public, read_first, read_second
from referral.referrals.status import OPEN, SEES_IDENTITY, ReferralStatus, Side


class NotToLeadError(Exception):
    """It has not accepted, she has not chosen it, or it keeps a file of its own already."""


@dataclass(frozen=True, slots=True)
class Means:
    """Keys of the file to come and of what was sent; the line that an urgency has as its reason there."""

    case: Safe
    packets: Mapping[UUID, Safe]
    reason: str


def may_lead(session: Session, referral: Referral) -> bool:
    """Say whether who was asked may begin a file of its own."""
    was_accepted = referral.status in SEES_IDENTITY or (
        referral.status is ReferralStatus.ON_HOLD and referral.was_accepted
    )
    return was_accepted and referral.receiver_case_id is None and not waits_for_choice(session, referral)


def take_lead(hand: Hand, old: Held, entered: Entered, means: Means, months: int) -> Case:
    """Begin a file with what was granted and nothing else; the old one closes as handed over.

    The old one stays open while something else that was asked from it goes on. ``months`` are those for
    which the sender keeps closed files. Raises NotToLeadError, NotReadableError, NotReadyError.
    """
    referral, actor = hand.referral, hand.actor
    if hand.side is not Side.RECEIVER or actor is None or not may_lead(hand.session, referral):
        raise NotToLeadError
    answers = read_granted(hand, means)
    made = enter_file(hand.session, means.case, actor, replace(entered, answers=answers), hand.at)
    referral.receiver_case_id, referral.handler_id = made.case.id, made.case.owner_id
    hand.session.flush()
    if old.case.status is CaseStatus.OPEN and not has_other_referrals(hand.session, referral):
        close_case(old, Closure.TRANSFERRED, "", months)
    hand.record()
    return made.case


def read_granted(hand: Hand, means: Means) -> dict[str, Any]:
    """Return what was granted, as answers; that it was read is written down."""
    referral, safes = hand.referral, means.packets
    found: dict[Item, Any] = {}
    if referral.public_packet_id is not None and may_read_public(referral):
        found |= read_first(hand, safes[referral.public_packet_id])
    if referral.private_packet_id is not None and may_read_private(referral):
        found |= read_second(hand, safes[referral.private_packet_id])
    if Item.URGENCY in found:
        found[Item.URGENCY] |= {"reason": means.reason}
    return {QUESTION_OF[item]: value for item, value in found.items()}


def has_other_referrals(session: Session, referral: Referral) -> bool:
    """Say whether something else that was asked from the same file goes on."""
    others = sa.select(Referral.id).where(
        Referral.case_id == referral.case_id, Referral.id != referral.id, Referral.status.in_(OPEN)
    )
    return session.execute(others.limit(1)).first() is not None
