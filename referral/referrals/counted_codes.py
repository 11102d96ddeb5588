"""What a file tells, in the codes of what is counted: of a band of ages, and of whom a need is; pure.

A file and a count have codes of their own: those of a count are the directory's, so that what was asked for
and what was not met can be laid side by side.
"""

from __future__ import annotations

from referral.evidence.kinds import AgeBand as Counted
from referral.intake.vocabulary import AgeBand

BANDS: dict[AgeBand, Counted] = {
    AgeBand.CHILD: Counted.UNDER_14,
    AgeBand.MINOR: Counted.FROM_14_TO_17,
    AgeBand.YOUNG: Counted.FROM_18_TO_24,
    AgeBand.ADULT: Counted.FROM_25_TO_64,
    AgeBand.SENIOR: Counted.FROM_65,
}
POPULATIONS = {
    "woman": "women",
    "man": "men",
    "trans-woman": "trans_nonbinary",
    "trans-man": "trans_nonbinary",
    "non-binary": "trans_nonbinary",
}


def band_of(age_band: str) -> str:
    """Return the counted band of a file's; nothing where it is not known."""
    return BANDS[AgeBand(age_band)] if age_band else ""


def population_of(gender: str) -> str:
    """Return for whom a need is, in the directory's codes, by gender as said.

    Never by age, which is counted beside it: one of two numbers that tell the same would tell the other.
    """
    return POPULATIONS.get(gender, "")
