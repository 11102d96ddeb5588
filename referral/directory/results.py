"""From criteria to a page of results: groups of cards, paging, and what to loosen when there are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Protocol

from flask_babel import gettext, ngettext

from referral.catalogue.listing import Listing
from referral.directory import words
from referral.directory.cards import Card, label, make_card, region_name
from referral.directory.criteria import Criteria
from referral.geo.places import KnownPlace
from referral.i18n.lists import say_number
from referral.i18n.locale import current_language
from referral.search.engine import search
from referral.search.index import Index
from referral.search.query import Found, Hit, Query

PER_PAGE = 20
GROUP_ORDER = tuple(words.GROUPS)


class Readable(Protocol):
    """The part of an edition that results come from."""

    @property
    def index(self) -> Index:
        """What is searched."""

    def listing(self, position: int) -> Listing:
        """Return the listing at a position."""


@dataclass(frozen=True, slots=True)
class Group:
    """Cards that serve the place asked in the same way; ``title`` is empty where no place was asked."""

    code: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Loosening:
    """A criterion to drop, and how many services that would give."""

    text: str
    criteria: Criteria
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results; pages count from 1."""

    total: int
    page: int
    pages: int
    groups: tuple[Group, ...]
    loosenings: tuple[Loosening, ...]


def make_query(criteria: Criteria, place: KnownPlace | None, at: datetime) -> Query:
    """Return what to ask of the search engine."""
    return Query(
        at=at,
        words=criteria.q,
        near=place,
        filters=criteria.filters(),
        language=current_language(),
        limit=PER_PAGE,
    )


def find_results(
    edition: Readable, criteria: Criteria, place: KnownPlace | None, at: datetime, page: int = 1
) -> Results:
    """Search and return a page; a page past the last gives the last."""
    query = make_query(criteria, place, at)
    found = search(edition.index, replace(query, offset=(page - 1) * PER_PAGE))
    pages = max(1, ceil(found.total / PER_PAGE))
    if page > pages:
        page = pages
        found = search(edition.index, replace(query, offset=(page - 1) * PER_PAGE))
    return Results(
        total=found.total,
        page=page,
        pages=pages,
        groups=tuple(_group(edition, found.hits, place)),
        loosenings=() if found.total else tuple(list_loosenings(edition, criteria, place, at)),
    )


def title_of(results: Results, criteria: Criteria, place: KnownPlace | None) -> str:
    """Return what was found, for what and near where, in a sentence."""
    shown = say_number(results.total, current_language())
    parts = [ngettext("%(number)s service", "%(number)s services", results.total, number=shown)]
    if criteria.q:
        parts.append(gettext("for “%(words)s”", words=criteria.q))
    if place:
        parts.append(gettext("near %(place)s", place=place.label))
    if results.page > 1:
        parts.append(gettext("(page %(page)s)", page=say_number(results.page, current_language())))
    return " ".join(parts)


def _group(edition: Readable, hits: Sequence[Hit], near: KnownPlace | None) -> Iterator[Group]:
    """Put cards under the way in which they serve, in the engine's order within each."""
    if near is None:
        if hits:
            yield Group("all", "", tuple(make_card(edition.listing(hit.position), hit, None) for hit in hits))
        return
    for code in GROUP_ORDER:
        cards = [make_card(edition.listing(hit.position), hit, near) for hit in hits if hit.serves == code]
        if cards:
            yield Group(code, str(words.GROUPS[code]), tuple(cards))


def list_loosenings(
    edition: Readable, criteria: Criteria, place: KnownPlace | None, at: datetime
) -> Iterator[Loosening]:
    """Name each criterion that, dropped alone, would give something; the most fruitful first."""
    found = []
    for name, text in _dropping(criteria):
        looser = criteria.without(name)
        count = _count(edition, looser, None if name == "near" else place, at)
        if count:
            found.append(Loosening(text, looser, count))
    yield from sorted(found, key=lambda each: -each.count)


def _count(edition: Readable, criteria: Criteria, place: KnownPlace | None, at: datetime) -> int:
    found: Found = search(edition.index, replace(make_query(criteria, place, at), limit=1))
    return found.total


def _dropping(criteria: Criteria) -> Iterator[tuple[str, str]]:
    if criteria.q:
        yield "q", gettext("Without the words “%(words)s”", words=criteria.q)
    if criteria.near:
        yield "near", gettext("Anywhere, not only near %(place)s", place=criteria.near)
    if criteria.need:
        yield "need", gettext("Without “%(words)s”", words=label("categories", criteria.need))
    if criteria.clientele:
        yield "clientele", gettext("Without “%(words)s”", words=label("clientele", criteria.clientele))
    if criteria.region:
        yield "region", gettext("Outside %(region)s too", region=region_name(criteria.region))
