"""Where a service is, as far as the catalogue may keep it; more is refused, dropped or flagged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from referral.catalogue.columns import EVERYWHERE
from referral.catalogue.confidentiality import address_traces, streets_named, url_traces
from referral.catalogue.problems import N_, FileRemarks
from referral.catalogue.rows import ServiceRow
from referral.geo.areas import REGIONS
from referral.geo.names import fold_name
from referral.geo.places import list_exact, load_places
from referral.geo.precision import LARGE_MUNICIPALITIES, public_area

HAS_ADDRESS = N_("The place is confidential: no street address and no postal code of it is kept.")
HAS_TRACE = N_("The place is confidential, and this text leads to it: a street, a postal code or a point.")
TOWN_DROPPED = N_(
    "%(town)s is not kept: a confidential place shows no municipality under 50,000 inhabitants, "
    "nor one that its organization does not publish itself."
)
TOWN_IN_TEXT = N_("The place is confidential, and this text names %(town)s.")
STREET_IN_TEXT = N_("The place is confidential, and this text may name a street: %(street)s.")

ADDRESS_COLUMNS = ("street_address", "postal_code")
SHORTEST_TOWN = 4
MOST_WORDS = 6
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class PlaceKept:
    """The columns of a location, by their names."""

    confidential: bool
    public_municipality: str | None
    region_code: str | None
    municipality: str | None
    address_1: str | None
    postal_code: str | None
    latitude: float | None
    longitude: float | None


def place_kept(row: ServiceRow) -> PlaceKept | None:
    """Return what may be kept of a place; ``None`` for a service that is nowhere in particular."""
    region = None if row.region_code == EVERYWHERE else row.region_code
    if row.confidential:
        town, _ = public_area(row.city, row.region_code, self_published=is_self_published(row))
        return PlaceKept(
            confidential=True,
            public_municipality=town,
            region_code=region,
            municipality=None,
            address_1=None,
            postal_code=None,
            latitude=None,
            longitude=None,
        )
    if not (region or row.city or row.street_address):
        return None
    latitude, longitude = municipality_point(row.city, region)
    return PlaceKept(
        confidential=False,
        public_municipality=None,
        region_code=region,
        municipality=row.city,
        address_1=row.street_address,
        postal_code=row.postal_code,
        latitude=latitude,
        longitude=longitude,
    )


def municipality_point(town: str | None, region_code: str | None) -> tuple[float | None, float | None]:
    """Return where a municipality is: an address is never placed more precisely than its town."""
    for place in list_exact(town) if town else ():
        if place.kind not in {"region", "fsa"} and region_code in {place.region_code, None}:
            return place.latitude, place.longitude
    return None, None


def is_self_published(row: ServiceRow) -> bool:
    """Say whether the town comes from the organization's own pages."""
    if row.source.confidence != "high" or row.website_scope != "own" or not row.website:
        return False
    return _host(row.source.url) == _host(row.website)


def check_confidential(row: ServiceRow, texts: dict[str, str], remarks: FileRemarks) -> None:
    """Note what a confidential row must not hold, and flag what a person should look at.

    ``texts`` are the cells of the row as written, by column: none is trusted to be harmless.
    """
    if not row.confidential:
        return
    for column, text in texts.items():
        if text and column in ADDRESS_COLUMNS:
            remarks.refuse(row.line, column, HAS_ADDRESS)
        elif url_traces(text) if _is_joined(column) else address_traces(text):
            remarks.refuse(row.line, column, HAS_TRACE)
        elif column in FREE_TEXTS:
            _flag_names(row.line, column, text, remarks)
    kept = place_kept(row)
    if row.city and kept and kept.public_municipality is None:
        remarks.flag(row.line, "city", TOWN_DROPPED, town=row.city)


def _flag_names(line: int, column: str, text: str, remarks: FileRemarks) -> None:
    for town in small_towns_named(text):
        remarks.flag(line, column, TOWN_IN_TEXT, town=town)
    for street in streets_named(text):
        remarks.flag(line, column, STREET_IN_TEXT, street=street)


FREE_TEXTS = frozenset(
    f"{column}_{language}"
    for column in ("org_name", "service_name", "description", "service_area", "hours_text")
    for language in ("fr", "en")
) | {"hours_text"}


def small_towns_named(text: str) -> list[str]:
    """Return the places that a text names and that are too small to show; longest names first found."""
    words = list(WORD.finditer(text))
    found: list[str] = []
    position = 0
    while position < len(words):
        length = _longest_town(text, words, position)
        if length and (town := _text_of(text, words, position, length)) not in found:
            found.append(town)
        position += length or 1
    return [town for town in found if fold_name(town) not in _large_names()]


def _longest_town(text: str, words: list[re.Match[str]], position: int) -> int:
    """Return how many words from here on are the name of a place, or 0."""
    start = words[position].start()
    if not text[start].isupper() or text[start - 1 : start] == "-":
        return 0
    if fold_name(words[position].group()) not in _first_words():
        return 0
    for length in range(min(MOST_WORDS, len(words) - position), 0, -1):
        folded = fold_name(_text_of(text, words, position, length))
        if folded in _town_names() or folded in _large_names():
            return length
    return 0


def _text_of(text: str, words: list[re.Match[str]], position: int, length: int) -> str:
    return text[words[position].start() : words[position + length - 1].end()]


@cache
def _large_names() -> frozenset[str]:
    """Names that say no more than a public area does."""
    regions = {fold_name(name.fr or "") for name in REGIONS.values()}
    return frozenset({fold_name(name) for name in LARGE_MUNICIPALITIES} | regions)


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.split()[0] for name in _town_names() | _large_names())


@cache
def _town_names() -> frozenset[str]:
    named = {fold_name(place.name) for place in load_places() if place.kind not in {"region", "fsa"}}
    return frozenset(name for name in named if len(name) >= SHORTEST_TOWN)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_joined(column: str) -> bool:
    """Say whether the words of a column are joined by hyphens, as in web addresses and identifiers."""
    return "url" in column or column in {"website", "org_id", "service_id", "fallback_org_id"}
