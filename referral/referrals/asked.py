"""What a referral asks for and for whom, in codes, sealed with its own key: for its pages and its count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from referral.intake.answers import Given
from referral.intake.consents import value_of
from referral.intake.safe import Safe
from referral.intake.vocabulary import Need
from referral.referrals.counted_codes import population_of
from referral.referrals.models import Referral

PLACE = "asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """One need of one person; where, how old and for whom, as bands, empty where it is not known."""

    need: Need
    region: str = ""
    age_band: str = ""
    population: str = ""
    """In the directory's codes; for its count only."""


def describe(need: Need, answers: Mapping[str, Given]) -> Asked:
    """Return what is asked, as the file tells it now; the region is where she wants to be, or is."""
    regions = value_of(answers, "regions") or {}
    wanted = list(regions.get("wanted") or ())
    region = wanted[0] if len(wanted) == 1 else regions.get("now") or ""
    band = value_of(answers, "age_band") or ""
    gender = (value_of(answers, "limits") or {}).get("gender") or ""
    return Asked(need, region, band, population_of(gender))


def seal_asked(safe: Safe, asked: Asked) -> bytes:
    """Seal it; ``safe`` is the referral's own."""
    return safe.seal(PLACE, asdict(asked))


def read_asked(referral: Referral, safe: Safe) -> Asked | None:
    """Return what a referral asks for; None where nothing was kept."""
    if referral.sealed is None:
        return None
    plain: dict[str, Any] = safe.open(PLACE, referral.sealed)
    return Asked(Need(plain["need"]), plain["region"], plain["age_band"], plain.get("population", ""))
