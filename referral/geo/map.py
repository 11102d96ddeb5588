"""The map of the results: folium draws the base, everything is served from our own address.

The page holds no inline script or style, so that it works under a policy without ``unsafe-inline``.
Its points are read from ``data_url`` with the query string of the page, and again when the page
that holds the frame says that the list has changed: GeoJSON points whose properties are

* ``kind``: ``point`` (an address), ``municipality`` (somewhere in it) or ``area`` (a public area);
* for a point or a municipality: ``id`` (of the service), ``name``, ``organization``, ``url`` and
  ``where``, which says of a municipality that it is somewhere in it; ``lang`` and
  ``organization_lang`` where a text is not in the page's language;
* for an area: ``area`` (its code, as cards of the list have it), ``name`` and ``count``, at
  ``areas.label_point`` of a region or at the middle of a municipality; ``url``, if there is a list
  to open. Never one feature for one confidential place.

The page and its holder talk by ``postMessage``, each looking at who speaks. To the map: ``page``
(what the list holds), ``look`` (at a card), ``load`` (another query). From the map: ``ready``,
``look`` and ``choose`` (pins), ``jump`` (to a card).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.plugins import MarkerCluster
from folium.template import Template
from folium.utilities import JsCode

from referral.geo.areas import load_regions
from referral.geo.tiles import MapTiles
from referral.shared.bilingual import Language

FARTHEST_ZOOM = 3
CLOSEST_ZOOM = 13
"""About 20 m a pixel; the drawn regions say nothing closer."""

QUEBEC = ((44.9, -79.8), (62.6, -57.1))
"""South-west and north-east corners, latitude first."""

_MOVES: Any = JsCode("!window.matchMedia('(prefers-reduced-motion: reduce)').matches")
_HERE = Path(__file__).parent
_LAYER = (_HERE / "map.js.jinja").read_text(encoding="utf-8")
_STYLE = (_HERE / "map.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class MapAssets:
    """Same-origin URLs: of Leaflet and MarkerCluster, and of the page's own script and style."""

    leaflet_script: str
    leaflet_style: str
    cluster_script: str
    cluster_style: str
    script: str
    style: str


@dataclass(frozen=True, slots=True)
class MapStrings:
    """Words of the map, in its language. The page fills in ``{count}``."""

    title: str
    region: str
    loading: str
    failed: str
    nothing: str
    credit: str
    no_script: str
    zoom_in: str
    zoom_out: str
    close: str
    key_point: str
    key_municipality: str
    key_area: str
    open_service: str
    open_list: str
    show_in_list: str
    cluster: str
    area_one: str
    area_many: str
    shown_one: str
    shown_many: str


@dataclass(frozen=True, slots=True)
class MapPage:
    """The page, and the script and style that it links to."""

    html: str
    script: str
    style: str


def build_map(
    language: Language,
    data_url: str,
    assets: MapAssets,
    strings: MapStrings,
    tiles: MapTiles | None = None,
) -> MapPage:
    """Render folium's map as three files that are the same, byte for byte, each time they are built.

    ``tiles`` are the operator's own pictures behind the regions. Raises ValueError for an asset or
    data URL that is not a path of our own address.
    """
    for url in (data_url, *asdict(assets).values()):
        if not url.startswith("/") or url.startswith("//"):
            raise ValueError(f"The map may only use paths of its own address: {url!r}")
    base = _make_base(assets)
    if tiles:
        _draw_tiles(tiles).add_to(base)
    _draw_regions().add_to(base)
    points = _make_cluster(assets, "pointsIcon", "markerPane")
    areas = _make_cluster(assets, "areasIcon", "areas")
    settings: dict[str, Any] = {"url": data_url, "words": asdict(strings), "language": language}
    settings |= {"bounds": QUEBEC, "named": tiles is None}
    for layer in (points, areas, PointsLayer(base, points, areas, settings)):
        layer.add_to(base)
    figure = base.get_root()
    for number, element in enumerate(_walk(figure)):
        element._id = str(number)  # noqa: SLF001 - folium's own ids are random
    if tiles:
        strings = replace(strings, credit=f"{strings.credit} {tiles.credit}")
    return _split_page(figure.render(), language, assets, strings, look="pictured" if tiles else "drawn")


class PointsLayer(MacroElement):
    """Fetch the points of the page's query and show them; say in words what happened."""

    _template = Template(_LAYER)

    def __init__(
        self, base: folium.Map, points: MarkerCluster, areas: MarkerCluster, settings: dict[str, Any]
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "PointsLayer"
        self.base = base
        self.points = points
        self.areas = areas
        self.settings = settings


def _make_base(assets: MapAssets) -> folium.Map:
    class LocalMap(folium.Map):
        """A map whose Leaflet comes from our own address; jQuery, Bootstrap and icon fonts are not needed."""

        default_js = [("leaflet", assets.leaflet_script)]
        default_css = [("leaflet_css", assets.leaflet_style)]

    base = LocalMap(
        location=[52.0, -70.0],
        zoom_start=5,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        fade_animation=False,
    )
    base.options |= {"min_zoom": FARTHEST_ZOOM, "max_zoom": CLOSEST_ZOOM, "zoom_snap": 0.25}
    base.options |= {"zoom_animation": _MOVES, "marker_zoom_animation": _MOVES}
    return base


def _make_cluster(assets: MapAssets, icon_function: str, pane: str) -> MarkerCluster:
    class LocalCluster(MarkerCluster):
        """Clusters from our own address; several services of one town fan out at the closest zoom."""

        default_js = [("markercluster", assets.cluster_script)]
        default_css = [("markercluster_css", assets.cluster_style)]

    return LocalCluster(  # type: ignore[no-untyped-call]
        control=False,
        icon_create_function=icon_function,
        cluster_pane=pane,
        show_coverage_on_hover=False,
        max_cluster_radius=44,
        animate=False,
    )


def _draw_tiles(tiles: MapTiles) -> folium.TileLayer:
    return folium.TileLayer(
        tiles.url,
        attr=tiles.credit,
        control=False,
        min_native_zoom=max(FARTHEST_ZOOM, tiles.farthest),
        max_native_zoom=min(CLOSEST_ZOOM, tiles.closest),
        min_zoom=FARTHEST_ZOOM,
        max_zoom=CLOSEST_ZOOM,
    )


def _draw_regions() -> folium.GeoJson:
    return folium.GeoJson(
        load_regions(),
        style_function=lambda _feature: {"className": "region", "weight": 1, "interactive": False},
        control=False,
        smooth_factor=0.5,
    )


def _walk(element: Element) -> Iterator[Element]:
    yield element
    if isinstance(element, Figure):
        for part in (element.header, element.html, element.script):
            yield from _walk(part)
    for child in element._children.values():  # noqa: SLF001 - branca has no public way
        yield from _walk(child)


class _PageParser(HTMLParser):
    """Sort folium's page into linked files, inline scripts, inline styles and the body's markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.links: list[str] = []
        self.body: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" or (tag == "script" and given.get("src")):
            self.links.append(self.get_starttag_text() or "")
        if "style" in given:
            raise ValueError("folium wrote a style attribute, which the policy forbids")
        if "body" in self._inside and tag not in {"script", "style"}:
            self.body.append(self.get_starttag_text() or "")
        if tag not in {"meta", "link"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()
        if "body" in self._inside and tag not in {"script", "style"}:
            self.body.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        inside = self._inside[-1] if self._inside else ""
        if inside in {"script", "style"}:
            (self.scripts if inside == "script" else self.styles).append(data)
        elif "body" in self._inside:
            self.body.append(data)


def _split_page(
    rendered: str, language: Language, assets: MapAssets, strings: MapStrings, *, look: str
) -> MapPage:
    """Write the page again with a head of our own: folium's forbids zooming, and names outside hosts."""
    parser = _PageParser()
    parser.feed(rendered)
    own = [f'<link rel="stylesheet" href="{escape(assets.style)}">']
    own.append(f'<script src="{escape(assets.script)}" defer></script>')
    html = _PAGE.format(
        language=language,
        look=look,
        links="\n".join([*_linked(parser.links), *own]),
        body=_squeeze("".join(parser.body)),
        **{name: escape(text) for name, text in asdict(strings).items()},
    )
    style = "\n".join(_squeeze(part) for part in (*parser.styles, _STYLE))
    return MapPage(html, "\n".join(_squeeze(part) for part in parser.scripts) + "\n", style + "\n")


def _linked(links: list[str]) -> list[str]:
    return [f"{link[:-1]} defer></script>" if link.startswith("<script") else link for link in links]


def _squeeze(text: str) -> str:
    """Drop indentation and empty lines, which are a third of what folium writes."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{links}
</head>
<body class="{look}">
<main>
<h1 class="unseen">{title}</h1>
<p id="map-status" role="status">{no_script}</p>
{body}
<ul id="map-key">
<li><span class="key spot spot-point"></span>{key_point}</li>
<li><span class="key spot spot-municipality"></span>{key_municipality}</li>
<li><span class="key area"></span>{key_area}</li>
</ul>
<p id="map-credit">{credit}</p>
</main>
</body>
</html>
"""
