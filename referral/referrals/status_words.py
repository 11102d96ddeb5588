"""Words for where a referral stands."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.intake.vocabulary import Urgency
from referral.referrals.clocks import PRESSING
from referral.referrals.models import Referral, ReferralEvent, Via
from referral.referrals.status import ReferralStatus, Side

S = ReferralStatus
STATUSES: dict[ReferralStatus, LazyString] = {
    S.DRAFT: _l("Not sent yet"),
    S.REQUESTED: _l("Sent, not looked at yet"),
    S.RECEIVED: _l("Seen, not answered yet"),
    S.ACCEPTED: _l("Accepted"),
    S.REJECTED: _l("Declined by the organization"),
    S.IN_PROGRESS: _l("The service has begun"),
    S.ON_HOLD: _l("On hold"),
    S.COMPLETED: _l("Completed"),
    S.FAILED: _l("Ended without the service"),
    S.CANCELLED: _l("Called off"),
    S.ENTERED_IN_ERROR: _l("Struck out: entered in error"),
}
EVENTS: dict[ReferralStatus, LazyString] = {
    **STATUSES,
    S.DRAFT: _l("Referral prepared"),
    S.REQUESTED: _l("Referral sent"),
    S.RECEIVED: _l("Referral seen"),
    S.ON_HOLD: _l("Referral put on hold"),
}
"""The same where they are told of: what was sent may be seen since."""
NEXT: dict[tuple[Side, ReferralStatus], LazyString] = {
    (Side.SENDER, S.DRAFT): _l("Send it"),
    (Side.SENDER, S.REJECTED): _l("Ask elsewhere"),
    (Side.SENDER, S.FAILED): _l("Ask elsewhere"),
    (Side.SENDER, S.ACCEPTED): _l("Ask her whether she chooses it"),
    (Side.SENDER, S.ON_HOLD): _l("See with her what they wait for"),
    (Side.RECEIVER, S.REQUESTED): _l("Give an answer"),
    (Side.RECEIVER, S.RECEIVED): _l("Give an answer"),
    (Side.RECEIVER, S.ACCEPTED): _l("Say when the service begins"),
    (Side.RECEIVER, S.ON_HOLD): _l("Take it up again, or decline"),
    (Side.RECEIVER, S.IN_PROGRESS): _l("Say when it is done"),
}
BY_CALL = _l("Asked by telephone")
CALL_THEN_SEND = _l("Call, then send")


def say_next(side: Side, status: ReferralStatus, urgency: Urgency) -> LazyString | str:
    """Return what a side does next where it is its turn."""
    if status is S.DRAFT and urgency in PRESSING:
        return CALL_THEN_SEND
    return NEXT.get((side, status), "")


def say_status(referral: Referral) -> LazyString:
    """Return how a referral stands; where it was asked by telephone, nothing was sent."""
    return BY_CALL if referral.by_call and referral.status is S.REQUESTED else STATUSES[referral.status]


def say_event(event: ReferralEvent) -> LazyString:
    """Return what became of a referral, in the words of a timeline."""
    is_call = event.via is Via.CALL and event.to_status is S.REQUESTED
    return BY_CALL if is_call else EVENTS[event.to_status]
