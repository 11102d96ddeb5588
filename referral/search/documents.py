"""What is indexed of a listing: its words and concepts with their weights, its attributes, its numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from referral.catalogue.listing import Listing, Text
from referral.catalogue.schedules import WEEKDAYS
from referral.catalogue.trust import LADDER, Trust
from referral.catalogue.vocabulary import TAXONOMIES
from referral.geo.areas import REGIONS
from referral.geo.precision import area_centroid
from referral.search.analysis import LANGUAGES, STOP, root, split
from referral.search.attributes import list_attributes, regions_served
from referral.search.concepts import answering, load_lexicon
from referral.shared.bilingual import Bilingual, Language

STRONG, WEAK, RELATED, AREA = "#", "~", "%", "@"
"""Prefixes of terms that are not words: concepts named or coded, only described, related; territories."""

NAME, CATEGORY, ORGANIZATION, OTHER = 3.0, 2.0, 1.5, 1.0
CODED = 3.0
NO_POINT, SHOWN, BANDED = 0, 1, 2
UNKNOWN_AGE = -1
NO_HOURS = -1
ALL_TIME = (1, 3_652_059)
"""Ordinals of the first and last days that there are."""


@dataclass(slots=True)
class Document:
    """One listing as the index holds it."""

    terms: dict[str, float] = field(default_factory=dict)
    length: float = 0.0
    attributes: list[str] = field(default_factory=list)
    openings: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    tie: int = 0
    point: tuple[float, float] = (np.nan, np.nan)
    precision: int = NO_POINT
    ages: tuple[int, int] = (UNKNOWN_AGE, UNKNOWN_AGE)
    trust: int = 0
    assured: int = 0
    """The day of the last confirmation as an ordinal, 0 where there was none."""

    def add(self, term: str, weight: float) -> None:
        """Count a term once more."""
        self.terms[term] = self.terms.get(term, 0.0) + weight


def make_document(listing: Listing) -> Document:
    """Read a listing; nothing that it does not hold has any part in what is found or in its order."""
    document = Document(
        attributes=list_attributes(listing),
        openings=list(_openings(listing)),
        tie=int.from_bytes(hashlib.blake2b(listing.id.encode(), digest_size=8).digest(), "big"),
        ages=tuple(UNKNOWN_AGE if age is None else age for age in (listing.minimum_age, listing.maximum_age)),  # type: ignore[arg-type]
        trust=LADDER.index(Trust(listing.trust)) if listing.trust in LADDER else 0,
        assured=listing.assured_date.toordinal() if listing.assured_date else 0,
    )
    document.point, document.precision = _point(listing)
    for text, language, weight, prefix in _texts(listing):
        _add_text(document, text, language, weight, prefix)
    strong, related = answering(listing.categories, listing.clientele)
    for concept in strong:
        document.add(STRONG + concept, CODED)
    for concept in related:
        document.add(RELATED + concept, OTHER)
    for text, language in _territory(listing):
        for word in split(text):
            document.add(AREA + root(word.text, language), OTHER)
    return document


def _age(age: int | None) -> int:
    return UNKNOWN_AGE if age is None else age


def _texts(listing: Listing) -> Iterator[tuple[str, Language, float, str]]:
    """Yield each text with its language, its weight, and how strongly a concept named there counts."""
    for language in LANGUAGES:
        for value, weight, prefix in (
            (listing.name, NAME, STRONG),
            (listing.organization.name, ORGANIZATION, STRONG),
            (listing.description, OTHER, WEAK),
            (listing.area.description, OTHER, WEAK),
        ):
            if text := _in(value, language):
                yield text, language, weight, prefix
        for taxonomy, codes, weight in (
            ("categories", listing.categories, CATEGORY),
            ("clientele", listing.clientele, OTHER),
        ):
            for code in codes:
                yield _in(TAXONOMIES[taxonomy].get(code), language) or code, language, weight, WEAK


def _add_text(document: Document, text: str, language: Language, weight: float, prefix: str) -> None:
    for root_, is_word in _analysed(text, language):
        if is_word:
            document.length += weight
            document.add(root_, weight)
        else:
            document.add(prefix + root_, weight)


@lru_cache(maxsize=4_096)
def _analysed(text: str, language: Language) -> tuple[tuple[str, bool], ...]:
    words = split(text)
    found = [(span.concept, False) for span in load_lexicon().find(words, (language,))]
    return (*((root(word.text, language), True) for word in words if word.text not in STOP), *found)


def _territory(listing: Listing) -> Iterator[tuple[str, Language]]:
    for code in regions_served(listing):
        if code in REGIONS:
            yield REGIONS[code].fr or "", "fr"
    for town in (*listing.area.municipalities, listing.place.municipality):
        if town:
            yield town, "fr"
    for language in LANGUAGES:
        if text := _in(listing.area.description, language):
            yield text, language


def _in(value: Text | Bilingual | None, language: Language) -> str | None:
    if value is None:
        return None
    return value.fr if language == "fr" else value.en


def _point(listing: Listing) -> tuple[tuple[float, float], int]:
    """Return the point that distances are from: one that may be shown, or the middle of the public area."""
    place = listing.place
    if (
        place.precision in {"address", "municipality"}
        and place.latitude is not None
        and place.longitude is not None
    ):
        return (place.latitude, place.longitude), SHOWN
    if place.precision == "none" or place.region_code is None:
        return (np.nan, np.nan), NO_POINT
    try:
        return area_centroid(place.region_code, place.municipality), BANDED
    except KeyError:
        return (np.nan, np.nan), NO_POINT


def _openings(listing: Listing) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield weekday (0 is Monday), opening and closing in seconds of the day, first and last day in force.

    A day on which a service is closed has no times: ``NO_HOURS`` for both.
    """
    for closed in listing.closed_on:
        yield closed.weekday(), NO_HOURS, NO_HOURS, closed.toordinal(), closed.toordinal()
    for opening in listing.openings:
        opens, closes = (
            each.hour * 3600 + each.minute * 60 + each.second
            for each in (opening.opens_at, opening.closes_at)
        )
        first = opening.valid_from.toordinal() if opening.valid_from else ALL_TIME[0]
        last = opening.valid_to.toordinal() if opening.valid_to else ALL_TIME[1]
        for day in opening.byday:
            yield WEEKDAYS.index(day), opens, closes, first, last
