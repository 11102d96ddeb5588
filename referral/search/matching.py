"""How far each listing answers what is asked: a share of it, and a relevance between equals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from referral.search.asking import Ask, Unit
from referral.search.documents import RELATED, STRONG, WEAK
from referral.search.index import Index

Floats = npt.NDArray[np.float32]

LEVELS = ((RELATED, 0.4), (WEAK, 0.7), (STRONG, 1.0))
"""What a concept counts for: gone along with, told in a description, the service's own."""
BY_WORDS = 0.4
"""What the typed words alone count for, where their concept is not there."""


@dataclass(frozen=True, slots=True)
class Match:
    """For each position: ``share`` of what was asked, ``relevance``, and whether it was found at all."""

    share: Floats
    relevance: Floats
    found: npt.NDArray[np.bool_]


def match(index: Index, ask: Ask) -> Match | None:
    """Weigh all listings, or return None when nothing was asked in words or by what filters imply."""
    if ask.wordless and not ask.implied:
        return None
    share = np.zeros(index.count, dtype=np.float32)
    relevance = np.zeros(index.count, dtype=np.float32)
    found = np.full(index.count, ask.wordless)
    asked = 0.0
    for unit in (*ask.units, *ask.implied):
        part, worth = _answer(index, unit)
        if not part.any():
            continue
        asked += unit.weight
        share += unit.weight * part
        if unit.finds:
            found |= part > 0
        relevance += unit.weight * (part + worth / max(float(worth.max()), 1e-9))
    if not asked:
        return Match(share, relevance, found)
    return Match(share / np.float32(asked), relevance / np.float32(2 * asked), found)


def _answer(index: Index, unit: Unit) -> tuple[Floats, Floats]:
    """Return how far each listing answers one unit (0 to 1), and its BM25 worth."""
    part, worth = _by_words(index, unit.words)
    if unit.concept is None:
        return part, worth
    part *= np.float32(BY_WORDS)
    for prefix, level in LEVELS:
        held = index.postings(prefix + unit.concept)
        if held is not None:
            positions, impacts = held
            part[positions] = np.maximum(part[positions], np.float32(level))
            worth[positions] += impacts
    return part, worth


def _by_words(index: Index, words: tuple[tuple[str, ...], ...]) -> tuple[Floats, Floats]:
    part = np.zeros(index.count, dtype=np.float32)
    worth = np.zeros(index.count, dtype=np.float32)
    for forms in words:
        best = np.zeros(index.count, dtype=np.float32)
        for form in forms:
            held = index.postings(form)
            if held is not None:
                positions, impacts = held
                best[positions] = np.maximum(best[positions], impacts)
        worth += best
        part += best > 0
    return (part / np.float32(len(words)) if words else part), worth
