"""The kinds of help as one looks for them on the start page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from referral.directory.cards import label

GROUPS: tuple[tuple[LazyString, tuple[str, ...]], ...] = (
    (
        lazy_gettext("A roof, food, someone to talk to"),
        ("emergency_shelter", "transitional_housing", "homelessness", "food_clothing", "helpline"),
    ),
    (
        lazy_gettext("Violence and exploitation"),
        (
            "domestic_violence",
            "sexual_violence",
            "trafficking_support",
            "exit_sex_industry",
            "crime_victim_support",
            "compensation",
            "police",
        ),
    ),
    (lazy_gettext("Health"), ("health", "mental_health", "substance_use")),
    (
        lazy_gettext("Rights, work and immigration"),
        (
            "legal_aid",
            "immigration_legal",
            "settlement",
            "worker_rights",
            "interpretation",
            "education_employment",
        ),
    ),
    (
        lazy_gettext("Youth and communities"),
        ("youth", "child_protection", "indigenous", "lgbtq"),
    ),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One kind of help and how many services offer it."""

    code: str
    text: str
    count: int


def list_tiles(counts: Mapping[str, int]) -> list[tuple[str, list[Tile]]]:
    """Return the kinds of help by group; one that nobody offers is not shown."""
    groups = []
    for title, codes in GROUPS:
        tiles = [Tile(code, label("categories", code), counts[code]) for code in codes if counts.get(code)]
        if tiles:
            groups.append((str(title), tiles))
    return groups
