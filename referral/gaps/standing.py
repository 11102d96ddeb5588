"""How a region stands for a need, in one code; the thresholds are said on the page."""

from __future__ import annotations

from enum import StrEnum

from referral.gaps.supply import Found

MOST_FEW = 2
"""Services up to which a region has few."""


class Standing(StrEnum):
    """From the widest gap to none that the directory shows."""

    NONE = "none"
    ASK = "ask"
    """None is known to fit, but some do not say."""
    FEW = "few"
    SEVERAL = "several"


def stand(found: Found) -> Standing:
    """Return how many there are, as a word."""
    if found.known == 0:
        return Standing.ASK if found.unsaid else Standing.NONE
    return Standing.FEW if found.known <= MOST_FEW else Standing.SEVERAL
