"""Proposes how she and those who are asked come to speak; a call of three only where she may be called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from referral.intake.contact import Verdict, may_contact
from referral.referrals.messages import Said, write
from referral.referrals.models import ReferralMessage
from referral.referrals.moving import Hand
from referral.referrals.proposals import TIMED, Proposal, Way
from referral.referrals.status import OPEN, IllegalMoveError, Side

AHEAD = timedelta(days=30)


class TimeRefusedError(ValueError):
    """A call of three has a moment, which is to come; nothing else has one."""


class NotThenError(Exception):
    """By her own rule she may not be called at that moment."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("not then")
        self.verdict = verdict


def propose(hand: Hand, proposal: Proposal, text: str = "") -> ReferralMessage:
    """Propose a way to speak, as the one who is asked; raises TimeRefusedError, IllegalMoveError."""
    if hand.side is not Side.RECEIVER or hand.referral.status not in OPEN or proposal.way is Way.CONFIRMED:
        raise IllegalMoveError
    check_time(proposal, hand.at)
    return write(hand, text, proposal)


def check_time(proposal: Proposal, at: datetime) -> None:
    """Refuse a moment that is past, too far, missing, or where there is none."""
    if proposal.way not in TIMED:
        if proposal.on is not None:
            raise TimeRefusedError
    elif proposal.on is None or not at <= proposal.on <= at + AHEAD:
        raise TimeRefusedError


def confirm(hand: Hand, on: datetime, rules: Mapping[str, Any] | None) -> ReferralMessage:
    """Agree to a call of three, as the sender; ``rules`` say when and how she may be reached.

    Raises NotThenError, TimeRefusedError, IllegalMoveError.
    """
    if hand.side is not Side.SENDER or hand.referral.status not in OPEN:
        raise IllegalMoveError
    proposal = Proposal(Way.CONFIRMED, on)
    check_time(proposal, hand.at)
    verdict = may_contact(rules, on)
    if not verdict.allowed:
        raise NotThenError(verdict)
    return write(hand, "", proposal)


def find_open_call(said: Iterable[Said]) -> datetime | None:
    """Return the moment of the latest call of three that was proposed and not agreed to."""
    found = None
    for each in said:
        if each.proposal is not None and each.proposal.way in TIMED:
            found = each.proposal.on if each.proposal.way is Way.THREE_WAY else None
    return found
