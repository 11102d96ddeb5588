"""The coordinator's morning: what is hers to answer, what she waits for, what is due and what is late.

Each queue is picked from indexes that hold all it asks for (``queue_picks``), then a page of it is read
and opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.intake.answers import place_of
from referral.intake.queries import NICKNAME
from referral.intake.safe import Safe, open_safes
from referral.intake.vocabulary import Need, Said
from referral.referrals.asked import read_asked
from referral.referrals.clocks import end_of
from referral.referrals.models import Referral
from referral.referrals.queue_picks import Queue, Scope, select_counts, select_page, select_waiting
from referral.referrals.status import Side
from referral.shared.clock import QUEBEC

PER_PAGE = 25
MOST_COUNTED = 99
"""A queue that is longer says « 99+ »."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, for whom she acts, whose referrals she wants, and when it is."""

    me: UUID | None
    place: UUID | None
    scope: Scope
    at: datetime

    @property
    def tonight(self) -> datetime:
        """Return the midnight that ends this day in Québec."""
        return end_of(self.at.astimezone(QUEBEC).date())

    def as_bound(self) -> dict[str, Any]:
        """Return what statements take of it."""
        return {"me": self.me, "place": self.place, "at": self.at, "tonight": self.tonight}


def asking_of(actor: Actor, scope: Scope, at: datetime) -> Asking:
    """Return what somebody asks where she acts."""
    return Asking(actor.user_id, actor.acting_for, scope, at)


@dataclass(frozen=True, slots=True)
class Row:
    """A referral in a queue; the file and its nickname only for the side that keeps the file."""

    referral: Referral
    side: Side
    code: str | None
    nickname: str | None
    need: Need | None

    @property
    def other_id(self) -> UUID:
        """Return the other organization."""
        return self.referral.receiver_id if self.side is Side.SENDER else self.referral.sender_id

    @property
    def is_ours(self) -> bool:
        """Say whether it is for this side to act."""
        return self.referral.turn is self.side

    @property
    def holder_id(self) -> UUID | None:
        """Return which colleague has it on this side."""
        return self.referral.owner_id if self.side is Side.SENDER else self.referral.handler_id


def list_rows(session: Session, queue: Queue, asking: Asking, page: int) -> tuple[list[Row], bool]:
    """Return a page of a queue: late ones first, then the most urgent; says whether more follow."""
    bound = {"most": page * PER_PAGE + 1, "shown": PER_PAGE + 1, "passed": (page - 1) * PER_PAGE}
    found = session.execute(select_page(queue, asking.scope), asking.as_bound() | bound).all()
    return _open_rows(found[:PER_PAGE]), len(found) > PER_PAGE


def count_all(session: Session, asking: Asking) -> dict[Queue, int]:
    """Return how long each queue is, in one statement; never more than one above ``MOST_COUNTED``."""
    bound = asking.as_bound() | {"most": MOST_COUNTED + 1}
    found = session.execute(select_counts(asking.scope), bound).one()
    return {queue: min(count, MOST_COUNTED + 1) for queue, count in zip(Queue, found, strict=True)}


def count_waiting_for(session: Session, asking: Asking) -> int:
    """Count what waits for somebody: to be answered by her, or late on her side; in one statement."""
    bound = asking.as_bound() | {"most": MOST_COUNTED + 1}
    return session.scalars(select_waiting(asking.scope), bound).one()


def _open_keys(found: Sequence[Any]) -> dict[UUID, Safe]:
    """Return the keys of a page, each only where it is of the organization that sends."""
    owners = {referral.id: referral.sender_id for referral, *_ in found}
    owners |= {referral.case_id: referral.sender_id for referral, _, code, _ in found if code is not None}
    return open_safes(owners, owners)


def _open_rows(found: Sequence[Any]) -> list[Row]:
    safes = _open_keys(found)
    return [
        Row(
            referral,
            Side(side),
            code,
            _open_nickname(safes.get(referral.case_id), sealed),
            _open_need(safes.get(referral.id), referral),
        )
        for referral, side, code, sealed in found
    ]


def _open_need(safe: Safe | None, referral: Referral) -> Need | None:
    asked = read_asked(referral, safe) if safe is not None else None
    return asked.need if asked is not None else None


def _open_nickname(safe: Safe | None, sealed: bytes | None) -> str | None:
    if safe is None or sealed is None:
        return None
    plain = safe.open(place_of(NICKNAME), sealed)
    return plain["value"] if plain["said"] == Said.ANSWERED else None
