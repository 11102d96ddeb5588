"""What a map may show: points that are public, and for the rest a count on a public area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask import url_for

from referral.catalogue.confidentiality import is_shelter
from referral.catalogue.listing import Listing, Text
from referral.directory.cards import region_name
from referral.geo.areas import label_point
from referral.geo.precision import area_centroid
from referral.i18n.locale import current_language
from referral.i18n.typography import set_text
from referral.shared.bilingual import Bilingual

Feature = dict[str, Any]
Area = tuple[str, str | None]


def list_features(listings: Iterable[Listing]) -> list[Feature]:
    """Return GeoJSON features; what is confidential, or a shelter, is only ever counted."""
    points: list[Feature] = []
    areas: Counter[Area] = Counter()
    for listing in listings:
        if has_point(listing):
            points.append(point_of(listing))
        elif listing.place.region_code:
            areas[area_of(listing)] += 1
    return [*(count_of(area, number) for area, number in sorted(areas.items(), key=str)), *points]


def has_point(listing: Listing) -> bool:
    """Say whether a listing may be a point: never a shelter, whatever its place says."""
    place = listing.place
    return (
        place.precision in ("address", "municipality")
        and place.latitude is not None
        and place.longitude is not None
        and not listing.confidential
        and not is_shelter(listing.categories)
    )


def area_of(listing: Listing) -> Area:
    """Return the public area on which a listing is counted."""
    town = listing.place.municipality if listing.place.precision == "public_area" else None
    return listing.place.region_code or "", town


def point_of(listing: Listing) -> Feature:
    """Return a listing as a point."""
    place = listing.place
    name, name_language = _say(listing.name)
    organization, organization_language = _say(listing.organization.name)
    properties = {
        "kind": "point" if place.precision == "address" else "municipality",
        "name": name,
        "lang": name_language,
        "organization": organization,
        "organization_lang": organization_language,
        "municipality": place.municipality,
        "url": url_for("directory.show_service", service_id=listing.id),
    }
    return _feature(place.latitude, place.longitude, properties)


def count_of(area: Area, number: int) -> Feature:
    """Return an area with how many listings it stands for."""
    region, town = area
    latitude, longitude = area_centroid(region, town) if town else label_point(region)
    properties = {
        "kind": "area",
        "name": town or region_name(region),
        "count": number,
        "url": url_for("directory.list_services", region=region),
    }
    return _feature(latitude, longitude, properties)


def _say(text: Text) -> tuple[str, str | None]:
    """Return a text, and its language where that is not the page's."""
    language = current_language()
    shown, shown_in = Bilingual(text.fr, text.en).best(language)
    return set_text(shown, shown_in), None if shown_in == language else shown_in


def _feature(latitude: float | None, longitude: float | None, properties: Feature) -> Feature:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {name: value for name, value in properties.items() if value is not None},
    }
