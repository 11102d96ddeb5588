"""Places that someone may name: towns, neighbourhoods, First Nations, villages, postal areas, regions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place of the table. Coordinates in degrees, ``radius_km`` how far the point may be off."""

    name: str
    kind: str
    region_code: str
    latitude: float
    longitude: float
    population: int | None = None
    radius_km: float | None = None
    municipality: str | None = None
