"""The map of gaps: folium's base with each region filled by how it stands, and rings for needs told.

As the map of results, it is three files that are the same for every choice, from our own address alone.
What it shows is read from ``data_url`` with the query string of the page: a JSON object whose ``regions``
have, by code, ``standing`` (``none``, ``ask``, ``few``, ``several``), ``number``, ``told`` and ``words``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template

from referral.geo.folium_page import MapPage, check_own, draw_regions, make_base, squeeze, take_apart
from referral.shared.bilingual import Language

PEOPLED = ((44.9, -79.8), (50.5, -61.0))
"""Where most regions are; the map opens there, and can be moved."""
_HERE = Path(__file__).parent
_LAYER = (_HERE / "gap_map.js.jinja").read_text(encoding="utf-8")
_STYLE = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("map.css", "gap_map.css"))


@dataclass(frozen=True, slots=True)
class GapAssets:
    """Same-origin URLs: of Leaflet, and of the page's own script and style."""

    leaflet_script: str
    leaflet_style: str
    script: str
    style: str


@dataclass(frozen=True, slots=True)
class GapStrings:
    """Words of the map, in its language."""

    title: str
    region: str
    loading: str
    loaded: str
    failed: str
    credit: str
    no_script: str
    zoom_in: str
    zoom_out: str
    close: str
    key_none: str
    key_ask: str
    key_few: str
    key_several: str
    key_told: str


class GapLayer(MacroElement):
    """Fetch how the regions stand and show it; say in words what happened."""

    _template = Template(_LAYER)

    def __init__(self, base: folium.Map, regions: folium.GeoJson, settings: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "GapLayer"
        self.base = base
        self.regions = regions
        self.settings = settings


def build_gap_map(language: Language, data_url: str, assets: GapAssets, strings: GapStrings) -> MapPage:
    """Render the map as three files; raises ValueError for an address that is not a path of our own."""
    check_own((data_url, *asdict(assets).values()))
    base = make_base(assets.leaflet_script, assets.leaflet_style)
    regions = draw_regions("gap-region", interactive=True)
    regions.add_to(base)
    GapLayer(base, regions, {"url": data_url, "words": asdict(strings), "bounds": PEOPLED}).add_to(base)
    parts = take_apart(base, assets.script, assets.style)
    html = _PAGE.format(
        language=language,
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
<body class="drawn">
<main>
<h1 class="unseen">{title}</h1>
<p id="map-status" role="status">{no_script}</p>
{body}
<ul id="map-key">
<li><span class="key fill-none"></span>{key_none}</li>
<li><span class="key fill-ask"></span>{key_ask}</li>
<li><span class="key fill-few"></span>{key_few}</li>
<li><span class="key fill-several"></span>{key_several}</li>
<li><span class="key fill-told"></span>{key_told}</li>
</ul>
<p id="map-credit">{credit}</p>
</main>
</body>
</html>
"""
