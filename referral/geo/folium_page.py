"""What every map of ours takes from folium: base and regions, nothing inline, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Any

import folium
from branca.element import Element, Figure
from folium.utilities import JsCode

from referral.geo.areas import load_regions

FARTHEST_ZOOM = 3
CLOSEST_ZOOM = 13
"""About 20 m a pixel; the drawn regions say nothing closer."""

QUEBEC = ((44.9, -79.8), (62.6, -57.1))
"""South-west and north-east corners, latitude first."""

_MOVES: Any = JsCode("!window.matchMedia('(prefers-reduced-motion: reduce)').matches")


@dataclass(frozen=True, slots=True)
class MapPage:
    """The page, and the script and style that it links to."""

    html: str
    script: str
    style: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Folium's page taken apart: its links with ours, its body, and what was inline."""

    links: str
    body: str
    script: str
    style: str


def check_own(urls: Iterable[str]) -> None:
    """Refuse an address that is not a path of our own; raises ValueError."""
    for url in urls:
        if not url.startswith("/") or url.startswith("//"):
            raise ValueError(f"The map may only use paths of its own address: {url!r}")


def make_base(leaflet_script: str, leaflet_style: str) -> folium.Map:
    """Return an empty map of Québec without pictures."""

    class LocalMap(folium.Map):
        """A map whose Leaflet comes from our own address; jQuery, Bootstrap and icon fonts are not needed."""

        default_js = [("leaflet", leaflet_script)]
        default_css = [("leaflet_css", leaflet_style)]

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


def draw_regions(name: str = "region", *, interactive: bool = False) -> folium.GeoJson:
    """Return the drawn regions, which a style sheet colours by their class."""
    return folium.GeoJson(
        load_regions(),
        style_function=lambda _feature: {"className": name, "weight": 1, "interactive": interactive},
        control=False,
        smooth_factor=0.5,
    )


def take_apart(base: folium.Map, script: str, style: str) -> Parts:
    """Render a map, the same bytes each time; ``script`` and ``style`` are where its parts will be served."""
    figure = base.get_root()
    for number, element in enumerate(_walk(figure)):
        element._id = str(number)  # noqa: SLF001 - folium's own ids are random
    parser = _PageParser()
    parser.feed(figure.render())
    own = [
        f'<link rel="stylesheet" href="{escape(style)}">',
        f'<script src="{escape(script)}" defer></script>',
    ]
    return Parts(
        "\n".join([*_linked(parser.links), *own]),
        squeeze("".join(parser.body)),
        "\n".join(squeeze(part) for part in parser.scripts) + "\n",
        "\n".join(squeeze(part) for part in parser.styles),
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


def _linked(links: list[str]) -> list[str]:
    return [f"{link[:-1]} defer></script>" if link.startswith("<script") else link for link in links]


def squeeze(text: str) -> str:
    """Drop indentation and empty lines, which are a third of what folium writes."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
