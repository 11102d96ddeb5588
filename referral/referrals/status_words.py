"""Words for where a referral stands."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.referrals.status import ReferralStatus

S = ReferralStatus
STATUSES: dict[ReferralStatus, LazyString] = {
    S.DRAFT: _l("Not sent yet"),
    S.REQUESTED: _l("Sent, not looked at yet"),
    S.RECEIVED: _l("Seen, not answered yet"),
    S.ACCEPTED: _l("Accepted"),
    S.REJECTED: _l("Declined by the organization"),
    S.IN_PROGRESS: _l("The service has begun"),
    S.ON_HOLD: _l("On hold"),
    S.COMPLETED: _l("Done"),
    S.FAILED: _l("Ended without the service"),
    S.CANCELLED: _l("Called off"),
    S.ENTERED_IN_ERROR: _l("Struck out: entered in error"),
}
