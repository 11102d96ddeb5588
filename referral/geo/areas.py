"""The 17 administrative regions of Québec: codes, names, other names, and which touch which."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from referral.geo.names import fold_name
from referral.shared.bilingual import Bilingual
from referral.shared.paths import DATA

REGIONS_FILE = DATA / "geo" / "regions.geojson"

REGIONS: dict[str, Bilingual] = {
    code: Bilingual(name, name)
    for code, name in {
        "01": "Bas-Saint-Laurent",
        "02": "Saguenay–Lac-Saint-Jean",
        "03": "Capitale-Nationale",
        "04": "Mauricie",
        "05": "Estrie",
        "06": "Montréal",
        "07": "Outaouais",
        "08": "Abitibi-Témiscamingue",
        "09": "Côte-Nord",
        "10": "Nord-du-Québec",
        "11": "Gaspésie–Îles-de-la-Madeleine",
        "12": "Chaudière-Appalaches",
        "13": "Laval",
        "14": "Lanaudière",
        "15": "Laurentides",
        "16": "Montérégie",
        "17": "Centre-du-Québec",
    }.items()
}
"""Official names; the government's English pages keep the French ones."""

ALIASES: dict[str, tuple[str, ...]] = {
    "01": ("BSL", "Lower St. Lawrence", "Bas du fleuve", "Bas-St-Laurent"),
    "02": ("SLSJ", "Saguenay Lac St Jean", "Lac-Saint-Jean", "Le Saguenay"),
    "03": ("Quebec City region", "Région de Québec", "Québec region", "Charlevoix", "National Capital"),
    "04": ("Haute-Mauricie", "La Mauricie"),
    "05": ("Eastern Townships", "Cantons-de-l'Est", "L'Estrie"),
    "06": ("Île de Montréal", "Montreal Island", "Island of Montreal", "Région de Montréal"),
    "07": ("L'Outaouais", "Outaouais region"),
    "08": ("Abitibi", "Témiscamingue", "A-T", "Abitibi Témis"),
    "09": ("North Shore", "Cote Nord", "La Côte-Nord", "Minganie", "Basse-Côte-Nord", "Lower North Shore"),
    "10": ("Northern Quebec", "Nunavik", "Eeyou Istchee", "Baie-James", "James Bay", "Nord du Québec"),
    "11": (
        "Gaspésie",
        "La Gaspésie",
        "Gaspe Peninsula",
        "Îles-de-la-Madeleine",
        "Magdalen Islands",
        "GIM",
    ),
    "12": ("Beauce", "La Beauce", "Chaudière Appalaches"),
    "13": ("Île Jésus", "Île de Laval"),
    "14": ("De Lanaudière",),
    "15": ("Laurentians", "The Laurentians", "Les Laurentides", "Basses-Laurentides", "Hautes-Laurentides"),
    "16": ("Rive-Sud", "South Shore", "La Montérégie"),
    "17": ("Bois-Francs", "Centre du Québec", "Cœur-du-Québec"),
}
"""Other names in use; a part of a region stands for the whole, since services are listed by region."""

NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "01": ("11", "12"),
    "02": ("03", "04", "09", "10"),
    "03": ("02", "04", "09", "12"),
    "04": ("02", "03", "07", "08", "10", "14", "17"),
    "05": ("12", "16", "17"),
    "06": ("13", "14", "16"),
    "07": ("04", "08", "15"),
    "08": ("04", "07", "10"),
    "09": ("02", "03", "10"),
    "10": ("02", "04", "08", "09"),
    "11": ("01",),
    "12": ("01", "03", "05", "17"),
    "13": ("06", "14", "15"),
    "14": ("04", "06", "13", "15"),
    "15": ("07", "13", "14"),
    "16": ("05", "06", "17"),
    "17": ("04", "05", "12", "16"),
}
"""Regions that share a border or a bridge; by hand, since the drawn regions are only a picture."""

_WHOLE_PROVINCE = frozenset(
    fold_name(text)
    for text in (
        "le Québec",
        "province",
        "la province",
        "province de Québec",
        "province of Quebec",
        "Quebec province",
        "QC",
        "PQ",
        "tout le Québec",
        "partout au Québec",
        "au Québec",
        "all of Quebec",
        "all Quebec",
        "across Quebec",
        "everywhere",
        "partout",
    )
)


@cache
def _codes_by_name() -> dict[str, str]:
    named = {fold_name(alias): code for code, aliases in ALIASES.items() for alias in aliases}
    named |= {fold_name(name.fr or ""): code for code, name in REGIONS.items()}
    return named


def region_named(text: str) -> str | None:
    """Return the code of the region that the whole text names, or that is written as its code.

    A part of a region (« Beauce », « Nunavik ») answers with the region. Towns are not looked up.
    """
    bare = text.strip()
    if bare in REGIONS:
        return bare
    folded = fold_name(bare)
    named = _codes_by_name()
    return named.get(folded) or named.get(folded.removeprefix("region de ").removeprefix("region "))


def is_whole_province(text: str) -> bool:
    """Tell « le Québec », « province », "everywhere" from « Québec », which is the city."""
    return fold_name(text) in _WHOLE_PROVINCE


@cache
def load_regions() -> dict[str, Any]:
    """Return the drawn regions (GeoJSON, longitude first): a picture, never a test of membership."""
    collection: dict[str, Any] = json.loads(REGIONS_FILE.read_text(encoding="utf-8"))
    return collection


@cache
def label_point(region_code: str) -> tuple[float, float]:
    """Return the latitude and longitude where the name of a region is written on the map."""
    for feature in load_regions()["features"]:
        if feature["properties"]["code"] == region_code:
            longitude, latitude = feature["properties"]["label"]
            return latitude, longitude
    raise KeyError(region_code)
