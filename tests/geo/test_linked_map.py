"""The map in a frame, beside a list of cards: each shows where the other is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from xstatic.pkg import leaflet, leaflet_markercluster

import referral
from referral.geo.areas import label_point
from referral.geo.folium_page import MapPage
from tests.geo.conftest import ASSETS, DATA_URL
from tests.geo.test_map_in_browser import POLICY, point

pytestmark = pytest.mark.browser

SITE = "http://relais.test"
LINK = Path(referral.__file__).parent / "static" / "map-link.js"
A, B, C = (f"00000000-0000-4000-8000-00000000000{number}" for number in "123")
HIDDEN, UNLISTED = (f"00000000-0000-4000-8000-00000000000{number}" for number in "45")
FEATURES = [
    point(46.81, -71.21, kind="point", id=A, name="Exemple A", url="/fr/services/a"),
    point(
        48.2366, -79.0231, kind="municipality", id=B, name="Exemple B", where="Quelque part à Rouyn-Noranda"
    ),
    point(46.0, -72.0, kind="point", id=UNLISTED, name="Autre exemple", url="/fr/services/d"),
    point(*label_point("09"), kind="area", area="09", name="Côte-Nord", count=2, url="/fr/services"),
]
TWINS = [
    point(46.81, -71.21, kind="point", id=A, name="Exemple A"),
    point(46.81, -71.21, kind="point", id=B, name="Exemple B"),
    point(48.2366, -79.0231, kind="point", id=UNLISTED, name="Autre exemple"),
]
CARDS = "".join(
    f'<article class="card" data-service="{service}"{area}>'
    f'<a href="#{name}">{name}</a><a href="#x">Appeler</a></article>'
    for service, area, name in (
        (A, "", "Exemple A"),
        (B, "", "Exemple B"),
        (C, "", "Sans lieu"),
        (HIDDEN, ' data-area="09"', "Exemple caché"),
    )
)
HOLDER = (
    '<!DOCTYPE html><html lang="fr"><title>Liste</title><script src="/map-link.js" defer></script>'
    '<iframe class="map__frame" title="Carte" width="700" height="500" src="/carte?s=un"></iframe>'
    f"{CARDS}</html>"
)


@pytest.fixture
def asked() -> list[str]:
    """What the map asked for, in order."""
    return []


@pytest.fixture
def open_list(browser: Browser, map_page: MapPage, asked: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a list with its map; a script's error or a broken policy fails the test."""
    files = {
        "/list": ("text/html", HOLDER),
        "/map-link.js": ("text/javascript", LINK.read_text(encoding="utf-8")),
        "/carte": ("text/html", map_page.html),
        ASSETS.script: ("text/javascript", map_page.script),
        ASSETS.style: ("text/css", map_page.style),
        ASSETS.leaflet_script: ("text/javascript", (Path(leaflet.BASE_DIR) / "leaflet.js").read_text()),
        ASSETS.leaflet_style: ("text/css", (Path(leaflet.BASE_DIR) / "leaflet.css").read_text()),
        ASSETS.cluster_script: (
            "text/javascript",
            (Path(leaflet_markercluster.BASE_DIR) / "leaflet.markercluster.js").read_text(),
        ),
        ASSETS.cluster_style: (
            "text/css",
            (Path(leaflet_markercluster.BASE_DIR) / "MarkerCluster.css").read_text(),
        ),
    }
    faults: list[str] = []
    pages: list[Page] = []

    def open_page(features: list[dict[str, Any]] = FEATURES, *, motion: str = "reduce") -> Page:
        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(SITE)
            kind, body = files.get(path.partition("?")[0], ("text/plain", ""))
            if path.startswith(DATA_URL):
                asked.append(path)
                shown = features if path.endswith("=un") else features[:1]
                kind, body = "application/geo+json", json.dumps({"features": shown})
            policy = f"{POLICY}; frame-src 'self'"
            headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
            route.fulfill(body=body, content_type=f"{kind}; charset=utf-8", headers=headers)

        page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion=motion)
        pages.append(page)
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.route("**/*", answer)
        page.goto(f"{SITE}/list")
        expect(page.frame_locator("iframe").get_by_role("status")).to_contain_text("sur la carte")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert faults == []


def pin(page: Page, name: str) -> Any:
    return page.frame_locator("iframe").get_by_role("button", name=name)


def card(page: Page, service: str) -> Any:
    return page.locator(f'[data-service="{service}"]')


def is_marked(locator: Any, name: str) -> None:
    expect(locator).to_contain_class(name)


def is_plain(locator: Any, name: str) -> None:
    expect(locator).not_to_contain_class(name)


@pytest.mark.parametrize("way", ["hover", "focus"])
@pytest.mark.parametrize(
    ("service", "shown"),
    [(A, "Exemple A"), (B, "Exemple B"), (HIDDEN, "Côte-Nord")],
    ids=["point", "town", "area"],
)
def test_a_card_shows_its_pin_or_the_count_of_its_area(
    open_list: Callable[..., Page], way: str, service: str, shown: str
) -> None:
    page = open_list()
    link = card(page, service).locator("a").first

    getattr(link, way)()
    is_marked(pin(page, shown), "is-looked-at")

    card(page, C).locator("a").first.focus()
    page.mouse.move(1270, 5)
    is_plain(pin(page, shown), "is-looked-at")


@pytest.mark.parametrize("way", ["hover", "focus"])
@pytest.mark.parametrize(
    ("service", "shown"),
    [(A, "Exemple A"), (B, "Exemple B"), (HIDDEN, "Côte-Nord")],
    ids=["point", "town", "area"],
)
def test_a_pin_or_a_count_shows_its_card(
    open_list: Callable[..., Page], way: str, service: str, shown: str
) -> None:
    page = open_list()

    getattr(pin(page, shown), way)()
    is_marked(card(page, service), "card--found")
    is_plain(card(page, C), "card--found")

    page.mouse.move(1270, 5)
    page.locator("a").first.focus()
    is_plain(card(page, service), "card--found")


def test_a_group_of_pins_shows_all_its_cards_and_each_card_the_group(open_list: Callable[..., Page]) -> None:
    page = open_list(TWINS)
    group = pin(page, "2 services ici")

    group.hover()
    is_marked(card(page, A), "card--found")
    is_marked(card(page, B), "card--found")

    card(page, B).hover()
    is_marked(group, "is-looked-at")


def test_the_keyboard_goes_from_a_pin_to_its_card(open_list: Callable[..., Page]) -> None:
    page = open_list()

    pin(page, "Exemple A").focus()
    page.keyboard.press("Enter")
    is_marked(card(page, A), "card--found")
    page.keyboard.press("Tab")
    expect(pin(page, "Montrer dans la liste")).to_be_focused()
    page.keyboard.press("Enter")

    expect(card(page, A).locator("a").first).to_be_focused()


def test_a_card_stays_shown_while_its_pin_is_open_and_escape_closes_it(
    open_list: Callable[..., Page],
) -> None:
    page = open_list()

    pin(page, "Côte-Nord").click()
    page.mouse.move(1270, 5)
    is_marked(card(page, HIDDEN), "card--found")
    pin(page, "Côte-Nord").focus()
    page.keyboard.press("Escape")

    expect(page.frame_locator("iframe").locator(".leaflet-popup")).to_have_count(0)
    card(page, C).locator("a").first.focus()
    is_plain(card(page, HIDDEN), "card--found")


def test_a_pin_whose_card_is_on_another_page_offers_no_jump(open_list: Callable[..., Page]) -> None:
    page = open_list()

    pin(page, "Autre exemple").click()

    expect(page.frame_locator("iframe").get_by_role("link", name="Voir le service")).to_be_visible()
    expect(pin(page, "Montrer dans la liste")).to_have_count(0)


def test_a_focused_card_brings_its_pin_into_view(open_list: Callable[..., Page]) -> None:
    page = open_list()
    for _ in range(3):
        pin(page, "Agrandir").click()
    expect(pin(page, "Côte-Nord")).to_have_count(0)

    card(page, HIDDEN).locator("a").first.focus()

    is_marked(pin(page, "Côte-Nord"), "is-looked-at")


def test_every_pin_is_reached_by_the_keyboard(open_list: Callable[..., Page]) -> None:
    page = open_list()
    reached = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        frame = page.frames[1]
        reached.add(frame.evaluate("document.activeElement.getAttribute('aria-label')"))

    assert {
        "Exemple A",
        "Exemple B, Quelque part à Rouyn-Noranda",
        "Autre exemple",
        "Côte-Nord: 2 services, adresses non publiées",
    } <= reached


def change_list(page: Page, seal: str) -> None:
    page.evaluate(
        "(seal) => document.dispatchEvent(new CustomEvent('relais:results', { detail: { seal } }))", seal
    )


def test_the_map_follows_a_list_that_changes(open_list: Callable[..., Page], asked: list[str]) -> None:
    page = open_list()

    change_list(page, "deux")

    expect(page.frame_locator("iframe").get_by_role("status")).to_have_text("1 service sur la carte")
    expect(pin(page, "Côte-Nord")).to_have_count(0)
    assert asked == [f"{DATA_URL}?s=un", f"{DATA_URL}?s=deux"]


def test_what_is_no_seal_is_never_asked_for(open_list: Callable[..., Page], asked: list[str]) -> None:
    page = open_list()

    change_list(page, "x&q=secret")
    page.evaluate(
        "window.frames[0].postMessage({ kind: 'load', query: '?q=secret' }, window.location.origin)"
    )
    expect(page.frame_locator("iframe").get_by_role("status")).to_have_text("1 service sur la carte")

    assert asked == [f"{DATA_URL}?s=un", DATA_URL]


def test_the_map_listens_to_the_page_that_holds_it_alone(
    open_list: Callable[..., Page], asked: list[str]
) -> None:
    page = open_list()

    page.evaluate(
        """() => {
            const other = document.createElement("iframe");
            other.src = "/carte?s=un";
            other.title = "other";
            document.body.append(other);
        }"""
    )
    expect(page.frame_locator("iframe[title=other]").get_by_role("status")).to_contain_text("sur la carte")
    page.frames[2].evaluate(
        "window.parent.frames[0].postMessage({ kind: 'load', query: '?s=deux' }, window.location.origin)"
    )
    page.frames[2].evaluate(
        "(service) => window.parent.postMessage({ kind: 'look', services: [service], areas: [] }, '*')", A
    )
    page.wait_for_timeout(200)

    assert f"{DATA_URL}?s=deux" not in asked
    is_plain(card(page, A), "card--found")
