"""Words inside a referral, which both sides read; nobody rewrites them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from referral.intake.safe import Safe
from referral.referrals.models import Referral, ReferralMessage, Via
from referral.referrals.moving import Hand
from referral.referrals.proposals import Proposal, read_proposal
from referral.referrals.status import ReferralStatus, Side

LONGEST = 500
SILENT = frozenset({ReferralStatus.DRAFT, ReferralStatus.CANCELLED, ReferralStatus.ENTERED_IN_ERROR})
"""Where nobody is there to read."""


class NobodyReadsError(Exception):
    """A message would go to nobody: the referral was not sent, or was taken back."""


class MessageRefusedError(ValueError):
    """A message is empty or too long; ``reason`` is ``empty`` or ``too-long``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is shown."""

    sent_at: datetime
    side: Side
    via: Via
    user_id: uuid.UUID | None
    text: str
    proposal: Proposal | None = None


def write(hand: Hand, text: str, proposal: Proposal | None = None) -> ReferralMessage:
    """Add a message, which may go with a proposal; raises NobodyReadsError, MessageRefusedError."""
    if hand.referral.status in SILENT:
        raise NobodyReadsError
    plain = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if (not plain and proposal is None) or len(plain) > LONGEST:
        raise MessageRefusedError("too-long" if plain else "empty")
    message_id = uuid.uuid4()
    message = ReferralMessage(
        id=message_id,
        referral_id=hand.referral.id,
        sent_at=hand.at,
        side=hand.side,
        via=hand.via,
        user_id=hand.actor.user_id if hand.actor else None,
        sealed=hand.safe.seal(f"message.{message_id}", proposal.as_plain(plain) if proposal else plain),
    )
    hand.session.add(message)
    hand.session.flush()
    hand.record()
    return message


def read_all(referral: Referral, safe: Safe) -> list[Said]:
    """Return the messages of a referral, the oldest first."""
    return [_open(row, safe.open(f"message.{row.id}", row.sealed)) for row in referral.messages]


def _open(row: ReferralMessage, plain: Any) -> Said:
    text, proposal = (plain, None) if isinstance(plain, str) else read_proposal(plain)
    return Said(row.sent_at, row.side, row.via, row.user_id, text, proposal)
