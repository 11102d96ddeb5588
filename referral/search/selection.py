"""What filters leave: for each, who is known to fit, who is known not to, and who nobody asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from referral.search.analysis import LANGUAGES, root, split
from referral.search.attributes import AGELESS
from referral.search.bitmaps import bitmap_of
from referral.search.documents import AREA, UNKNOWN_AGE
from referral.search.filters import AUDIENCES, FILTERS
from referral.search.index import Index

NOBODY = BitMap()
UNCOUNTED = frozenset({"exploitation", "radius_km"})
"""Filters of which nobody can know the answer of a listing, so that it is not said to be unknown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter as chosen: positions known to fit, positions known not to (removed)."""

    name: str
    yes: BitMap
    no: BitMap

    @property
    def counts(self) -> bool:
        """Say whether not fitting for sure is said and weighed."""
        return self.name not in UNCOUNTED


def choose(
    index: Index, filters: Mapping[str, tuple[str, ...]], moment: tuple[BitMap, BitMap]
) -> list[Choice]:
    """Read the filters against the index, with who is open and who is closed at the moment asked.

    ``radius_km`` is read with the place (``territory``).
    """
    return [
        _choice(index, name, values, moment)
        for name, values in filters.items()
        if name in FILTERS and name != "radius_km"
    ]


def _choice(index: Index, name: str, values: tuple[str, ...], moment: tuple[BitMap, BitMap]) -> Choice:
    special: dict[str, Callable[[], tuple[BitMap, BitMap]]] = {
        "open_now": lambda: moment,
        "age": lambda: _age(index, int(values[0])),
        "area": lambda: (_area(index, values[0]), NOBODY),
        "children": lambda: answers(index, "children", "true"),
        "child_age": lambda: answers(index, "children", "true"),
        "exploitation": lambda: (NOBODY, NOBODY),
        "audience": lambda: (_audience(index, values), NOBODY),
    }
    return Choice(name, *(special[name]() if name in special else _any_of(index, name, values)))


def _any_of(index: Index, name: str, values: tuple[str, ...]) -> tuple[BitMap, BitMap]:
    pairs = [answers(index, name, value) for value in values]
    return BitMap.union(*(yes for yes, _ in pairs)), BitMap.intersection(*(no for _, no in pairs))


def _audience(index: Index, values: tuple[str, ...]) -> BitMap:
    codes = sorted({code for value in values for code in AUDIENCES[value]})
    return BitMap.union(BitMap(), *(index.bitmap(f"clientele={code}") for code in codes))


def answers(index: Index, name: str, value: str) -> tuple[BitMap, BitMap]:
    """Return the positions that answer yes to one value of a filter, and those that answer no."""
    yes = index.bitmap(f"{name}={value}") | index.bitmap(f"{name}=*")
    if FILTERS[name].kind == "rank":
        return yes, NOBODY
    no = index.bitmap(f"{name}!") - yes if FILTERS[name].closed else index.bitmap(f"{name}!{value}")
    return yes, no


def _age(index: Index, age: int) -> tuple[BitMap, BitMap]:
    least, most = index.arrays["minimum_age"], index.arrays["maximum_age"]
    too_young = (least != UNKNOWN_AGE) & (least > age)
    too_old = (most != UNKNOWN_AGE) & (most < age)
    known = (least != UNKNOWN_AGE) | (most != UNKNOWN_AGE)
    no = too_young | too_old
    return bitmap_of(np.flatnonzero(known & ~no)) | index.bitmap(AGELESS), bitmap_of(np.flatnonzero(no))


def _area(index: Index, text: str) -> BitMap:
    """Return the listings whose territory names every word of a text, or that serve all the province."""
    held: BitMap | None = None
    for word in split(text):
        found = BitMap()
        for language in LANGUAGES:
            postings = index.postings(AREA + root(word.text, language))
            if postings is not None:
                found |= bitmap_of(postings[0])
        held = found if held is None else held & found
    return (held or BitMap()) | index.bitmap("region=*")
