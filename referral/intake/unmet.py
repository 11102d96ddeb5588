"""What a file hands over when a need of it is told as unmet: four codes of the directory; pure.

No key to the file, to the person or to who tells goes along, and the page that takes them keeps nothing yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referral.evidence.kinds import AgeBand as ToldAge
from referral.intake.vocabulary import AgeBand, Need, NeedState

KINDS: dict[Need, str] = {
    Need.SHELTER: "emergency_shelter",
    Need.BASICS: "food_clothing",
    Need.HEALTH: "health",
    Need.SEXUAL_HEALTH: "health",
    Need.MENTAL_HEALTH: "mental_health",
    Need.SUBSTANCES: "substance_use",
    Need.LEGAL: "legal_aid",
    Need.IMMIGRATION: "immigration_legal",
    Need.LANGUAGE: "interpretation",
    Need.EDUCATION: "education_employment",
}
"""Kinds of help that plainly stand for a need; for any other the kind is chosen on the page."""
AGES: dict[AgeBand, ToldAge] = {
    AgeBand.CHILD: ToldAge.UNDER_14,
    AgeBand.MINOR: ToldAge.FROM_14_TO_17,
    AgeBand.YOUNG: ToldAge.FROM_18_TO_24,
    AgeBand.ADULT: ToldAge.FROM_25_TO_64,
    AgeBand.SENIOR: ToldAge.FROM_65,
}


def hand_over(need: Need, region: str = "", age_band: str = "", reason: str = "") -> dict[str, str]:
    """Return the codes by name; what is not known, or has no code of the directory, is absent."""
    given = {
        "need": KINDS.get(need, ""),
        "region": region,
        "age": AGES[AgeBand(age_band)].value if age_band else "",
        "reason": reason,
    }
    return {name: code for name, code in given.items() if code}


def hand_over_from_file(need: Need, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the same from what a file says; the region is where she wants to be, else where she is."""
    regions = values.get("regions") or {}
    wanted = list(regions.get("wanted") or ())
    return hand_over(
        need,
        wanted[0] if len(wanted) == 1 else regions.get("now") or "",
        values.get("age_band") or "",
    )


def list_unmet(needs: Mapping[str, str] | None) -> list[Need]:
    """Return the needs that a file says nothing met."""
    return [need for need in Need if (needs or {}).get(need) == NeedState.UNMET]
