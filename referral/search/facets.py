"""How many listings each value of each filter would leave.

A value is there only if some listing is known to answer yes; its count then includes those that
nobody asked, since they stay. For a filter that only ranks, it counts those known to fit. A
filter already chosen counts as if its value were changed for another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyroaring import BitMap

from referral.search.attributes import ALWAYS
from referral.search.filters import FILTERS
from referral.search.index import Index
from referral.search.selection import Choice, answers

Answers = tuple[BitMap, BitMap]
Counts = Mapping[str, Mapping[str, int]]


def count_facets(
    index: Index, candidates: BitMap, choices: Sequence[Choice], moment: Answers
) -> tuple[Counts, Counts]:
    """Count for all filters that have values to offer: those left, and those of them known to fit."""
    left = _without(candidates, choices, None)
    chosen = {choice.name for choice in choices}
    facets: dict[str, dict[str, int]] = {}
    fitting: dict[str, dict[str, int]] = {}
    for name, values in _table(index).items():
        base = _without(candidates, choices, name) if name in chosen else left
        ranks = FILTERS[name].kind == "rank"
        size = len(base)
        counts: dict[str, int] = {}
        sure: dict[str, int] = {}
        for value, (yes, no) in (values if name != "open_now" else {"true": moment}).items():
            known = base.intersection_cardinality(yes)
            if known:
                sure[value] = known
                counts[value] = known if ranks else size - (base.intersection_cardinality(no) if no else 0)
        if counts:
            facets[name], fitting[name] = counts, sure
    return facets, fitting


def offered(index: Index) -> Mapping[str, tuple[str, ...]]:
    """Return the values of each filter that some listing of the edition is known to answer yes to.

    Who is open depends on the moment: it is offered where somebody's hours are known.
    """
    values = {name: tuple(counted) for name, counted in _table(index).items() if counted}
    timed = bool(index.bitmap(ALWAYS)) or len(index.arrays["openings_spans"]) > 0
    return {name: held for name, held in values.items() if name != "open_now"} | (
        {"open_now": ("true",)} if timed else {}
    )


def _without(candidates: BitMap, choices: Sequence[Choice], name: str | None) -> BitMap:
    left = candidates
    for choice in choices:
        if choice.name != name and choice.no:
            left = left - choice.no
    return left


def _table(index: Index) -> dict[str, dict[str, Answers]]:
    """Return the values that some listing answers yes to, kept with the index."""
    kept: dict[str, dict[str, Answers]] | None = index.cache.get("facets")
    if kept is None:
        kept = {}
        held = _held(index)
        for name, definition in FILTERS.items():
            values = held.get(name, set()) if definition.facet else set()
            order = [each for each in definition.values if each in values or "*" in values]
            order += sorted(values.difference(order, "*"))
            kept[name] = {value: answers(index, name, value) for value in order}
        index.cache["facets"] = kept
    return kept


def _held(index: Index) -> dict[str, set[str]]:
    """Return, for each filter, the values that some listing answers yes to."""
    held: dict[str, set[str]] = {}
    for attribute in index.attributes:
        name, found, value = attribute.partition("=")
        if found:
            held.setdefault(name, set()).add(value)
    return held
