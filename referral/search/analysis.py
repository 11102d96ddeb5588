"""From text to words that can be compared, whatever the case, the accents or the language.

The same steps serve what is indexed and what is typed, so that they always meet.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

from referral.shared.bilingual import Language
from referral.shared.paths import DATA

LANGUAGES: tuple[Language, ...] = ("fr", "en")
SHORT = 6
"""Words under this length keep their form but for a plural: « bonne » is not « bon »."""
LEAST_PLURAL = 4

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ′`´＇", "'"))
ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)", re.IGNORECASE)
POSSESSIVE = re.compile(r"'s\b|s'(?=\s|$)", re.IGNORECASE)
FEMININE = re.compile(r"(?<!refug)ees?$")
"""« exploitée » without its accent, which the French stemmer does not see as « exploité »; not *refugee*."""
WORD = re.compile(r"[^\W_]+")

STOP_WORDS = DATA / "vocabulary" / "stop_words.csv"


def _read_stop_words() -> frozenset[str]:
    with STOP_WORDS.open(encoding="utf-8", newline="") as file:
        return frozenset(row["word"] for row in csv.DictReader(file))


STOP = _read_stop_words()
"""Folded words of both languages that say nothing of what is sought."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word folded; ``capitals`` says that it was written wholly in capitals."""

    text: str
    capitals: bool = False


def fold(text: str) -> str:
    """Return text without accents, ligatures or case, with plain apostrophes."""
    lowered = text.translate(APOSTROPHES).casefold().translate(LIGATURES)
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def split(text: str) -> list[Word]:
    """Cut text into words: elisions and English possessives go, hyphens and signs separate."""
    plain = unicodedata.normalize("NFC", text).translate(APOSTROPHES)
    plain = POSSESSIVE.sub(_keep_plural, ELISION.sub("", plain))
    words: list[Word] = []
    for match in WORD.finditer(plain):
        written = match.group()
        capitals = written.isupper()
        words.extend(Word(part, capitals) for part in WORD.findall(fold(written)))
    return words


def _keep_plural(match: re.Match[str]) -> str:
    return " " if match.group().startswith("'") else "s "


@lru_cache(maxsize=65_536)
def root(word: str, language: Language) -> str:
    """Return the form under which a folded word is compared, by the rules of one language."""
    singular = word[:-1] if len(word) >= LEAST_PLURAL and word[-1] in "sx" else word
    if len(singular) < SHORT or word.isdigit():
        return singular
    if language == "fr":
        word = FEMININE.sub("e", word)
    return str(_stemmers()[language].stemWord(word))


@lru_cache(maxsize=65_536)
def roots(word: str) -> tuple[str, ...]:
    """Return the forms of a word whose language is not known, each once."""
    return tuple(dict.fromkeys(root(word, language) for language in LANGUAGES))


@lru_cache(maxsize=1)
def _stemmers() -> dict[Language, Stemmer.Stemmer]:
    return {"fr": Stemmer.Stemmer("french", 0), "en": Stemmer.Stemmer("english", 0)}
