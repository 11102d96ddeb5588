"""The rules of referrals as they were asked for, written a second time and apart from the code."""

from __future__ import annotations

from referral.referrals.status import ReferralStatus, Side

S = ReferralStatus
MOVES = """
draft: requested cancelled
requested: received accepted rejected cancelled
received: accepted rejected on-hold cancelled
accepted: in-progress on-hold cancelled failed
in-progress: completed failed on-hold cancelled
on-hold: accepted in-progress rejected cancelled failed
"""
BY_THE_SENDER = {"requested", "cancelled"}
"""Where one comes by an act of the sender; elsewhere by one of whoever is asked."""
REASONS = """
rejected: no-capacity not-eligible out-of-territory language safety-conflict missing-information \
service-closed other
on-hold: waitlist awaiting-person awaiting-document
cancelled: person-declined recalled consent-withdrawn consent-expired another-accepted no-answer
failed: person-declined person-not-reached person-left service-unable
completed: full partial referred-onward
"""
RULES_OF_ADMISSION = (
    "age gender children pets substances papers health-card accessibility mandate"  # of DOMAIN, 3.6
)
FIRST_STAGE = "requested received accepted in-progress on-hold"
SECOND_STAGE = "accepted in-progress"
"""Also on hold, where it had been accepted."""


def read_lines(text: str) -> dict[str, list[str]]:
    """Return what follows each word at the beginning of a line."""
    lines = (line.partition(":") for line in text.split("\n") if line)
    return {first: rest.split() for first, _, rest in lines}


ALLOWED = {(current, wanted) for current, all_wanted in read_lines(MOVES).items() for wanted in all_wanted}


def who_moves(current: ReferralStatus, wanted: ReferralStatus) -> Side | None:
    """Return the one side that may move a referral so; None where nobody may."""
    if wanted is S.ENTERED_IN_ERROR:
        return Side.COORDINATOR if current is not wanted else None
    if (current, wanted) not in ALLOWED:
        return None
    return Side.SENDER if wanted in BY_THE_SENDER else Side.RECEIVER


def is_read(stage: str, status: ReferralStatus, *, was_accepted: bool) -> bool:
    """Say whether whoever is asked reads a stage, under a consent in force."""
    if stage == "first":
        return status in FIRST_STAGE.split()
    return status in SECOND_STAGE.split() or (status is S.ON_HOLD and was_accepted)
