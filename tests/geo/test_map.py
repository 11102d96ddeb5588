"""The page of the map: three files, nothing inline, nothing from outside, always the same bytes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from referral.geo.folium_page import MapPage
from referral.geo.map import build_map
from tests.geo.conftest import ASSETS, DATA_URL, STRINGS


def test_page_names_no_other_host(map_page: MapPage) -> None:
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", map_page.html + map_page.script + map_page.style) == []


def test_nothing_is_inline(map_page: MapPage) -> None:
    assert "<style" not in map_page.html
    assert re.findall(r"\s(?:style|on\w+)\s*=", map_page.html) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", map_page.html) == []


def test_page_links_to_the_given_files_alone(map_page: MapPage) -> None:
    linked = re.findall(r'(?:src|href)="([^"]+)"', map_page.html)

    assert linked[-2:] == [ASSETS.style, ASSETS.script]
    assert set(linked) == {
        ASSETS.leaflet_script,
        ASSETS.leaflet_style,
        ASSETS.cluster_script,
        ASSETS.cluster_style,
        ASSETS.script,
        ASSETS.style,
    }


def test_same_bytes_each_time(map_page: MapPage) -> None:
    assert build_map("fr", DATA_URL, ASSETS, STRINGS) == map_page


def test_page_is_small(map_page: MapPage) -> None:
    assert len((map_page.html + map_page.script + map_page.style).encode()) < 60_000


def test_page_says_its_language_and_title_and_may_be_enlarged() -> None:
    page = build_map("en", DATA_URL, ASSETS, replace(STRINGS, title="A map & <more>"))

    assert '<html lang="en">' in page.html
    assert "<title>A map &amp; &lt;more&gt;</title>" in page.html
    assert "user-scalable" not in page.html


def test_words_cannot_end_the_script() -> None:
    page = build_map("fr", DATA_URL, ASSETS, replace(STRINGS, nothing="</script><b>"))
    assert "</script>" not in page.script


@pytest.mark.parametrize("url", ["https://exemple.test/a.js", "//exemple.test/a.js", "a.js", ""])
def test_addresses_of_elsewhere_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="own address"):
        build_map("fr", url, ASSETS, STRINGS)
    with pytest.raises(ValueError, match="own address"):
        build_map("fr", DATA_URL, replace(ASSETS, leaflet_script=url), STRINGS)
