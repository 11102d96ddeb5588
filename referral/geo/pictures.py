"""The drawn regions as paths of a small picture: the whole of Québec, or the thick of its south; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians

from referral.geo.areas import REGIONS, label_point, load_regions

Point = Sequence[float]
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the map, in degrees, and the width of its picture."""

    west: float
    east: float
    south: float
    north: float
    width: int = 320

    @property
    def squeeze(self) -> float:
        """How long a degree of longitude is against one of latitude, in the middle of the picture."""
        return cos(radians((self.south + self.north) / 2))

    @property
    def scale(self) -> float:
        """Units of the picture in a degree of latitude."""
        return self.width / ((self.east - self.west) * self.squeeze)

    @property
    def height(self) -> int:
        """Height of the picture."""
        return round((self.north - self.south) * self.scale)

    def place(self, longitude: float, latitude: float) -> Spot:
        """Return where a point is in the picture, perhaps beyond its edges."""
        return (longitude - self.west) * self.squeeze * self.scale, (self.north - latitude) * self.scale


@dataclass(frozen=True, slots=True)
class Shape:
    """A region: its path, and where its number stands; None where another picture has it.

    ``anchor`` is where a line from the number leads, if it stands beside the map.
    """

    code: str
    path: str
    label: Spot | None
    anchor: Spot | None


WHOLE = Frame(-79.9, -56.9, 44.4, 62.7)
SOUTH = Frame(-75.3, -70.4, 44.55, 47.05)
"""Where the regions are too small to be told apart on the whole."""
IN_SOUTH = frozenset({"05", "06", "12", "13", "14", "15", "16", "17"})
MOVED = {
    "01": (-68.3, 48.0),
    "03": (-70.9, 47.45),
    "04": (-74.1, 47.9),
    "11": (-65.7, 48.75),
    "15": (-74.5, 46.1),
    "16": (-72.9, 45.4),
}
"""Where the middle of a region is not the best place for a number, longitude first."""
BESIDE = {"13": (-74.95, 44.78), "06": (-73.5, 44.78)}
"""Numbers that would cover their region stand below the border."""


@cache
def draw(frame: Frame) -> tuple[Shape, ...]:
    """Return the seventeen regions; each has its number in one picture only."""
    paths = {
        each["properties"]["code"]: _path(each["geometry"], frame) for each in load_regions()["features"]
    }
    return tuple(_shape(code, paths[code], frame) for code in REGIONS)


def outline(frame: Frame, inner: Frame) -> tuple[float, float, float, float]:
    """Return left, top, width and height of one picture within another."""
    left, top = frame.place(inner.west, inner.north)
    right, bottom = frame.place(inner.east, inner.south)
    return left, top, right - left, bottom - top


def _shape(code: str, path: str, frame: Frame) -> Shape:
    if (code in IN_SOUTH) is not (frame == SOUTH):
        return Shape(code, path, None, None)
    latitude, longitude = label_point(code)
    middle = frame.place(*MOVED.get(code, (longitude, latitude)))
    if code in BESIDE:
        return Shape(code, path, frame.place(*BESIDE[code]), middle)
    return Shape(code, path, middle, None)


def _path(geometry: dict[str, list[list[list[Point]]]], frame: Frame) -> str:
    rings = (ring for polygon in geometry["coordinates"] for ring in polygon)
    return "".join(_ring(frame.place(*point[:2]) for point in ring) for ring in rings)


def _ring(points: Iterable[Spot]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
