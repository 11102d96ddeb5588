"""Names of persons and organizations within texts: found whatever their case, accents and order of words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from referral.geo.names import fold_name

WORD = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """A word as compared, and where it stands."""

    plain: str
    start: int
    end: int


def split_words(text: str) -> list[Word]:
    """Return the words of a text, as compared."""
    return [
        Word(fold_name(found.group()), found.start(), found.end())
        for found in WORD.finditer(text)
        if fold_name(found.group())
    ]


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in order of the alphabet: *Exemple, Alex* is *Alex Exemple*."""
    return tuple(sorted(word.plain for word in split_words(name)))


def runs_of(text: str, length: int) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Yield each run of so many words in a row, in order of the alphabet, and where it begins and ends."""
    words = split_words(text)
    for start in range(len(words) - length + 1):
        run = words[start : start + length]
        yield tuple(sorted(word.plain for word in run)), run[0].start, run[-1].end


def holds_name(text: str | None, name: str) -> bool:
    """Say whether a text names somebody."""
    wanted = words_of(name)
    return bool(text and wanted) and any(run == wanted for run, _, _ in runs_of(text or "", len(wanted)))


def without_name(text: str, name: str) -> str:
    """Return a text without somebody's name; what stood around it stays."""
    wanted = words_of(name)
    found = (
        [(start, end) for run, start, end in runs_of(text, len(wanted)) if run == wanted] if wanted else []
    )
    if not found:
        return text
    kept, position = [], 0
    for start, end in found:
        if start >= position:
            kept.append(text[position:start])
            position = end
    kept.append(text[position:])
    return re.sub(r"\s{2,}", " ", " ".join(part.strip() for part in kept)).strip()
