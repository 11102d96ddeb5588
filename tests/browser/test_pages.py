"""Every public page in a real browser, in both languages, on a phone and on a wide screen."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

PATHS = (
    "/",
    "/services",
    "/services?q=h%C3%A9bergement&near=Laval",
    "/services?q=avocat&need=youth&region=09",
    "/services?near=Saint-Rapha%C3%ABl",
    "/services?near=J0M",
    "/services?need=legal_aid&clientele=women&region=06",
    "/about",
    "/safety",
    "/inclusion",
    "/privacy",
    "/accessibility",
    "/exit-help",
    "/nothing-here",
)
LANGUAGES = ("fr", "en")
PHONE, WIDE = 360, 1280
AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def faults(page):
    found = AXE.run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {json.dumps([node['html'][:160] for node in each['nodes'][:3]])}" for each in found
    ]


def open_first(page, kind):
    """Follow the first link to a service, or to its organization."""
    page.locator(".card__name a").first.click()
    if kind == "organization":
        page.locator(".head__organization a").click()


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_and_no_wider_than_its_window(visit, path, language, width):
    page = visit(f"/{language}{path}", width=width)

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_as_readable_in_the_dark(visit, path):
    assert faults(visit(f"/fr{path}", width=PHONE, scheme="dark")) == []


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["service", "organization"])
def test_a_listing_is_accessible_and_no_wider_than_its_window(visit, kind, language, width):
    page = visit(f"/{language}/services?q=maison&near=Laval", width=width)
    open_first(page, kind)

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_what_one_touches_is_large_enough(visit, path, language):
    page = visit(f"/{language}{path}", width=PHONE)
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, select, summary")].filter((each) => {
            const box = (each.closest("label") || each).getBoundingClientRect();
            const within = each.closest("p, li, dd, h3") && getComputedStyle(each).display === "inline";
            return box.width && box.height < 44 && !within && !each.classList.contains("skip");
        }).map((each) => each.outerHTML.slice(0, 120))"""
    )

    assert small == []


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_the_exit_is_always_in_view(visit, width):
    page = visit("/fr/services", width=width)
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")

    assert page.locator(".exit").is_visible()
    box = page.locator(".exit").bounding_box()
    assert 0 <= box["y"] <= 800 - box["height"]
    assert box["height"] >= 44


def test_the_start_page_weighs_little(visit):
    page = visit("/fr/", width=PHONE)
    sizes = page.evaluate(
        """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
            .map((each) => each.encodedBodySize)"""
    )

    assert sum(sizes) <= 60_000


def test_the_map_shows_in_the_page(visit):
    page = visit("/fr/services?q=maison&near=Laval")
    page.locator(".map > summary").click()
    frame = page.frame_locator(".map__frame")

    frame.locator(".leaflet-container").wait_for()
    frame.get_by_text("sur la carte").wait_for()


def test_paper_is_white_also_for_who_reads_in_the_dark(visit):
    page = visit("/fr/services?q=maison&near=Laval", scheme="dark")
    page.emulate_media(media="print")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert faults(page) == []
    assert not page.locator(".exit").is_visible()
