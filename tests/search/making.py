"""Fictional listings and short ways to search them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from referral.catalogue.listing import AreaServed, Listing, OrganizationCard, Place, Text
from referral.geo.places import KnownPlace
from referral.search.engine import search
from referral.search.filters import check_filters
from referral.search.index import Index, build_index
from referral.search.query import Found, Query
from referral.shared.clock import QUEBEC

SPACE = uuid.UUID(int=0)
AFTERNOON = datetime(2026, 11, 24, 14, 0, tzinfo=QUEBEC)
"""A Tuesday that is no holiday."""

MONTREAL = KnownPlace("Montréal", "municipality", "06", 45.5089, -73.5617)
LAVAL = KnownPlace("Laval", "municipality", "13", 45.57, -73.692)
SEPT_ILES = KnownPlace("Sept-Îles", "municipality", "09", 50.2114, -66.3769)


def make_listing(name: str = "Service Exemple", *, fr: str = "", en: str = "", **facts: Any) -> Listing:
    """Make a listing of region 06, unless told otherwise; ``fr`` and ``en`` are its description."""
    given: dict[str, Any] = {
        "id": str(uuid.uuid5(SPACE, name)),
        "slug": name.lower().replace(" ", "-"),
        "organization": OrganizationCard(str(uuid.uuid5(SPACE, "organization")), Text("Organisme Exemple")),
        "name": Text(name),
        "description": Text(fr or None, en or None),
        "trust": "sourced",
        "area": AreaServed(regions=("06",)),
    }
    return Listing(**given | facts)


def in_town(place: KnownPlace, precision: Any = "municipality") -> Place:
    """Return a place that shows the middle of a town."""
    return Place(precision, place.region_code, place.name, latitude=place.latitude, longitude=place.longitude)


def find(
    listings: Sequence[Listing] | Index,
    words: str = "",
    *,
    near: KnownPlace | None = None,
    at: datetime = AFTERNOON,
    limit: int = 100,
    **filters: str | Sequence[str],
) -> Found:
    """Search listings; filters as keywords, several values as a list."""
    index = listings if isinstance(listings, Index) else build_index(listings)
    pairs = [
        (name, value)
        for name, values in filters.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return search(index, Query(at, words, near, check_filters(pairs), limit=limit))


def names(listings: Sequence[Listing], found: Found) -> list[str]:
    """Return the French names of what was found, in order."""
    return [listings[hit.position].name.fr or "" for hit in found.hits]


def named(listings: Sequence[Listing], words: str = "", **how: Any) -> list[str]:
    """Search, and return names in order."""
    return names(listings, find(listings, words, **how))
