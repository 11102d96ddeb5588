"""What a demonstration shows of needs that nothing met: enough of some to be told of, and few of others."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.evidence.kinds import AgeBand, UnmetReason
from referral.evidence.models import UnmetNeed
from referral.evidence.services import Need, record_unmet_need

LAST_QUARTER = timedelta(days=92)
ADULT = AgeBand.FROM_25_TO_64
NEEDS = (
    (Need("emergency_shelter", UnmetReason.NO_CAPACITY, "06", "women", "sexual", ADULT), 24),
    (Need("emergency_shelter", UnmetReason.NO_CAPACITY, "13", "women", "sexual", AgeBand.FROM_18_TO_24), 12),
    (Need("emergency_shelter", UnmetReason.NOT_ELIGIBLE, "07", "men", "labour", ADULT), 8),
    (Need("emergency_shelter", UnmetReason.NO_SERVICE, "09", "women", None, ADULT), 2),
    (Need("immigration_legal", UnmetReason.LANGUAGE, "06", "women", "labour", ADULT), 11),
    (Need("interpretation", UnmetReason.NO_SERVICE, "17", None, "labour", ADULT), 6),
    (Need("mental_health", UnmetReason.HOURS, "03", "women", "sexual", AgeBand.FROM_18_TO_24), 7),
)
"""Made up, as everything here is: what nothing met in the quarter before, and how often."""


def add_needs(session: Session, at: datetime) -> None:
    """Add needs of a quarter that has ended, where none is told yet."""
    if session.scalars(sa.select(UnmetNeed.id).limit(1)).first() is not None:
        return
    for need, times in NEEDS:
        for _ in range(times):
            record_unmet_need(session, need, at, (at - LAST_QUARTER).date())
