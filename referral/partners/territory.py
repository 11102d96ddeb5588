"""The territory served as a form has it: the province, regions, towns that narrow them; and its picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from werkzeug.datastructures import MultiDict

from referral.catalogue.fields import ServedArea, Territory
from referral.catalogue.listing import Text
from referral.geo.areas import REGIONS, load_regions
from referral.geo.places import list_exact

ANYWHERE = "none"
"""Stands for towns of which nobody said the region."""
WIDTH, HEIGHT = 460, 400
WEST, EAST, SOUTH, NORTH = -79.8, -57.1, 44.9, 62.6
SQUEEZE = 0.62
"""Of a degree of longitude against one of latitude in the middle of the province, about cos 52°."""
SEPARATOR = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class Shape:
    """A region as a path of the picture."""

    code: str
    path: str


def put(fields: MultiDict[str, str], area: Territory) -> None:
    """Write a territory into a form."""
    if area.everywhere:
        fields["everywhere"] = "yes"
    fields.setlist("regions", sorted({each.region_code for each in area.areas if each.region_code}))
    for code in (*REGIONS, ANYWHERE):
        towns = [each.municipality for each in area.areas if (each.region_code or ANYWHERE) == code]
        fields[f"towns-{code}"] = ", ".join(town for town in towns if town)
    fields["area_fr"], fields["area_en"] = area.description.fr or "", area.description.en or ""


def read(fields: MultiDict[str, str]) -> Territory:
    """Read a territory from a form; towns of a region that is not chosen do not count."""
    served = set()
    for code in REGIONS:
        if code in fields.getlist("regions"):
            towns = _towns(fields.get(f"towns-{code}", ""), code)
            served |= {ServedArea(code, town) for town in towns} or {ServedArea(code)}
    served |= {ServedArea(None, town) for town in _towns(fields.get(f"towns-{ANYWHERE}", ""), None)}
    words = (" ".join(fields.get(f"area_{language}", "").split()) or None for language in ("fr", "en"))
    return Territory(
        everywhere=fields.get("everywhere") == "yes",
        areas=tuple(sorted(served, key=lambda each: (each.region_code or "", each.municipality or ""))),
        description=Text(*words),
    )


def _towns(typed: str, region: str | None) -> list[str]:
    """Return the towns typed, written as we know them where we do."""
    names = [" ".join(name.split()) for name in SEPARATOR.split(typed)]
    return [_as_known(name, region) for name in names if name]


def _as_known(name: str, region: str | None) -> str:
    known = (place.name for place in list_exact(name) if region in {None, place.region_code})
    return next(known, name)


@cache
def draw_regions() -> tuple[Shape, ...]:
    """Return the seventeen regions as paths of a picture of ``WIDTH`` by ``HEIGHT``."""
    return tuple(
        Shape(
            feature["properties"]["code"],
            " ".join(
                "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in map(_project, ring)) + "Z"
                for polygon in feature["geometry"]["coordinates"]
                for ring in polygon
            ),
        )
        for feature in load_regions()["features"]
    )


def _project(point: Any) -> tuple[float, float]:
    scale = HEIGHT / (NORTH - SOUTH)
    return (point[0] - WEST) * SQUEEZE * scale + 70, (NORTH - point[1]) * scale
