"""From a query to a page of results: who fits, in what order, and why.

Words find all listings that answer any part of them; no words, all that fit. Filters remove what
is known not to fit, and only that.
"""

from __future__ import annotations

import numpy as np
from pyroaring import BitMap

from referral.search.asking import Ask, understand
from referral.search.bitmaps import bitmap_of, positions_of
from referral.search.essentials import LATEST, lift_essentials
from referral.search.facets import count_facets
from referral.search.index import Index
from referral.search.matching import Match, match
from referral.search.opening import open_and_closed
from referral.search.overdue import judge, set_back
from referral.search.query import Found, Hit, Query
from referral.search.ranking import SHARES, best, weigh
from referral.search.results import Results
from referral.search.selection import Choice, choose
from referral.search.sorting import in_order
from referral.search.territory import ELSEWHERE, FAR_KM, SERVES, UNKNOWN, distance_shown, locate


def search(index: Index, query: Query) -> Found:
    """Return the page asked for, how many there are in all, and the facets."""
    ask = understand(query.words, query.filters)
    matched = match(index, ask)
    moment = open_and_closed(index, query.at, query.closed)
    choices = choose(index, query.filters, moment)
    territory = locate(index, query.near, query.filters.get("region", ()))
    choices = _with_languages(index, choices, ask)
    order = weigh(index, ask, matched, choices, territory, told=(query.closed, query.without_room))
    standings = judge(index, query.at)
    order = set_back(order, territory, standings.last)
    results = Results(index, query, ask, choices, territory, order, moment, standings)
    candidates = _candidates(results, matched)
    if standings.hidden:
        candidates -= standings.hidden
    candidates -= _too_far(results, candidates)
    found = results.fitting(candidates)
    hits = tuple(_hit(results, position) for position in _page(results, found))
    facets, known = count_facets(index, candidates, choices, results.moment)
    return Found(len(found), hits, facets, ask.concepts, known)


def _candidates(results: Results, matched: Match | None) -> BitMap:
    """Return what the words find, within the radius asked."""
    everyone = BitMap(range(results.index.count))
    found = everyone if matched is None else bitmap_of(np.flatnonzero(matched.found))
    radius = results.query.filters.get("radius_km", ())
    if radius and results.query.near:
        found -= results.beyond(float(radius[0]))
    return found


def _with_languages(index: Index, choices: list[Choice], ask: Ask) -> list[Choice]:
    """Add the languages named among the words: they rank as a chosen language does."""
    if not ask.languages or any(choice.name == "lang" for choice in choices):
        return choices
    spoken = BitMap.union(*(index.bitmap(f"lang={code}") for code in sorted(ask.languages)))
    return [*choices, Choice("lang", spoken, BitMap())]


def _too_far(results: Results, candidates: BitMap) -> BitMap:
    """Return who serves elsewhere, beyond 100 km, while one that serves the place answers as well."""
    tier, km, level = results.territory.tier, results.territory.km, results.order.level
    if results.query.near is None:
        return BitMap()
    fitting, last = results.fitting(candidates), results.standings.last
    positions = positions_of(fitting - last if last else fitting)
    serving = positions[tier[positions] < UNKNOWN]
    if not len(serving):
        return BitMap()
    far = (tier == ELSEWHERE) & ~(km <= FAR_KM)
    return bitmap_of(np.flatnonzero(far & (level <= level[serving].max())))


def _page(results: Results, found: BitMap) -> list[int]:
    first, last = max(results.query.offset, 0), max(results.query.offset, 0) + max(results.query.limit, 0)
    if results.query.sort != "best":
        return [int(each) for each in in_order(results, found, last)[first:]]
    ranked = [int(each) for each in best(results.index, results.order, found, max(last, LATEST + 1))]
    return lift_essentials(results, found, ranked)[first:last]


def _hit(results: Results, position: int) -> Hit:
    unknown = results.unknown(position)
    km, band = distance_shown(results.index, results.territory, position)
    return Hit(
        position=position,
        score=float(results.order.keys[position]),
        serves=SERVES[results.territory.tier[position]],
        open_now=results.open_now(position),
        reasons=_reasons(results, position, unknown),
        unknown=unknown,
        distance_km=km,
        distance_band=band,
        overdue=results.standings.of(position),
    )


def _reasons(results: Results, position: int, unknown: tuple[str, ...]) -> tuple[str, ...]:
    """Return why a listing stands where it does, as codes, the strongest first."""
    level, spelled = int(results.order.level[position]), not results.ask.wordless
    always = position in results.index.bitmap("always_open=true")
    spoken = any(choice.name == "lang" and position in choice.yes for choice in results.choices)
    told = (
        (f"serves_{SERVES[results.territory.tier[position]]}", results.territory.asked),
        ("matches_need", spelled and level == len(SHARES)),
        ("matches_partly", spelled and 0 < level < len(SHARES)),
        ("always_open", always),
        ("open_now", results.open_now(position) is True and not always),
        ("listed_language", spoken),
        ("fits_filters", bool(results.choices) and not unknown),
        ("call_first", bool(unknown)),
    )
    return tuple(code for code, holds in told if holds)
