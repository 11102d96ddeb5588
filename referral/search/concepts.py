"""What people mean: terms of data/vocabulary/synonyms.csv grouped into concepts, in both languages.

A term typed in one language finds what is written in the other through its concept. Terms may
stigmatise; they are for searching only, and a label is always the preferred term.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from referral.catalogue.vocabulary import TAXONOMIES
from referral.search.analysis import STOP_WORDS, Word, root, split
from referral.search.filters import WIDER_LANGUAGE
from referral.shared.bilingual import Bilingual, Language
from referral.shared.paths import DATA

Role = Literal["topic", "situation", "audience", "quality", "danger", "language"]
Key = tuple[str, ...]

SYNONYMS = DATA / "vocabulary" / "synonyms.csv"
LINKS = DATA / "vocabulary" / "concept_links.csv"
SHORT_ABBREVIATION = 2
"""Letters up to which an abbreviation counts only when written in capitals."""
ENDING = 3
"""Letters by which an inflected word may be longer or shorter than the term it stands for."""
LANGUAGE_PREFIX = "lang_"
NOT_A_LANGUAGE = frozenset({"mul"})


@dataclass(frozen=True, slots=True)
class Concept:
    """An idea with its words: a help sought (topic), what happened (situation), who it is for, how it is.

    Listings of ``categories`` (or for ``clientele``) answer it; those of ``related`` may.
    ``suggests`` are filters to offer, never to apply unasked.
    """

    id: str
    role: Role
    label: Bilingual
    categories: frozenset[str] = frozenset()
    related: frozenset[str] = frozenset()
    clientele: frozenset[str] = frozenset()
    suggests: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A term found: its concept, and the words it covers."""

    concept: str
    start: int
    end: int


@dataclass(slots=True)
class Lexicon:
    """All concepts, and for each language the sequences of roots that name them."""

    concepts: dict[str, Concept]
    terms: dict[Language, dict[Key, str]] = field(default_factory=lambda: {"fr": {}, "en": {}})
    capitals: set[Key] = field(default_factory=set)
    longest: dict[str, int] = field(default_factory=dict)
    exact: dict[Key, str] = field(default_factory=dict)
    lengths: dict[Key, set[int]] = field(default_factory=dict)
    digest: str = ""

    def add(self, concept: str, language: Language, term: str) -> None:
        """Let a term name a concept, unless another took it before; as written it names this one."""
        words = split(term)
        written = tuple(word.text for word in words)
        key = tuple(root(word, language) for word in written)
        if not key:
            return
        self.exact.setdefault(written, concept)
        self.terms[language].setdefault(key, concept)
        self.longest[key[0]] = max(self.longest.get(key[0], 0), len(key))
        if len(key) == 1:
            self.lengths.setdefault(key, set()).add(len(written[0]))
            if len(written[0]) <= SHORT_ABBREVIATION:
                self.capitals.add(key)

    def find(self, words: Sequence[Word], languages: Iterable[Language]) -> list[Span]:
        """Return the terms in a text, the longest first, none over another."""
        keys = [(self.terms[each], [root(word.text, each) for word in words]) for each in languages]
        spans: list[Span] = []
        start = 0
        while start < len(words):
            span = self._longest_at(words, keys, start)
            if span:
                spans.append(span)
            start = span.end if span else start + 1
        return spans

    def _longest_at(
        self, words: Sequence[Word], keys: list[tuple[dict[Key, str], list[str]]], start: int
    ) -> Span | None:
        longest = max(self.longest.get(forms[start], 0) for _, forms in keys)
        for length in range(min(longest, len(words) - start), 0, -1):
            written = tuple(word.text for word in words[start : start + length])
            for terms, forms in keys:
                key = tuple(forms[start : start + length])
                concept = self._as_written(written) or terms.get(key)
                if concept and key in terms and (length > 1 or self._is_meant(key, words[start])):
                    return Span(concept, start, start + length)
        return None

    def _as_written(self, written: Key) -> str | None:
        return self.exact.get(written) or self.exact.get((*written[:-1], written[-1].removesuffix("s")))

    def _is_meant(self, key: Key, word: Word) -> bool:
        """Say whether one word names a concept: *drogueriste* only shares its root with *drogue*."""
        if key in self.capitals:
            return word.capitals
        return any(abs(length - len(word.text)) <= ENDING for length in self.lengths[key])


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Read the terms and what they lead to; languages come by their own names, last."""
    terms, links = _read(SYNONYMS), {row["concept_id"]: row for row in _read(LINKS)}
    lexicon = Lexicon({each: _concept(each, terms, links.get(each, {})) for each in _in_order(terms)})
    for row in terms:
        lexicon.add(row["concept_id"], _language(row["lang"]), row["term"])
    for code, names in TAXONOMIES["languages"].items():
        if code not in NOT_A_LANGUAGE:
            _add_language(lexicon, code, names)
    content = (
        SYNONYMS.read_bytes()
        + LINKS.read_bytes()
        + STOP_WORDS.read_bytes()
        + repr(sorted(TAXONOMIES.items())).encode()
    )
    lexicon.digest = hashlib.blake2b(content, digest_size=8).hexdigest()
    return lexicon


def concept_label(concept: str) -> Bilingual:
    """Return the words that may be shown for a concept; raises KeyError."""
    return load_lexicon().concepts[concept].label


def suggested_filters(concepts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the filters to offer for what was understood, each once, in order."""
    known = load_lexicon().concepts
    return tuple(dict.fromkeys(pair for each in concepts if each in known for pair in known[each].suggests))


def answering(categories: Iterable[str], clientele: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the concepts that a listing of these codes answers, and those to which it is related."""
    by_code, by_related, by_clientele = _by_code()
    strong = {each for code in categories for each in by_code.get(code, ())}
    strong |= {each for code in clientele for each in by_clientele.get(code, ())}
    related = {each for code in categories for each in by_related.get(code, ())}
    return frozenset(strong), frozenset(related - strong)


@lru_cache(maxsize=1)
def _by_code() -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
    tables: tuple[dict[str, list[str]], ...] = ({}, {}, {})
    for concept in load_lexicon().concepts.values():
        for table, codes in zip(
            tables, (concept.categories, concept.related, concept.clientele), strict=True
        ):
            for code in codes:
                table.setdefault(code, []).append(concept.id)
    return tables[0], tables[1], tables[2]


def _concept(each: str, terms: list[dict[str, str]], link: Mapping[str, str]) -> Concept:
    preferred = {
        row["lang"]: row["term"] for row in terms if row["concept_id"] == each and row["kind"] == "preferred"
    }
    return Concept(
        id=each,
        role=_role(link.get("role", "topic")),
        label=Bilingual(preferred.get("fr"), preferred.get("en")),
        categories=_codes(link.get("categories", "")),
        related=_codes(link.get("related", "")),
        clientele=_codes(link.get("clientele", "")),
        suggests=_pairs(link.get("suggests", "")),
    )


def _add_language(lexicon: Lexicon, code: str, names: Bilingual) -> None:
    concept = f"{LANGUAGE_PREFIX}{code}"
    lexicon.concepts[concept] = Concept(
        concept, "language", names, suggests=(("lang", WIDER_LANGUAGE.get(code, code)),)
    )
    for language, name in (("fr", names.fr), ("en", names.en)):
        if name:
            lexicon.add(concept, _language(language), name.split("(")[0])


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _in_order(terms: list[dict[str, str]]) -> list[str]:
    return list(dict.fromkeys(row["concept_id"] for row in terms))


def _language(code: str) -> Language:
    return "fr" if code == "fr" else "en"


def _role(name: str) -> Role:
    roles: dict[str, Role] = {
        "situation": "situation",
        "audience": "audience",
        "quality": "quality",
        "danger": "danger",
    }
    return roles.get(name, "topic")


def _codes(cell: str) -> frozenset[str]:
    return frozenset(cell.split(";")) - {""}


def _pairs(cell: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value) for name, _, value in (pair.partition("=") for pair in cell.split(";") if pair)
    )
