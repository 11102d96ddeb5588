"""What an agreement between two organizations is about; pure."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

TEXT_VERSION = "2026-11"
"""Of the text that is signed now. A new text gets a new version: what was signed stays as it was read."""
TEXTS = (TEXT_VERSION,)
PARTIES = 2


class Aggregate(StrEnum):
    """What two organizations may count together; nothing in it tells of one person."""

    SENT = "sent"
    ANSWERS = "answers"
    DELAYS = "delays"
    NEEDS = "needs"
    UNMET = "unmet"
    REGIONS = "regions"


def pair_of(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Return two organizations in the one order in which a pair is kept; raises ValueError for one alone."""
    if one == other:
        raise ValueError("an organization has no agreement with itself")
    return (one, other) if one.hex < other.hex else (other, one)
