"""A map with plain words, and where its files would be served."""

from __future__ import annotations

import pytest

from referral.geo.folium_page import MapPage
from referral.geo.map import MapAssets, MapStrings, build_map

ASSETS = MapAssets(
    leaflet_script="/assets/leaflet.js",
    leaflet_style="/assets/leaflet.css",
    cluster_script="/assets/cluster.js",
    cluster_style="/assets/cluster.css",
    script="/carte.js",
    style="/carte.css",
)
DATA_URL = "/carte.geojson"
STRINGS = MapStrings(
    title="Carte des services",
    region="Carte des services trouvés",
    loading="La carte se prépare.",
    failed="La carte n’a pas pu être lue. La liste dit la même chose.",
    nothing="Aucun service à montrer sur la carte.",
    credit="Lieux : GeoNames (CC BY 4.0). Contour : Natural Earth.",
    no_script="La carte demande JavaScript. La liste dit la même chose.",
    zoom_in="Agrandir",
    zoom_out="Réduire",
    close="Fermer",
    key_point="À cet endroit",
    key_municipality="Quelque part dans la ville",
    key_area="Adresse non publiée : la région ou la ville",
    open_service="Voir le service",
    open_list="Voir la liste",
    show_in_list="Montrer dans la liste",
    cluster="{count} services ici",
    area_one="{count} service, adresse non publiée",
    area_many="{count} services, adresses non publiées",
    shown_one="{count} service sur la carte",
    shown_many="{count} services sur la carte",
)


@pytest.fixture(scope="session")
def map_page() -> MapPage:
    return build_map("fr", DATA_URL, ASSETS, STRINGS)
