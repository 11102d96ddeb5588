"""The codes that describe services, with their words in both languages; read from data/vocabulary."""

from __future__ import annotations

import csv

from referral.shared.bilingual import Bilingual
from referral.shared.paths import DATA

VOCABULARY = DATA / "vocabulary"
NAMES = ("categories", "clientele", "referral_routes", "eligibility", "costs", "languages", "accessibility")


class UnknownCodeError(KeyError):
    """A code that its vocabulary does not hold."""


def read_vocabulary(name: str) -> list[dict[str, str]]:
    """Return the rows of one vocabulary, in the order in which its terms are shown."""
    with (VOCABULARY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TAXONOMIES: dict[str, dict[str, Bilingual]] = {
    name: {row["code"]: Bilingual(row["fr"], row["en"]) for row in read_vocabulary(name)} for name in NAMES
}
SHELTER_CATEGORIES = frozenset(
    row["code"] for row in read_vocabulary("categories") if row["shelter"] == "yes"
)


def label(taxonomy: str, code: str) -> Bilingual:
    """Return the words of a code; raises UnknownCodeError."""
    try:
        return TAXONOMIES[taxonomy][code]
    except KeyError as error:
        raise UnknownCodeError(f"{taxonomy}: {code}") from error
