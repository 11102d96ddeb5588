from __future__ import annotations

import re

import pytest

from referral.catalogue.listing import Place
from referral.directory.points import has_point
from tests.pages.example import LISTINGS, NORTH, OFFICE, SHELTER, make_listing


def features(client, query=""):
    response = client.get(f"/fr/services.geojson{query}")
    assert response.mimetype == "application/geo+json"
    return response.json["features"]


def test_a_public_address_is_a_point(client):
    (point,) = features(client, "?need=immigration_legal")

    assert point["geometry"]["coordinates"] == [-73.57, 45.51]
    assert point["properties"]["kind"] == "point"
    assert point["properties"]["url"].partition("?s=")[0] == f"/fr/services/{OFFICE.id}"


def test_a_town_is_somewhere_in_it(client):
    (point,) = features(client, "?need=youth")

    assert point["properties"]["kind"] == "municipality"
    assert point["properties"]["where"] == "Quelque part à Sept-Îles"


def test_a_confidential_place_is_a_number_on_its_area(client):
    (area,) = features(client, "?need=emergency_shelter")

    assert area["properties"]["kind"] == "area"
    assert area["properties"]["count"] == 1
    assert SHELTER.id not in str(area)
    assert "Exemple" not in str(area)


def test_a_card_says_on_which_area_it_is_counted_unless_it_is_a_point(client):
    (area,) = features(client, "?need=emergency_shelter")
    shelter = client.get("/fr/services?need=emergency_shelter").text
    office = client.get("/fr/services?need=immigration_legal").text

    assert area["properties"]["area"] == "13/Laval"
    assert re.search(rf'data-service="{SHELTER.id}"\s+data-area="13/Laval"', shelter)
    assert f'data-service="{OFFICE.id}"' in office
    assert "data-area" not in office


def test_an_area_leads_to_what_is_asked_in_its_region_and_its_address_tells_nothing(client):
    (area,) = features(client, "?need=emergency_shelter")
    address = area["properties"]["url"]

    assert re.fullmatch(r"/fr/services\?s=[\w-]+", address)
    assert SHELTER.id in client.get(address).text
    assert OFFICE.id not in client.get(address).text


def test_the_map_asks_sealed_what_the_page_shows(client):
    frame = re.search(r'<iframe[^>]*src="([^"]+)"', client.get("/fr/services?need=youth").text)[1]

    assert re.fullmatch(r"/fr/services/map\?s=[\w-]+", frame)
    (point,) = features(client, "?" + frame.partition("?")[2])
    assert point["properties"]["id"] == NORTH.id


@pytest.mark.parametrize("category", ["emergency_shelter", "transitional_housing"])
def test_a_shelter_is_never_a_point_whatever_its_place_says(category):
    place = Place("address", "06", "Montréal", "1, rue Exemple", None, 45.5, -73.5)

    assert not has_point(make_listing("faux", categories=(category,), place=place))


def test_what_is_confidential_is_never_a_point():
    assert not has_point(make_listing("secret", place=NORTH.place, confidential=True))


def test_every_service_with_a_place_is_on_the_map_once(client):
    shown = sum(each["properties"].get("count", 1) for each in features(client))

    assert shown == len([each for each in LISTINGS if each.place.region_code])


def test_the_map_follows_the_search(client):
    assert len(features(client, "?q=clinique")) < len(features(client))


def test_a_place_that_is_unknown_shows_nothing(client):
    assert features(client, "?near=xqzxqzxq") == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_map_is_in_the_language_of_the_page(client, language):
    page = client.get(f"/{language}/services/map").text

    assert f'<html lang="{language}"' in page
    assert f"/{language}/services/map.js" in page
