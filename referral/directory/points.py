"""What a map may show: points that are public, and for the rest a count on a public area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext

from referral.catalogue.listing import Listing, Text
from referral.directory.asked import asked_fields, seal_fields
from referral.directory.cards import region_name
from referral.directory.pins import Area, area_code, area_of, has_point
from referral.geo.areas import label_point
from referral.geo.precision import area_centroid
from referral.i18n.locale import current_language
from referral.i18n.towns import in_town
from referral.i18n.typography import set_text
from referral.shared.bilingual import Bilingual

Feature = dict[str, Any]


def list_features(listings: Iterable[Listing]) -> list[Feature]:
    """Return GeoJSON features; what is confidential, or a shelter, is only ever counted."""
    points: list[Feature] = []
    areas: Counter[Area] = Counter()
    for listing in listings:
        if has_point(listing):
            points.append(point_of(listing))
        elif area := area_of(listing):
            areas[area] += 1
    return [*(count_of(area, number) for area, number in sorted(areas.items(), key=str)), *points]


def point_of(listing: Listing) -> Feature:
    """Return a listing as a point."""
    place = listing.place
    name, name_language = _say(listing.name)
    organization, organization_language = _say(listing.organization.name)
    properties = {
        "kind": "point" if place.precision == "address" else "municipality",
        "id": listing.id,
        "name": name,
        "lang": name_language,
        "organization": organization,
        "organization_lang": organization_language,
        "where": somewhere(place.municipality) if place.precision == "municipality" else None,
        "url": url_for("directory.show_service", service_id=listing.id),
    }
    return _feature(place.latitude, place.longitude, properties)


def somewhere(municipality: str | None) -> str | None:
    """Say that a service is in a town, and that nobody told where in it."""
    if municipality is None:
        return None
    return gettext("Somewhere %(in_town)s", in_town=in_town(municipality, current_language()))


def count_of(area: Area, number: int) -> Feature:
    """Return an area with how many listings it stands for, and the list of what is asked in its region."""
    region, town = area
    latitude, longitude = area_centroid(region, town) if town else label_point(region)
    properties = {
        "kind": "area",
        "area": area_code(area),
        "name": town or region_name(region),
        "count": number,
        "url": url_for("directory.list_services", s=seal_fields({**asked_fields(), "region": [region]})),
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
