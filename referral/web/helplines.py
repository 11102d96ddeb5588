"""The help lines that every page can show, whatever else fails: no edition, no database."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from referral.shared.bilingual import Bilingual
from referral.shared.paths import DATA

HELP_LINES = DATA / "helplines.csv"
EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A number that anyone may call; ``number`` is E.164, or short as dialled."""

    code: str
    name: Bilingual
    number: str
    text_number: str | None
    hours: Bilingual
    sentence: Bilingual
    source_url: str
    source_date: str | None


@cache
def load_help_lines() -> tuple[HelpLine, ...]:
    """Read the help lines, in the order in which they are shown."""
    with HELP_LINES.open(encoding="utf-8", newline="") as file:
        return tuple(_read(row) for row in csv.DictReader(file))


def _read(row: dict[str, str]) -> HelpLine:
    return HelpLine(
        code=row["code"],
        name=Bilingual(row["name_fr"], row["name_en"]),
        number=row["number"],
        text_number=row["text_number"] or None,
        hours=Bilingual(row["hours_fr"] or None, row["hours_en"] or None),
        sentence=Bilingual(row["sentence_fr"], row["sentence_en"]),
        source_url=row["source_url"],
        source_date=row["source_date"] or None,
    )
