"""The only way in which a referral changes its status: the table, the reason, the clock, the event."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.safe import Safe
from referral.referrals.asked import read_asked
from referral.referrals.clocks import due_at, next_side
from referral.referrals.count_models import NOT_KNOWN, Step
from referral.referrals.counted_codes import band_of
from referral.referrals.counting import Came, Tally, Times, Told, count, make_tally, uncount
from referral.referrals.declines import note_decline
from referral.referrals.models import Referral, ReferralEvent, Via
from referral.referrals.reasons import NotEligible, Reason, check_reason
from referral.referrals.status import ENDED, ReferralStatus, Side, check_move

TARGET = "referral"
S = ReferralStatus


@dataclass(frozen=True, slots=True)
class Why:
    """The reason of a move, and words that go with it."""

    reason: Reason | None = None
    sub: NotEligible | None = None
    note: str = ""

    def as_plain(self) -> dict[str, Any] | None:
        """Return what is sealed of it; None where there is nothing to say."""
        told = {"reason": self.reason, "sub": self.sub, "note": self.note.strip()}
        return {name: value for name, value in told.items() if value} or None


@dataclass(frozen=True, slots=True)
class Hand:
    """A referral in the hands of one side; locked until the commit, with its key.

    ``session`` is in ``writing(…, CASES)``. ``actor`` is None for a link, a call written down and the
    scheduled command; ``via`` says which.
    """

    session: Session
    referral: Referral
    safe: Safe
    side: Side
    actor: Actor | None
    at: datetime
    via: Via = Via.ACCOUNT

    def record(self, action: Action = Action.CHANGE) -> None:
        """Have the act in the audit, without content, as the side's whose turn it is."""
        own = self.referral.receiver_id if self.side is Side.RECEIVER else self.referral.sender_id
        if self.side is Side.COORDINATOR and self.actor is not None and self.actor.acting_for is not None:
            own = self.actor.acting_for  # she leads either of the two
        record(self.session, Event(action, TARGET, self.referral.id, self.actor, own), CASES_CHAIN)


NOTHING = Why()
CAME: dict[Step, frozenset[ReferralStatus]] = {
    Step.SENT: frozenset({S.REQUESTED}),
    Step.ANSWERED: frozenset({S.ACCEPTED, S.REJECTED, S.ON_HOLD}),
    Step.BEGAN: frozenset({S.IN_PROGRESS}),
    Step.ENDED: ENDED - {S.ENTERED_IN_ERROR},
}
"""Which statuses are a step, the first time."""


def move(hand: Hand, wanted: ReferralStatus, why: Why = NOTHING) -> ReferralEvent:
    """Move a referral, start the next clock and keep who moved it.

    Raises IllegalMoveError, ReasonRefusedError; then nothing is changed.
    """
    referral, before = hand.referral, hand.referral.status
    check_move(before, wanted, hand.side)
    check_reason(wanted, why.reason, why.sub)
    referral.status = wanted
    referral.turn = next_side(wanted, why.reason)
    referral.due_at = due_at(wanted, referral.urgency, hand.at)
    referral.escalated_at = None
    if wanted is S.ENTERED_IN_ERROR:
        take_back(hand)
    known = moments_of(referral)
    note_moments(referral, wanted, hand.at)
    event = add_event(hand, before, wanted, why)
    if wanted is not S.ENTERED_IN_ERROR:
        for step in moments_of(referral).keys() - known.keys():
            count(hand.session, tally_of(hand, Came(step, wanted, why.reason)))
    note_decline(hand.session, referral.service_id, why.reason)
    hand.record()
    return event


def moments_of(referral: Referral) -> dict[Step, datetime]:
    """Return the steps to which a referral came, with the moment; none of what was never sent."""
    if referral.requested_at is None:
        return {}
    moments = {
        Step.SENT: referral.requested_at,
        Step.ANSWERED: referral.answered_at,
        Step.BEGAN: referral.began_at,
        Step.ENDED: referral.ended_at,
    }
    return {step: moment for step, moment in moments.items() if moment is not None}


def tally_of(hand: Hand, came: Came) -> Tally:
    """Return what is counted of a referral at a step to which it came: bands and codes, no key to it."""
    referral, asked, moments = hand.referral, read_asked(hand.referral, hand.safe), moments_of(hand.referral)
    at = moments[came.step]
    told = Told(NOT_KNOWN)
    if asked:
        told = Told(asked.need, asked.region, asked.population, band_of(asked.age_band))
    begun = {
        step: moment
        for step, moment in moments.items()
        if list(Step).index(step) <= list(Step).index(came.step)
    }
    times = Times(moments[Step.SENT], begun.get(Step.ANSWERED), begun.get(Step.BEGAN), at)
    return make_tally((referral.sender_id, referral.receiver_id), told, times, came)


def take_back(hand: Hand) -> None:
    """Take a referral out of all that was counted of it."""
    events = list(hand.referral.events)
    for step, at in moments_of(hand.referral).items():
        event = next(
            (each for each in events if each.occurred_at == at and each.to_status in CAME[step]), None
        )
        if event is not None:
            uncount(
                hand.session, tally_of(hand, Came(step, event.to_status, read_why(event, hand.safe).reason))
            )


def note_moments(referral: Referral, wanted: ReferralStatus, at: datetime) -> None:
    """Note when a referral was sent, first answered, begun and ended, each once."""
    if wanted is S.REQUESTED:
        referral.requested_at = at
    if wanted in CAME[Step.ANSWERED] and referral.answered_at is None:
        referral.answered_at = at
    if wanted is S.ACCEPTED:
        referral.was_accepted = True
    if wanted is S.IN_PROGRESS and referral.began_at is None:
        referral.began_at = at
    if wanted in ENDED and referral.ended_at is None:
        referral.ended_at = at


def add_event(hand: Hand, before: ReferralStatus, wanted: ReferralStatus, why: Why) -> ReferralEvent:
    """Add a line to what became of a referral."""
    event_id, plain = uuid.uuid4(), why.as_plain()
    event = ReferralEvent(
        id=event_id,
        referral_id=hand.referral.id,
        occurred_at=hand.at,
        side=hand.side,
        via=hand.via,
        user_id=hand.actor.user_id if hand.actor else None,
        from_status=before,
        to_status=wanted,
        sealed=hand.safe.seal(f"event.{event_id}", plain) if plain else None,
    )
    hand.session.add(event)
    hand.session.flush()
    return event


def read_why(event: ReferralEvent, safe: Safe) -> Why:
    """Return the reason of a move."""
    if event.sealed is None:
        return NOTHING
    plain = safe.open(f"event.{event.id}", event.sealed)
    reason, sub = plain.get("reason"), plain.get("sub")
    return Why(Reason(reason) if reason else None, NotEligible(sub) if sub else None, plain.get("note", ""))
