"""From what was typed as a place to a place, a choice between several, or a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from geopy.exc import GeocoderQueryError

from referral.geo.areas import is_whole_province
from referral.geo.geocoder import PlaceGeocoder
from referral.geo.places import KnownPlace

Problem = Literal["unknown", "vague"]


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """The place meant; or the places it may be; or why none can be told. All absent: anywhere."""

    place: KnownPlace | None = None
    choices: tuple[KnownPlace, ...] = ()
    problem: Problem | None = None


def resolve(typed: str) -> PlaceAnswer:
    """Return what a typed place means; « le Québec » is anywhere."""
    if not typed.strip() or is_whole_province(typed):
        return PlaceAnswer()
    try:
        found = PlaceGeocoder().geocode(typed, exactly_one=False) or ()
    except GeocoderQueryError:
        return PlaceAnswer(problem="unknown")
    return choose([location.raw for location in found])


def choose(found: Sequence[KnownPlace]) -> PlaceAnswer:
    """Decide between the places found for one name; a rural postal area is too large to be one."""
    if not found:
        return PlaceAnswer(problem="unknown")
    if len(found) > 1:
        return PlaceAnswer(choices=tuple(found))
    if found[0].is_vague:
        return PlaceAnswer(problem="vague")
    return PlaceAnswer(found[0])
