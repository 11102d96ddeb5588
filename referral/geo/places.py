"""Places that someone may name: towns, neighbourhoods, First Nations, villages, postal areas, regions."""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from referral.geo.areas import ALIASES, REGIONS, is_whole_province, region_named
from referral.geo.names import fold_name
from referral.shared.paths import DATA

PLACES_FILE = DATA / "geo" / "places.csv"
MOST_SUGGESTED = 10

_SHORTEST_PREFIX = 2
_SHORTEST_TYPO = 4
_LEAST_LIKENESS = 0.75
_KINDS = (
    "municipality",
    "first_nation",
    "northern_village",
    "borough",
    "neighbourhood",
    "locality",
    "region",
    "fsa",
)
_POSTAL_AREA = re.compile(r"([A-Z]\d[A-Z])(?:[ -]?\d[A-Z]\d)?")
_POSTAL_CODE = re.compile(r"\b([A-Z]\d[A-Z])[ -]?\d[A-Z]\d\b")
_LEAD = re.compile(
    r"^(?:(?:la )?ville de|(?:the )?(?:city|town|village) of|(?:la )?municipalite (?:de|d)|village de"
    r"|pres (?:de|d)|near|in|a|au|aux|around|autour (?:de|d)|secteur|quartier|arrondissement) (?=.)"
)
_TAIL = re.compile(r"(?<=.)(?: (?:qc|pq|quebec|canada))+$")
_COUNTRY = frozenset({"qc", "pq", "quebec", "canada"})


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place of the table. Coordinates in degrees, ``radius_km`` how far the point may be off."""

    name: str
    kind: str
    region_code: str
    latitude: float
    longitude: float
    population: int | None = None
    radius_km: float | None = None
    municipality: str | None = None

    @property
    def is_vague(self) -> bool:
        """Tell a rural postal area (second character 0): ask for the village, J0M spans 600 km."""
        return self.kind == "fsa" and self.name[1] == "0"

    @property
    def label(self) -> str:
        """Name with the region, which sets homonyms apart; it is found again as typed."""
        region = REGIONS[self.region_code].fr
        return self.name if self.name == region else f"{self.name} ({region})"


@dataclass(frozen=True, slots=True)
class _Index:
    """``exact`` by folded name, own names first; ``starts`` sorted, each from the start of a word."""

    places: tuple[KnownPlace, ...]
    exact: dict[str, tuple[KnownPlace, ...]]
    postal: dict[str, KnownPlace]
    starts: tuple[tuple[str, str], ...]
    names: tuple[str, ...]


def load_places() -> tuple[KnownPlace, ...]:
    """Return every place of the table; read once."""
    return _index().places


def find_places(text: str) -> list[KnownPlace]:
    """Return the places that a text may mean, best first; none for « le Québec », the whole province.

    The first of these that finds something: the name (accents, case, hyphens, ``St`` do not count),
    a postal code, the beginning of a name, a name mistyped, the town at the end of an address.
    Homonyms all come back: when there are several, offer the choice by ``label``. Only the first
    three characters of a postal code are used.
    """
    if is_whole_province(text):
        return []
    parts = _split(text)
    if len(parts) == 1:
        return _find_name(parts[0], text)
    region_code = region_named(parts[-1])
    if region_code is None:
        return _find_name(text, text) or list_exact(parts[-1])
    found = _find_name(parts[0], text)
    return [place for place in found if place.region_code == region_code] or found or list_exact(parts[-1])


def list_exact(text: str) -> list[KnownPlace]:
    """Return the places of that very name, whatever its accents, case, hyphens or a leading « ville de »."""
    exact = _index().exact
    folded = fold_name(text)
    bare = _TAIL.sub("", _LEAD.sub("", folded))
    return list(exact.get(folded) or exact.get(bare, ()))


def _split(text: str) -> list[str]:
    """Split « Saint-Raphaël (Chaudière-Appalaches) » or « Laval, QC » where a region or a town may stand."""
    parts = [part.strip(" )") for part in re.split(r"[,(]", text)]
    parts = [part for part in parts if part] or [text]
    while len(parts) > 1 and fold_name(parts[-1]) in _COUNTRY:
        parts.pop()
    return parts


def _find_name(name: str, text: str) -> list[KnownPlace]:
    found = list_exact(name) or _find_postal(text)
    return found or _find_beginnings(fold_name(name)) or _find_mistyped(name)


def _find_postal(text: str) -> list[KnownPlace]:
    upper = text.strip().upper()
    match = _POSTAL_AREA.fullmatch(upper) or _POSTAL_CODE.search(upper)
    place = _index().postal.get(match[1]) if match else None
    return [place] if place else []


def _find_beginnings(folded: str) -> list[KnownPlace]:
    """Return names that begin with these letters, then names with a later word that does."""
    if len(folded) < _SHORTEST_PREFIX:
        return []
    starts = _index().starts
    whole: set[str] = set()
    inside: set[str] = set()
    for position in range(bisect_left(starts, (folded, "")), len(starts)):
        start, name = starts[position]
        if not start.startswith(folded):
            break
        (whole if start == name else inside).add(name)
    return _gather([*sorted(whole, key=_fame), *sorted(inside - whole, key=_fame)])


def _find_mistyped(text: str) -> list[KnownPlace]:
    folded = _LEAD.sub("", fold_name(text))
    if len(folded) < _SHORTEST_TYPO:
        return []
    close = process.extract(
        folded,
        _index().names,
        scorer=OSA.normalized_similarity,
        score_cutoff=_LEAST_LIKENESS,
        limit=MOST_SUGGESTED,
    )
    close.sort(key=lambda match: (-match[1], _fame(match[0])))
    return _gather(name for name, _, _ in close)


def _fame(name: str) -> tuple[int, str]:
    """Order names by the population of the largest place that bears them."""
    return -max(place.population or 0 for place in _index().exact[name]), name


def _gather(names: Iterable[str]) -> list[KnownPlace]:
    exact = _index().exact
    places = dict.fromkeys(place for name in names for place in exact[name])
    return list(places)[:MOST_SUGGESTED]


@cache
def _index() -> _Index:
    own: dict[str, list[KnownPlace]] = defaultdict(list)
    other: dict[str, list[KnownPlace]] = defaultdict(list)
    postal: dict[str, KnownPlace] = {}
    places = []
    with PLACES_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = _read_place(row)
            places.append(place)
            if place.kind == "fsa":
                postal[place.name] = place
                continue
            own[fold_name(place.name)].append(place)
            for name in _other_names(row["alternate_names"], place):
                other[fold_name(name)].append(place)
    exact = {name: _same_name(own[name], other[name]) for name in sorted({*own, *other})}
    starts = sorted((name[cut:], name) for name in exact for cut in _word_starts(name))
    return _Index(tuple(places), exact, postal, tuple(starts), tuple(exact))


def _read_place(row: dict[str, str]) -> KnownPlace:
    return KnownPlace(
        name=row["name"],
        kind=row["kind"],
        region_code=row["region_code"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        population=int(row["population"]) if row["population"] else None,
        radius_km=float(row["radius_km"]) if row["radius_km"] else None,
        municipality=row["municipality"] or None,
    )


def _other_names(column: str, place: KnownPlace) -> list[str]:
    names = [name for name in column.split("|") if name]
    return [*names, *ALIASES[place.region_code]] if place.kind == "region" else names


def _same_name(own: list[KnownPlace], other: list[KnownPlace]) -> tuple[KnownPlace, ...]:
    """Order homonyms, one a region: the city of Laval stands for the region of Laval.

    A place that only goes by that name elsewhere comes after those of that very name.
    """
    kept: dict[str, KnownPlace] = {}
    for place in [*sorted(own, key=_standing), *sorted(other, key=_standing)]:
        kept.setdefault(place.region_code, place)
    return tuple(kept.values())


def _standing(place: KnownPlace) -> tuple[int, int]:
    return -(place.population or 0), _KINDS.index(place.kind)


def _word_starts(name: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer(" ", name))]
