"""How near two nicknames are, whatever their case, accents and small slips; pure, in any script."""

from __future__ import annotations

import unicodedata
from enum import IntEnum

from rapidfuzz.distance import OSA

SHORT = 3
"""Letters: a nickname this short is near only to itself."""
LETTERS_A_SLIP = 4
MOST_SLIPS = 3
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})


class Closeness(IntEnum):
    """How a nickname answers to what was typed, closest first."""

    SAME = 0
    NEAR = 1
    """Spelled with a slip or two, or its words in another order."""
    PART = 2
    """What was typed begins one of its words: enough to find it, not to take one for the other."""


def fold(text: str) -> str:
    """Return the words of a nickname without case, accents, ligatures or marks between them."""
    spread = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    bare = "".join(sign for sign in spread if not unicodedata.combining(sign))
    words = "".join(sign if sign.isalnum() else " " for sign in bare).split()
    return " ".join(words) or " ".join(text.split())


def compare_folded(typed: str, known: str) -> Closeness | None:
    """Say how near two folded nicknames are; None where they are not."""
    if typed == known:
        return Closeness.SAME
    if is_near(typed, known) or sorted(typed.split()) == sorted(known.split()):
        return Closeness.NEAR
    return Closeness.PART if typed and f" {typed}" in f" {known}" else None


def is_near(one: str, other: str) -> bool:
    """Say whether one may be the other with a slip: one letter in four, three at most."""
    shorter = min(len(one), len(other))
    if shorter <= SHORT:
        return False
    slips = min(shorter // LETTERS_A_SLIP, MOST_SLIPS)
    return OSA.distance(one, other, score_cutoff=slips) <= slips
