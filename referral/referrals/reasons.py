"""Why a referral was declined, waits, was cancelled or ended: codes; pure.

That the person declined and that the organization declined are never the same code.
"""

from __future__ import annotations

from enum import StrEnum

from referral.referrals.status import ReferralStatus


class Reason(StrEnum):
    """Codes of DOMAIN §3.6 and of the FHIR guides; each belongs to one status (``REASONS``)."""

    NO_CAPACITY = "no-capacity"
    NOT_ELIGIBLE = "not-eligible"
    OUT_OF_TERRITORY = "out-of-territory"
    LANGUAGE = "language"
    SAFETY_CONFLICT = "safety-conflict"
    MISSING_INFORMATION = "missing-information"
    SERVICE_CLOSED = "service-closed"
    OTHER = "other"
    WAITLIST = "waitlist"
    AWAITING_PERSON = "awaiting-person"
    AWAITING_DOCUMENT = "awaiting-document"
    PERSON_DECLINED = "person-declined"
    RECALLED = "recalled"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    CONSENT_EXPIRED = "consent-expired"
    ANOTHER_ACCEPTED = "another-accepted"
    NO_ANSWER = "no-answer"
    PERSON_NOT_REACHED = "person-not-reached"
    PERSON_LEFT = "person-left"
    SERVICE_UNABLE = "service-unable"
    FULL = "full"
    PARTIAL = "partial"
    REFERRED_ONWARD = "referred-onward"


class NotEligible(StrEnum):
    """Which rule of admission; goes with ``not-eligible`` and with nothing else."""

    AGE = "age"
    GENDER = "gender"
    CHILDREN = "children"
    PETS = "pets"
    SUBSTANCES = "substances"
    PAPERS = "papers"
    HEALTH_CARD = "health-card"
    ACCESSIBILITY = "accessibility"
    MANDATE = "mandate"


R, S = Reason, ReferralStatus
REASONS: dict[ReferralStatus, tuple[Reason, ...]] = {
    S.REJECTED: (
        R.NO_CAPACITY,
        R.NOT_ELIGIBLE,
        R.OUT_OF_TERRITORY,
        R.LANGUAGE,
        R.SAFETY_CONFLICT,
        R.MISSING_INFORMATION,
        R.SERVICE_CLOSED,
        R.OTHER,
    ),
    S.ON_HOLD: (R.WAITLIST, R.AWAITING_PERSON, R.AWAITING_DOCUMENT),
    S.CANCELLED: (
        R.PERSON_DECLINED,
        R.RECALLED,
        R.CONSENT_WITHDRAWN,
        R.CONSENT_EXPIRED,
        R.ANOTHER_ACCEPTED,
        R.NO_ANSWER,
    ),
    S.FAILED: (R.PERSON_DECLINED, R.PERSON_NOT_REACHED, R.PERSON_LEFT, R.SERVICE_UNABLE),
    S.COMPLETED: (R.FULL, R.PARTIAL, R.REFERRED_ONWARD),
}
BY_THE_SYSTEM = frozenset({R.CONSENT_WITHDRAWN, R.CONSENT_EXPIRED, R.ANOTHER_ACCEPTED})
"""Never chosen in a form: they follow from something else."""
REVIEWS_LISTING = frozenset({R.NOT_ELIGIBLE, R.OUT_OF_TERRITORY})
"""Three of these on one service say that its listing may be wrong."""


class ReasonRefusedError(ValueError):
    """A move has no reason, or one of another status."""


def check_reason(wanted: ReferralStatus, reason: Reason | None, sub: NotEligible | None = None) -> None:
    """Refuse a move without the reason that its status asks for, or with another's."""
    allowed = REASONS.get(wanted, ())
    if (reason is None) != (not allowed) or (reason is not None and reason not in allowed):
        raise ReasonRefusedError(f"{wanted}: {reason}")
    if (sub is not None) != (reason is Reason.NOT_ELIGIBLE):
        raise ReasonRefusedError(f"{wanted}: {reason}: {sub}")
