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

from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

import folium
from branca.element import MacroElement
from folium.plugins import MarkerCluster
from folium.template import Template

from referral.geo.folium_page import (
    CLOSEST_ZOOM,
    FARTHEST_ZOOM,
    QUEBEC,
    MapPage,
    Parts,
    check_own,
    draw_regions,
    make_base,
    squeeze,
    take_apart,
)
from referral.geo.tiles import MapTiles
from referral.shared.bilingual import Language

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
    check_own((data_url, *asdict(assets).values()))
    base = make_base(assets.leaflet_script, assets.leaflet_style)
    if tiles:
        _draw_tiles(tiles).add_to(base)
    draw_regions().add_to(base)
    points = _make_cluster(assets, "pointsIcon", "markerPane")
    areas = _make_cluster(assets, "areasIcon", "areas")
    settings: dict[str, Any] = {"url": data_url, "words": asdict(strings), "language": language}
    settings |= {"bounds": QUEBEC, "named": tiles is None}
    for layer in (points, areas, PointsLayer(base, points, areas, settings)):
        layer.add_to(base)
    parts = take_apart(base, assets.script, assets.style)
    if tiles:
        strings = replace(strings, credit=f"{strings.credit} {tiles.credit}")
    return _lay_out(parts, language, strings, look="pictured" if tiles else "drawn")


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


def _lay_out(parts: Parts, language: Language, strings: MapStrings, *, look: str) -> MapPage:
    """Write the page again with a head of our own: folium's forbids zooming, and names outside hosts."""
    html = _PAGE.format(
        language=language,
        look=look,
        links=parts.links,
        body=parts.body,
        **{name: escape(text) for name, text in asdict(strings).items()},
    )
    return MapPage(html, parts.script, f"{parts.style}\n{squeeze(_STYLE)}\n")


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
