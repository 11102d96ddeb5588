"""The map beside the list, on the real catalogue: each finds the other, with and without a mouse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit, served, settings
from tests.geo.pictures import write_pictures

PHONE, WIDE = 360, 1280
WORDS = {
    "fr": (
        "Voir sur la carte",
        "sur la carte",
        "Montrer dans la liste",
        "Quelque part à",
        "demande JavaScript",
    ),
    "en": ("See on the map", "on the map", "Show in the list", "Somewhere in", "needs JavaScript"),
}
LANGUAGES = tuple(WORDS)
SEARCH = "/services?q=maison&near=Laval"
TOWN = "/services?q=aide&region=09"


def open_map(page, language):
    """Unfold the map and return its frame once its points are there."""
    page.get_by_text(WORDS[language][0], exact=True).click()
    frame = page.frame_locator(".map__frame")
    expect(frame.get_by_role("status")).to_contain_text(WORDS[language][1])
    return frame


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_and_its_place_on_the_map_show_each_other_on_hover(visit, language):
    page = visit(f"/{language}/services?need=emergency_shelter&near=Laval")
    frame = open_map(page, language)
    place = frame.locator(".is-looked-at")

    page.locator(".card[data-area]").first.hover()
    expect(place).to_have_count(1)
    label = place.get_attribute("aria-label")
    page.mouse.move(2, 2)
    expect(place).to_have_count(0)

    frame.get_by_label(label, exact=True).hover()

    expect(page.locator(".card--found").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_and_its_place_on_the_map_show_each_other_on_focus(visit, language):
    page = visit(f"/{language}{SEARCH}")
    frame = open_map(page, language)

    page.locator(".card[data-area] a").first.focus()
    expect(frame.locator(".is-looked-at")).to_have_count(1)
    frame.locator(".is-looked-at").focus()

    expect(page.locator(".card--found").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_goes_from_the_map_to_the_list(visit, language):
    page = visit(f"/{language}/services?region=09")
    frame = open_map(page, language)
    label = WORDS[language][2]

    frame.locator(".area").first.focus()
    page.keyboard.press("Enter")
    expect(frame.get_by_role("button", name=label)).to_be_visible()
    frame.get_by_role("button", name=label).focus()
    page.keyboard.press("Enter")

    expect(page.locator(".card--found a:focus")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_town_is_said_to_be_somewhere_in_it(visit, language):
    page = visit(f"/{language}{SEARCH}")
    frame = open_map(page, language)

    labels = frame.locator(".leaflet-marker-icon.spot-municipality").evaluate_all(
        "(pins) => pins.map((pin) => pin.getAttribute('aria-label'))"
    )

    assert labels
    assert [label for label in labels if WORDS[language][3] not in label] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_list_and_map_follow_what_one_types(visit, language):
    page = visit(f"/{language}/services")
    frame = open_map(page, language)
    all_of_them = frame.get_by_role("status").text_content()
    page.evaluate("window.stays = true")

    page.locator("#q").fill("maison")

    expect(frame.get_by_role("status")).not_to_have_text(all_of_them)
    expect(frame.get_by_role("status")).to_contain_text(WORDS[language][1])
    assert page.evaluate("window.stays")
    assert "maison" not in page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_goes_when_nothing_is_found_and_comes_back(visit, language):
    page = visit(f"/{language}/services?q=maison")
    frame = open_map(page, language)

    page.locator("#q").fill("xqzxqzxq")
    expect(page.locator(".map")).to_be_hidden()
    page.locator("#q").fill("maison")

    expect(page.locator(".map")).to_be_visible()
    expect(frame.get_by_role("status")).to_contain_text(WORDS[language][1])


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_script_the_map_says_that_the_list_says_everything(visit, language, width):
    page = visit(f"/{language}{SEARCH}", javascript=False, width=width)
    page.get_by_text(WORDS[language][0], exact=True).click()
    frame = page.frame_locator(".map__frame")

    expect(frame.get_by_role("status")).to_contain_text(WORDS[language][4])
    expect(page.locator(".map__says")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_script_the_list_holds_every_service_that_the_map_shows(visit):
    page = visit(f"/fr{TOWN}", javascript=False)
    answer = page.request.get(page.url.replace("/fr/services", "/fr/services.geojson"))
    features = json.loads(answer.text())["features"]
    pins = {each["properties"]["id"] for each in features if "id" in each["properties"]}
    listed: set[str] = set()
    while True:
        listed |= set(
            page.locator(".card").evaluate_all("(cards) => cards.map((card) => card.dataset.service)")
        )
        following = page.locator(".pager [rel=next]")
        if not following.count():
            break
        following.click()

    assert pins
    assert pins <= listed


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_the_open_map_has_no_barrier_and_is_no_wider_than_its_window(visit, width, scheme):
    page = visit(f"/fr{SEARCH}", width=width, scheme=scheme)
    open_map(page, "fr")
    page.locator(".card[data-area] a").first.focus()

    found = Axe().run(page, context=".columns__main").response["violations"]

    assert [[each["id"], [node["html"][:160] for node in each["nodes"]]] for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_reads_aloud_is_told_where_each_pin_is(visit):
    page = visit("/en/services?need=legal_aid")
    frame = open_map(page, "en")

    names = frame.locator(".leaflet-marker-icon[tabindex]").evaluate_all(
        "(pins) => pins.map((pin) => [pin.role, pin.ariaLabel, pin.tabIndex])"
    )

    assert names
    assert [name for name in names if name[0] != "button" or not name[1] or name[2] != 0] == []


@pytest.fixture(scope="module")
def pictured(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose operator has a file of pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    more = {
        "RELAIS_MAP_PMTILES": str(write_pictures(folder / "map.pmtiles")),
        "RELAIS_MAP_CREDIT": "© Cartes Exemple",
    }
    with served(settings(editions) | more, folder / "log") as address:
        yield address


def test_an_operators_own_pictures_are_drawn_from_our_own_address(browser, pictured):
    page = browser.new_page()
    watched = Visit(page)
    watched.watch(pictured)
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(answer.url) if answer.ok else None)
    page.goto(f"{pictured}/fr{SEARCH}")
    frame = open_map(page, "fr")

    expect(frame.locator("img.leaflet-tile-loaded").first).to_be_attached()
    expect(frame.locator("#map-credit")).to_contain_text("© Cartes Exemple")
    page.close()

    tiles = [url for url in asked if "/map/tiles/" in url]
    assert tiles
    assert [
        url for url in tiles if not re.fullmatch(rf"{pictured}/fr/services/map/tiles/\d+/\d+/\d+", url)
    ] == []
    assert watched.faults == []
