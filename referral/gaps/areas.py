"""Where the pages about what is missing are: behind the sign-in, at ``/<language>/gaps/…``."""

from __future__ import annotations

from referral.partners.areas import make_area

GAPS_AREA = "gaps"

gaps = make_area(GAPS_AREA)
