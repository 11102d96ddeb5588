"""What pages weigh: a reader may be on a weak signal, with little left to pay for."""

from __future__ import annotations

import re

import pytest

LANGUAGES = ("fr", "en")
HOME_BUDGET = 60_000
MAP_BUDGET = 100_000
LOADED = re.compile(r'<(?:link|script|img)[^>]*?(?:href|src)="([^"]+)"')


def weigh(client, path):
    """Return the compressed bytes of a page with all that it loads by itself."""
    page = client.get(path)
    addresses = dict.fromkeys(LOADED.findall(page.text))
    assert addresses
    answers = [client.get(each, headers={"Accept-Encoding": "gzip"}) for each in (path, *addresses)]
    assert {each.status_code for each in answers} == {200}
    return sum(len(each.data) for each in answers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_weighs_little(client, language):
    assert weigh(client, f"/{language}/") <= HOME_BUDGET


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_weighs_little_whatever_the_number_of_points(client, language):
    assert weigh(client, f"/{language}/services/map") <= MAP_BUDGET


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/services"])
def test_no_page_loads_the_map_before_someone_asks_for_it(client, language, path):
    page = client.get(f"/{language}{path}").text

    assert "leaflet" not in page
    assert all('loading="lazy"' in frame for frame in re.findall(r"<iframe[^>]*>", page))
