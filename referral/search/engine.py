"""From a query to a page of results: who fits, in what order, and why.

Words find all listings that answer any part of them; no words, all that fit. Filters remove what
is known not to fit, and only that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pyroaring import BitMap

from referral.geo.distance import geodesic_km
from referral.geo.places import KnownPlace
from referral.search.asking import Ask, understand
from referral.search.bitmaps import bitmap_of, flags_of, positions_of
from referral.search.documents import SHOWN
from referral.search.facets import count_facets
from referral.search.index import Index
from referral.search.matching import Match, match
from referral.search.opening import open_and_closed
from referral.search.query import Found, Hit, Query
from referral.search.ranking import SHARES, Order, best, lift, line_to_lift, weigh
from referral.search.selection import Choice, choose
from referral.search.territory import (
    ELSEWHERE,
    FAR_KM,
    SERVES,
    UNKNOWN,
    Territory,
    beyond,
    distance_shown,
    locate,
)


def search(index: Index, query: Query) -> Found:
    """Return the page asked for, how many there are in all, and the facets."""
    ask = understand(query.words, query.filters)
    matched = match(index, ask)
    choices = choose(index, query.filters, query.at)
    territory = locate(index, query.near, query.filters.get("region", ()))
    order = weigh(index, ask, matched, _weighed(index, choices, ask), territory)
    candidates = _candidates(index, query, matched, territory)
    candidates -= _too_far(choices, candidates, order, territory)
    found = candidates
    for choice in choices:
        found = found - choice.no
    moment = open_and_closed(index, query.at)
    hits = tuple(
        _hit(index, position, order, choices, territory, query.near, moment)
        for position in _page(index, query, ask, order, found, territory)
    )
    return Found(len(found), hits, count_facets(index, candidates, choices, moment), ask.concepts)


def _candidates(index: Index, query: Query, matched: Match | None, territory: Territory) -> BitMap:
    """Return what the words find, within the radius asked."""
    everyone = BitMap(range(index.count)) if matched is None else bitmap_of(np.flatnonzero(matched.found))
    radius = query.filters.get("radius_km", ())
    return everyone - beyond(index, territory, float(radius[0])) if radius and query.near else everyone


def _weighed(index: Index, choices: list[Choice], ask: Ask) -> list[Choice]:
    """Add the languages named among the words: they rank as a chosen language does."""
    if not ask.languages or any(choice.name == "lang" for choice in choices):
        return choices
    spoken = BitMap()
    for concept in ask.languages:
        spoken |= index.bitmap(f"lang={concept.partition('_')[2]}")
    return [*choices, Choice("lang", spoken, BitMap())]


def _too_far(choices: Sequence[Choice], candidates: BitMap, order: Order, territory: Territory) -> BitMap:
    """Return who serves elsewhere, beyond 100 km, while one that serves the place answers as well."""
    if not territory.asked or np.isnan(territory.km).all():
        return BitMap()
    fitting = candidates
    for choice in choices:
        fitting = fitting - choice.no
    positions = positions_of(fitting)
    serving = positions[territory.tier[positions] < UNKNOWN]
    if not len(serving):
        return BitMap()
    far = (territory.tier == ELSEWHERE) & ~(territory.km <= FAR_KM)
    return bitmap_of(np.flatnonzero(far & (order.level <= order.level[serving].max())))


def _page(
    index: Index, query: Query, ask: Ask, order: Order, found: BitMap, territory: Territory
) -> list[int]:
    wanted = max(query.offset, 0) + max(query.limit, 0)
    ranked = [int(each) for each in best(index, order, found, wanted)]
    ranked = lift(ranked, line_to_lift(index, ask, order, found, territory))
    return ranked[max(query.offset, 0) : wanted]


def _hit(
    index: Index,
    position: int,
    order: Order,
    choices: Sequence[Choice],
    territory: Territory,
    near: KnownPlace | None,
    moment: tuple[BitMap, BitMap],
) -> Hit:
    opened, closed = moment
    open_now = True if position in opened else False if position in closed else None
    unknown = tuple(choice.name for choice in choices if choice.counts and position not in choice.yes)
    km, band = distance_shown(index, territory, position)
    if km is not None and near is not None:
        km = round(geodesic_km(near.latitude, near.longitude, *_point(index, position)), 1)
    serves = SERVES[territory.tier[position]]
    return Hit(
        position=position,
        score=float(order.keys[position]),
        serves=serves,
        open_now=open_now,
        reasons=_reasons(index, position, order, choices, serves if territory.asked else None, open_now, unknown),
        unknown=unknown,
        distance_km=km,
        distance_band=band,
    )


def _point(index: Index, position: int) -> tuple[float, float]:
    return float(index.arrays["latitude"][position]), float(index.arrays["longitude"][position])


def _reasons(
    index: Index,
    position: int,
    order: Order,
    choices: Sequence[Choice],
    serves: str | None,
    open_now: bool | None,
    unknown: tuple[str, ...],
) -> tuple[str, ...]:
    """Return why a listing stands where it does, as codes, the strongest first."""
    level = int(order.level[position])
    spoken = any(choice.name == "lang" and position in choice.yes for choice in choices)
    told = (
        ("serves_" + (serves or ""), serves is not None),
        ("matches_need", level == len(SHARES)),
        ("matches_partly", 0 < level < len(SHARES)),
        ("always_open", position in index.bitmap("always_open=true")),
        ("open_now", bool(open_now) and position not in index.bitmap("always_open=true")),
        ("listed_language", spoken),
        ("fits_filters", bool(choices) and not unknown),
        ("call_first", bool(unknown)),
    )
    return tuple(code for code, holds in told if holds)
