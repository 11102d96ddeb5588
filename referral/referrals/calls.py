"""Telephone calls about a referral. The telephone comes first: a message never takes its place."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.intake.safe import Safe
from referral.referrals.models import Called, Referral, ReferralCall
from referral.referrals.moving import Hand

LONGEST = 300


class CallRefusedError(ValueError):
    """A call is written down by a person who made it, in a few words."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it is shown."""

    row: ReferralCall
    note: str


def note_call(hand: Hand, answered: Called, note: str = "") -> ReferralCall:
    """Write down that somebody called about a referral, and how it ended; raises CallRefusedError."""
    actor: Actor | None = hand.actor
    text = note.strip()
    if actor is None or actor.user_id is None or len(text) > LONGEST:
        raise CallRefusedError
    call_id = uuid.uuid4()
    call = ReferralCall(
        id=call_id,
        referral_id=hand.referral.id,
        called_at=hand.at,
        called_by=actor.user_id,
        answered=answered,
        sealed=hand.safe.seal(f"call.{call_id}", text) if text else None,
    )
    hand.session.add(call)
    hand.session.flush()
    hand.record()
    return call


def has_called(session: Session, referral_id: UUID) -> bool:
    """Say whether a call about it was written down, however it ended."""
    statement = sa.select(ReferralCall.id).where(ReferralCall.referral_id == referral_id).limit(1)
    return session.execute(statement).first() is not None


def list_calls(session: Session, referral: Referral, safe: Safe) -> Sequence[Call]:
    """Return the calls about a referral, the oldest first."""
    statement = sa.select(ReferralCall).where(ReferralCall.referral_id == referral.id)
    rows = session.scalars(statement.order_by(ReferralCall.called_at, ReferralCall.id))
    return [Call(row, safe.open(f"call.{row.id}", row.sealed) if row.sealed else "") for row in rows]
