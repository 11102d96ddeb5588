"""The map in a real browser, under the policy that our pages are sent with."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from xstatic.pkg import leaflet, leaflet_markercluster

from referral.geo.areas import label_point
from referral.geo.folium_page import MapPage
from tests.geo.conftest import ASSETS, DATA_URL

pytestmark = pytest.mark.browser

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)


def point(latitude: float, longitude: float, **properties: object) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties,
    }


FEATURES = [
    point(45.51, -73.58, kind="point", name="Centre Exemple <b>A</b>", organization="Organisme", url="/fr/a"),
    point(45.53, -73.60, kind="point", name="Centre Exemple B", organization="Organisme B", url="/fr/b"),
    point(
        48.2366,
        -79.0231,
        kind="municipality",
        name="Centre Exemple C",
        organization="Organisme C",
        where="Quelque part à Rouyn-Noranda",
        url="//ailleurs.exemple/c",
    ),
    point(*label_point("09"), kind="area", name="Côte-Nord", count=3, url="/fr/services?region=09"),
]


@dataclass
class Site:
    address: str
    features: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    asked: list[str] = field(default_factory=list)


@dataclass
class Visit:
    page: Page
    faults: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def server(map_page: MapPage) -> Iterator[Site]:
    site = Site("")
    files = {
        "/favicon.ico": ("image/x-icon", b""),
        "/carte": ("text/html", map_page.html.encode()),
        ASSETS.script: ("text/javascript", map_page.script.encode()),
        ASSETS.style: ("text/css", map_page.style.encode()),
    }
    vendored = {
        ASSETS.leaflet_script: ("text/javascript", Path(leaflet.BASE_DIR) / "leaflet.js"),
        ASSETS.leaflet_style: ("text/css", Path(leaflet.BASE_DIR) / "leaflet.css"),
        ASSETS.cluster_script: (
            "text/javascript",
            Path(leaflet_markercluster.BASE_DIR) / "leaflet.markercluster.js",
        ),
        ASSETS.cluster_style: ("text/css", Path(leaflet_markercluster.BASE_DIR) / "MarkerCluster.css"),
    }
    files |= {url: (kind, path.read_bytes()) for url, (kind, path) in vendored.items()}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            path = self.path.partition("?")[0]
            data = json.dumps({"type": "FeatureCollection", "features": site.features}).encode()
            kind, body = ("application/geo+json", data) if path == DATA_URL else files.get(path, ("", b""))
            self.send_response(site.status if path == DATA_URL else 200 if kind else 404)
            self.send_header("Content-Type", f"{kind or 'text/plain'}; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as listening:
        site.address = f"http://127.0.0.1:{listening.server_port}"
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield site
        listening.shutdown()


@pytest.fixture
def open_map(browser: Browser, server: Site) -> Iterator[Callable[..., Page]]:
    """Open the map with these features; any console message or request to elsewhere fails the test."""
    visits: list[Visit] = []

    def open_page(
        features: list[dict[str, Any]] = FEATURES,
        *,
        status: int = 200,
        width: int = 1280,
        scheme: str = "light",
        script: bool = True,
        motion: str = "reduce",
        policy: bool = True,
    ) -> Page:
        server.features, server.status, server.asked = features, status, []
        page = browser.new_page(
            bypass_csp=not policy,
            viewport={"width": width, "height": 640},
            java_script_enabled=script,
            color_scheme=scheme,
            reduced_motion=motion,
        )
        visit = Visit(page)
        visits.append(visit)

        def console(text: str) -> None:
            if not (status >= 400 and "Failed to load resource" in text):
                visit.faults.append(text)

        def asked(url: str) -> None:
            if not url.startswith((server.address, "data:")):
                visit.faults.append(f"elsewhere: {url}")

        page.on("console", lambda message: console(message.text))
        page.on("pageerror", lambda error: visit.faults.append(str(error)))
        page.on("request", lambda request: asked(request.url))
        page.goto(f"{server.address}/carte?s=exemple")
        return page

    yield open_page
    for visit in visits:
        visit.page.close()
    assert [fault for visit in visits for fault in visit.faults] == []


def test_map_shows_points_areas_and_what_it_shows_in_words(open_map: Callable[..., Page]) -> None:
    page = open_map()

    expect(page.get_by_role("status")).to_have_text("6 services sur la carte")
    expect(page.get_by_role("button", name="Côte-Nord: 3 services, adresses non publiées")).to_be_visible()
    expect(page.get_by_role("button", name="2 services ici")).to_be_visible()
    expect(page.get_by_role("button", name="Centre Exemple C")).to_be_visible()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_map_opens_on_the_results(open_map: Callable[..., Page], motion: str) -> None:
    page = open_map(FEATURES[:2], motion=motion)

    expect(page.get_by_role("button", name="Centre Exemple <b>A</b>")).to_be_visible()
    expect(page.get_by_role("button", name="Centre Exemple B")).to_be_visible()


def test_map_asks_for_the_points_of_its_own_query_once(open_map: Callable[..., Page], server: Site) -> None:
    page = open_map()
    expect(page.get_by_role("status")).to_have_text("6 services sur la carte")

    assert [path for path in server.asked if path.startswith(DATA_URL)] == [f"{DATA_URL}?s=exemple"]


def test_popup_opens_by_keyboard_and_gives_the_focus_back(open_map: Callable[..., Page]) -> None:
    page = open_map(FEATURES[:1])
    marker = page.get_by_role("button", name="Centre Exemple <b>A</b>")
    expect(marker).to_be_visible()

    marker.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Voir le service")
    expect(link).to_be_focused()
    expect(link).to_have_attribute("href", "/fr/a")
    expect(link).to_have_attribute("target", "_top")
    page.keyboard.press("Escape")

    expect(link).to_have_count(0)
    expect(marker).to_be_focused()


def test_names_are_shown_as_text_never_as_markup(open_map: Callable[..., Page]) -> None:
    page = open_map(FEATURES[:1])

    page.get_by_role("button", name="Centre Exemple").click()

    expect(page.locator(".popup-name")).to_have_text("Centre Exemple <b>A</b>")
    assert page.locator(".popup-name b").count() == 0


def test_popup_of_a_municipality_says_somewhere_and_never_links_elsewhere(
    open_map: Callable[..., Page],
) -> None:
    page = open_map(FEATURES[2:3])

    page.get_by_role("button", name="Centre Exemple C").click()

    expect(page.locator(".leaflet-popup")).to_contain_text("Quelque part à Rouyn-Noranda")
    assert page.locator(".popup-link").count() == 0


def test_popup_of_an_area_counts_and_opens_the_list(open_map: Callable[..., Page]) -> None:
    page = open_map(FEATURES[3:])

    page.get_by_role("button", name="Côte-Nord").click()

    expect(page.locator(".leaflet-popup")).to_contain_text("3 services, adresses non publiées")
    expect(page.get_by_role("link", name="Voir la liste")).to_have_attribute("href", "/fr/services?region=09")


def test_cluster_opens_by_keyboard(open_map: Callable[..., Page]) -> None:
    page = open_map()
    cluster = page.get_by_role("button", name="2 services ici")
    expect(cluster).to_be_visible()

    cluster.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Centre Exemple B")).to_be_visible()


def test_services_at_one_point_fan_out(open_map: Callable[..., Page]) -> None:
    twins = [point(48.2, -79.0, kind="municipality", name=f"Exemple {each}", url="/fr/x") for each in "AB"]
    page = open_map(twins)

    for _ in range(8):
        if page.get_by_role("button", name="Exemple A").is_visible():
            break
        page.get_by_role("button", name="2 services ici").click()

    expect(page.get_by_role("button", name="Exemple A")).to_be_visible()
    expect(page.get_by_role("button", name="Exemple B")).to_be_visible()


def test_map_says_when_there_is_nothing_or_no_answer(open_map: Callable[..., Page]) -> None:
    expect(open_map([]).get_by_role("status")).to_contain_text("Aucun service")
    expect(open_map(status=503).get_by_role("status")).to_contain_text("n’a pas pu être lue")


def test_without_javascript_the_page_says_that_the_list_says_the_same(open_map: Callable[..., Page]) -> None:
    page = open_map(script=False)

    expect(page.get_by_text("La liste dit la même chose")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_region_names_can_be_read_and_never_overlap(open_map: Callable[..., Page], width: int) -> None:
    page = open_map(width=width)
    expect(page.get_by_role("status")).to_contain_text("services")

    boxes = [name.bounding_box() for name in page.locator(".region-name span:visible").all()]

    assert len(boxes) >= 2
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            assert one is not None
            assert other is not None
            assert (
                one["x"] + one["width"] <= other["x"]
                or other["x"] + other["width"] <= one["x"]
                or one["y"] + one["height"] <= other["y"]
                or other["y"] + other["height"] <= one["y"]
            )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_map_has_no_barrier_that_axe_can_find(open_map: Callable[..., Page], scheme: str) -> None:
    page = open_map(scheme=scheme, width=360, policy=False)
    page.get_by_role("button", name="Côte-Nord").click()
    expect(page.locator(".leaflet-popup")).to_be_visible()

    assert Axe().run(page).response["violations"] == []
