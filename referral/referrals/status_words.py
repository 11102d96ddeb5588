"""Words for where a referral stands."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.intake.vocabulary import Urgency
from referral.referrals.clocks import PRESSING
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
CALL_THEN_SEND = _l("Call, then send")


def say_next(side: Side, status: ReferralStatus, urgency: Urgency) -> LazyString | str:
    """Return what a side does next where it is its turn."""
    if status is S.DRAFT and urgency in PRESSING:
        return CALL_THEN_SEND
    return NEXT.get((side, status), "")
