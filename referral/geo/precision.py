"""How precisely the place of a service that must stay confidential may be told.

Its public area is its region, or its municipality where that has at least 50,000 inhabitants
and the organization publishes the town itself.
"""

from __future__ import annotations

from functools import cache

from referral.geo.areas import NEIGHBOURS, REGIONS
from referral.geo.names import fold_name
from referral.geo.places import KnownPlace, list_exact, load_places

LEAST_INHABITANTS = 50_000

LARGE_MUNICIPALITIES: dict[str, tuple[str, int]] = {
    "Blainville": ("15", 59_819),
    "Brossard": ("16", 69_575),
    "Drummondville": ("17", 59_489),
    "Gatineau": ("07", 300_045),
    "Granby": ("05", 66_222),
    "Laval": ("13", 438_366),
    "Longueuil": ("16", 229_330),
    "Lévis": ("12", 143_414),
    "Mirabel": ("15", 61_108),
    "Montréal": ("06", 1_762_949),
    "Québec": ("03", 531_902),
    "Repentigny": ("14", 84_965),
    "Saguenay": ("02", 148_886),
    "Saint-Hyacinthe": ("16", 50_326),
    "Saint-Jean-sur-Richelieu": ("16", 98_036),
    "Saint-Jérôme": ("15", 54_948),
    "Sherbrooke": ("05", 129_447),
    "Terrebonne": ("14", 111_575),
    "Trois-Rivières": ("04", 144_472),
}
"""Region and population: GeoNames, and the 2021 census (Statistics Canada) for Blainville and Mirabel.

By hand, so that a change of the table of places never widens what is shown. Boroughs and former
towns (Sainte-Foy, Hull) are not municipalities. A town left out is only shown less precisely.
"""

_LARGE_BY_NAME = {fold_name(name): name for name in LARGE_MUNICIPALITIES}


def public_area(
    municipality: str | None, region_code: str, *, self_published: bool
) -> tuple[str | None, str]:
    """Return what may be told of a confidential place: a large municipality or None, and the region.

    ``self_published``: the organization itself makes its town known. A large municipality given
    with another region than its own is not told.
    """
    name = _LARGE_BY_NAME.get(fold_name(municipality or ""))
    if not self_published or name is None or LARGE_MUNICIPALITIES[name][0] != region_code:
        return None, region_code
    return name, region_code


@cache
def area_centroid(region_code: str, municipality: str | None = None) -> tuple[float, float]:
    """Return the latitude and longitude that stand for a public area when a distance is banded.

    For a region, the middle of where its people live: half of Côte-Nord's surface has no one.
    Never drawn as a place: ``areas.label_point`` is where a region is drawn. KeyError if unknown.
    """
    if municipality is not None:
        for place in list_exact(municipality):
            if place.kind == "municipality" and place.region_code == region_code:
                return place.latitude, place.longitude
    peopled = [
        (place, place.population)
        for place in load_places()
        if place.region_code == region_code and place.kind == "municipality" and place.population
    ]
    total = sum(population for _, population in peopled)
    if not total:
        raise KeyError(region_code)
    latitude = sum(place.latitude * population for place, population in peopled) / total
    longitude = sum(place.longitude * population for place, population in peopled) / total
    return latitude, longitude


def region_contradicts(town: str, region_code: str) -> bool:
    """Tell whether a known town can't be in that region; False when either is unknown.

    A homonym in several regions contradicts only if none of them matches. The region of a postal
    locality is inferred, so a neighbouring region does not contradict it.
    """
    towns = [place for place in list_exact(town) if place.kind not in {"region", "fsa"}]
    if region_code not in REGIONS or not towns:
        return False
    return not any(_may_be_in(place, region_code) for place in towns)


def _may_be_in(place: KnownPlace, region_code: str) -> bool:
    if place.region_code == region_code:
        return True
    return place.kind == "locality" and region_code in NEIGHBOURS[place.region_code]
