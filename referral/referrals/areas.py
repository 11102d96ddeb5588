"""Where the pages of referrals are: behind the sign-in, at ``/<language>/referrals/…``."""

from __future__ import annotations

from referral.intake.areas import answer_unreachable
from referral.partners.areas import make_area

REFERRALS_AREA = "referrals"

referrals = make_area(REFERRALS_AREA)
answer_unreachable(referrals)
