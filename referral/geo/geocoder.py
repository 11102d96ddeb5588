"""A geopy geocoder that answers from the table of places: nothing that someone types leaves the machine."""

from __future__ import annotations

from typing import Any, NoReturn

from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeocoderQueryError, GeocoderUnavailable
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from geopy.point import Point

from referral.geo.places import KnownPlace, find_places

LONGEST_QUERY = 200
"""Characters; longer than any place, short enough that a mistyped page costs nothing."""


class NoTraffic(BaseSyncAdapter):  # type: ignore[misc]
    """An adapter that refuses to fetch, so that no later change can send a query out unnoticed."""

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> NoReturn:
        """Raise GeocoderUnavailable."""
        raise GeocoderUnavailable("The geocoder works without a network.")

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> NoReturn:
        """Raise GeocoderUnavailable."""
        raise GeocoderUnavailable("The geocoder works without a network.")


class PlaceGeocoder(Geocoder):  # type: ignore[misc]
    """Find the places of Québec by name or postal area."""

    def __init__(self) -> None:
        super().__init__(user_agent="relais", adapter_factory=NoTraffic)

    def geocode(self, query: str, *, exactly_one: bool = True) -> Location | list[Location] | None:
        """Return the best location, or with ``exactly_one=False`` every one; None when nothing fits.

        ``raw`` of a location is its KnownPlace. Raises GeocoderQueryError for an empty or overlong query.
        """
        if not query.strip():
            raise GeocoderQueryError("The name of a place is needed.")
        if len(query) > LONGEST_QUERY:
            raise GeocoderQueryError(f"The name of a place has at most {LONGEST_QUERY} characters.")
        locations = [_locate(place) for place in find_places(query)]
        if not locations:
            return None
        return locations[0] if exactly_one else locations


def _locate(place: KnownPlace) -> Any:
    return Location(place.label, Point(place.latitude, place.longitude), place)
