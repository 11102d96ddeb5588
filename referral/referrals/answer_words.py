"""Words for how a referral is answered, why, and how two sides come to speak."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.referrals.models import Called
from referral.referrals.proposals import Way
from referral.referrals.reasons import NotEligible, Reason
from referral.referrals.status import ReferralStatus

R, S, N = Reason, ReferralStatus, NotEligible
REASONS: dict[Reason, LazyString] = {
    R.NO_CAPACITY: _l("Full: no room"),
    R.NOT_ELIGIBLE: _l("A rule of admission stands against it"),
    R.OUT_OF_TERRITORY: _l("Outside the territory"),
    R.LANGUAGE: _l("Nobody speaks her language"),
    R.SAFETY_CONFLICT: _l("It would not be safe"),
    R.MISSING_INFORMATION: _l("Something is missing to answer"),
    R.SERVICE_CLOSED: _l("The service is closed"),
    R.OTHER: _l("Another reason"),
    R.WAITLIST: _l("On a waiting list"),
    R.AWAITING_PERSON: _l("Waiting for her"),
    R.AWAITING_DOCUMENT: _l("Waiting for a paper"),
    R.PERSON_DECLINED: _l("She does not want it"),
    R.RECALLED: _l("Taken back by the sender"),
    R.CONSENT_WITHDRAWN: _l("The consent was withdrawn"),
    R.CONSENT_EXPIRED: _l("The time of the consent is over"),
    R.ANOTHER_ACCEPTED: _l("She chose another organization that accepted"),
    R.NO_ANSWER: _l("No answer came"),
    R.PERSON_NOT_REACHED: _l("She could not be reached"),
    R.PERSON_LEFT: _l("She left"),
    R.SERVICE_UNABLE: _l("The service could not be given"),
    R.FULL: _l("All that was asked was given"),
    R.PARTIAL: _l("A part of it was given"),
    R.REFERRED_ONWARD: _l("She was referred further"),
}
RULES: dict[NotEligible, LazyString] = {
    N.AGE: _l("her age"),
    N.GENDER: _l("her gender"),
    N.CHILDREN: _l("children"),
    N.PETS: _l("pets"),
    N.SUBSTANCES: _l("substance use"),
    N.PAPERS: _l("identity papers"),
    N.HEALTH_CARD: _l("health insurance card"),
    N.ACCESSIBILITY: _l("accessibility needs"),
    N.MANDATE: _l("not what the service is for"),
}
ACTS: dict[ReferralStatus, LazyString] = {
    S.ACCEPTED: _l("Accept"),
    S.REJECTED: _l("Decline"),
    S.ON_HOLD: _l("Put on hold"),
    S.IN_PROGRESS: _l("The service has begun"),
    S.COMPLETED: _l("It is done"),
    S.FAILED: _l("It ended without the service"),
}
WAYS: dict[Way, LazyString] = {
    Way.SHE_CALLS: _l("Let her call us"),
    Way.THREE_WAY: _l("A call of three, at a set time"),
    Way.CALL_ME: _l("Call me first"),
    Way.CONFIRMED: _l("The call of three is agreed to"),
}
CALLED: dict[Called, LazyString] = {
    Called.REACHED: _l("Somebody answered"),
    Called.NO_ANSWER: _l("Nobody answered"),
    Called.BUSY: _l("Busy"),
    Called.VOICEMAIL: _l("Voicemail; nothing about her was left on it"),
}
REFUSED: dict[str, LazyString] = {
    "closed": _l("The file is closed: nothing can be sent."),
    "no-need": _l("The file does not say that she needs this: write it in the intake first."),
    "nobody": _l("Choose whom to ask."),
    "too-many": _l("Ask five at most at the same time."),
    "asked-already": _l("Choose each organization once."),
    "call-first": _l("Not sent: call first, and write down how the call ended."),
    "to-avoid": _l("Not sent: she wants to avoid this organization."),
    "region-to-avoid": _l("Not sent: it is only in a region that she wants to avoid."),
    "consent": _l("Not sent: no consent in force lets her need go there."),
    "agreement": _l(
        "Not sent: no agreement with this organization is signed by both. A lead can propose one."
    ),
    "nothing": _l("Not sent: nothing of what she agreed to share is answered in the file."),
    "moved": _l("Not done: it has moved on meanwhile. This is how it stands now."),
    "time": _l("Choose a day and an hour that are to come, within thirty days."),
    "not-then": _l("By her own rule she may not be called at that moment. Propose another in a message."),
    "silent": _l("Nobody would read it there: it was not sent, or was called off."),
    "empty": _l("Write something."),
    "too-long": _l("Use 500 characters at most."),
    "consent-over": _l("Not done: the time of her consent is over. Only she can give a new one."),
    "not-chosen": _l("She has not chosen yet among those that were asked."),
}
