"""From criteria to a page of results: groups of cards, paging, and what to loosen when there are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

import numpy as np
from flask_babel import gettext, ngettext

from referral.directory import words
from referral.directory.card_text import ShownCard, show_card
from referral.directory.cards import in_words
from referral.directory.choices import say_choice
from referral.directory.criteria import BEST, Criteria, Order
from referral.directory.live import NONE_LESSER, Lesser, LiveLine, find_lesser, list_lines
from referral.directory.reading import Readable
from referral.geo.names import fold_name
from referral.geo.places import KnownPlace
from referral.i18n.lists import say_number
from referral.i18n.locale import current_language
from referral.search.concepts import load_lexicon
from referral.search.engine import search
from referral.search.facets import Counts
from referral.search.query import Hit, Query, Ranks, Sort
from referral.shared.bilingual import Bilingual, Language

PER_PAGE = 20
GROUP_ORDER = tuple(words.GROUPS)
SORTS: dict[Order, Sort] = {"best": "best", "distance": "distance", "open": "open", "name": "given"}


@dataclass(frozen=True, slots=True)
class Group:
    """Cards that serve the place asked in the same way; ``title`` is empty where no place was asked."""

    code: str
    title: str
    cards: tuple[ShownCard, ...]


@dataclass(frozen=True, slots=True)
class Loosening:
    """A criterion to drop (``drop`` names it), and how many services that would give."""

    text: str
    drop: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results; pages count from 1. ``facets`` and ``known`` are those of the search engine.

    ``live`` is what holds tonight of each service shown, by id.
    """

    total: int
    page: int
    pages: int
    groups: tuple[Group, ...]
    loosenings: tuple[Loosening, ...]
    facets: Counts
    known: Counts
    concepts: tuple[str, ...]
    live: Mapping[str, LiveLine]


def make_query(
    criteria: Criteria, place: KnownPlace | None, at: datetime, lesser: Lesser = NONE_LESSER
) -> Query:
    """Return what to ask of the search engine, in its own order."""
    return Query(
        at=at,
        words=criteria.q,
        near=place,
        filters=criteria.chosen,
        language=current_language(),
        limit=PER_PAGE,
        closed=lesser.closed,
        without_room=lesser.without_room,
    )


def find_results(
    edition: Readable, criteria: Criteria, place: KnownPlace | None, at: datetime, page: int = 1
) -> Results:
    """Search and return a page; a page past the last gives the last."""
    lesser = find_lesser(edition)
    query = _sorted(edition, make_query(criteria, place, at, lesser), order_of(criteria, place))
    found = search(edition.index, replace(query, offset=(page - 1) * PER_PAGE))
    pages = max(1, ceil(found.total / PER_PAGE))
    if page > pages:
        page = pages
        found = search(edition.index, replace(query, offset=(page - 1) * PER_PAGE))
    grouped = place if query.sort == "best" else None
    return Results(
        total=found.total,
        page=page,
        pages=pages,
        groups=tuple(_group(edition, found.hits, place, is_grouped=grouped is not None)),
        loosenings=() if found.total else tuple(list_loosenings(edition, criteria, place, at, lesser)),
        facets=found.facets,
        known=found.known,
        concepts=found.concepts,
        live=list_lines([edition.listing(hit.position) for hit in found.hits]),
    )


def order_of(criteria: Criteria, place: KnownPlace | None) -> Order:
    """Return the order in force: without a place there is no distance to sort by."""
    return BEST if criteria.sort == "distance" and place is None else criteria.sort


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


def say_concepts(concepts: Sequence[str], typed: str) -> list[str]:
    """Return the preferred words of what was understood, which never stigmatise; none if all were typed."""
    known = load_lexicon().concepts
    said = [in_words(known[each].label) for each in concepts if each in known]
    return [] if all(fold_name(each) in fold_name(typed) for each in said) else said


def _sorted(edition: Readable, query: Query, order: Order) -> Query:
    ranks = name_ranks(edition, current_language()) if order == "name" else None
    return replace(query, sort=SORTS[order], ranks=ranks)


def name_ranks(edition: Readable, language: Language) -> Ranks:
    """Return the rank of each listing's name, read once for each edition and language."""
    kept: Ranks | None = edition.index.cache.get(f"names in {language}")
    if kept is None:
        names = []
        for position in range(edition.index.count):
            name = edition.listing(position).name
            names.append(fold_name(Bilingual(name.fr, name.en).best(language)[0]))
        kept = np.empty(len(names), dtype=np.int64)
        kept[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        edition.index.cache[f"names in {language}"] = kept
    return kept


def _group(
    edition: Readable, hits: Sequence[Hit], near: KnownPlace | None, *, is_grouped: bool
) -> Iterator[Group]:
    """Put cards under the way in which they serve, in the engine's order within each."""
    if not is_grouped:
        if hits:
            yield Group("all", "", tuple(show_card(edition, hit, near) for hit in hits))
        return
    for code in GROUP_ORDER:
        cards = [show_card(edition, hit, near) for hit in hits if hit.serves == code]
        if cards:
            yield Group(code, str(words.GROUPS[code]), tuple(cards))


def list_loosenings(
    edition: Readable,
    criteria: Criteria,
    place: KnownPlace | None,
    at: datetime,
    lesser: Lesser = NONE_LESSER,
) -> Iterator[Loosening]:
    """Name each criterion that, dropped alone, would give something; the most fruitful first."""
    found = []
    for name, value in criteria.criteria():
        looser = criteria.without(name, value)
        asked = make_query(looser, None if name == "near" else place, at, lesser)
        count = search(edition.index, replace(asked, limit=1)).total
        if count:
            found.append(Loosening(_dropping(name, value), f"{name}={value}", count))
    yield from sorted(found, key=lambda each: -each.count)


def _dropping(name: str, value: str) -> str:
    if name == "q":
        return gettext("Without the words “%(words)s”", words=value)
    if name == "near":
        return gettext("Anywhere, not only near %(place)s", place=value)
    if name == "region":
        return gettext("Outside %(region)s too", region=say_choice(name, value))
    return gettext("Without “%(words)s”", words=say_choice(name, value))
