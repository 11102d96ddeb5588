"""The geocoder is geopy's in shape, and sends nothing out."""

from __future__ import annotations

import socket

import pytest
from geopy.exc import GeocoderQueryError, GeocoderUnavailable
from geopy.geocoders.base import Geocoder

from referral.geo.geocoder import LONGEST_QUERY, NoTraffic, PlaceGeocoder
from referral.geo.places import find_places


def test_location_carries_the_place() -> None:
    location = PlaceGeocoder().geocode("Gatineau")

    assert location.raw == find_places("Gatineau")[0]
    assert (location.latitude, location.longitude) == (location.raw.latitude, location.raw.longitude)
    assert location.address == "Gatineau (Outaouais)"


def test_homonyms_all_come_back_when_asked() -> None:
    locations = PlaceGeocoder().geocode("Ville-Marie", exactly_one=False)
    assert [location.raw.region_code for location in locations] == ["06", "08"]


def test_unknown_place_is_none() -> None:
    assert PlaceGeocoder().geocode("zzzzzz") is None
    assert PlaceGeocoder().geocode("zzzzzz", exactly_one=False) is None


@pytest.mark.parametrize("query", ["", "  ", "x" * (LONGEST_QUERY + 1)])
def test_empty_or_overlong_query_is_refused(query: str) -> None:
    with pytest.raises(GeocoderQueryError):
        PlaceGeocoder().geocode(query)


def test_nothing_is_sent_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    geocoder = PlaceGeocoder()

    assert isinstance(geocoder, Geocoder)
    assert geocoder.geocode("Rimouski") is not None
    adapter = NoTraffic(proxies=None, ssl_context=None)
    with pytest.raises(GeocoderUnavailable):
        adapter.get_json("/", timeout=1, headers={})
    with pytest.raises(GeocoderUnavailable):
        adapter.get_text("/", timeout=1, headers={})
