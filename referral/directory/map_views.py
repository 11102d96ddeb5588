"""The map of results: one page for a frame, its script and style, and the points of a search."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from flask import Blueprint, Response, jsonify, request, url_for
from flask_babel import force_locale, gettext

from referral.access.guard import public
from referral.directory.forms import SearchForm
from referral.directory.points import list_features
from referral.directory.results import make_query
from referral.directory.views import give_language, take_language
from referral.edition.reader import current_edition
from referral.geo.map import MapAssets, MapPage, MapStrings, build_map
from referral.i18n.locale import current_language
from referral.search.engine import search
from referral.shared.bilingual import Language
from referral.shared.clock import now
from referral.web.assets import ASK_AGAIN, asset
from referral.web.headers import allow_own_frame

blueprint = Blueprint("map", __name__, url_prefix="/<any(fr, en):language>")
blueprint.url_value_preprocessor(take_language)
blueprint.url_defaults(give_language)


def name_parts() -> MapStrings:
    """Return the words of the map in the language in force; its script fills in what is in braces."""
    return MapStrings(
        title=gettext("Map"),
        region=gettext("Map of the services found"),
        loading=gettext("Loading the map…"),
        failed=gettext("The map could not be loaded. The list says everything that the map says."),
        nothing=gettext("Nothing to show on the map. The list says everything that the map says."),
        credit=gettext("Schematic regions and places: GeoNames (CC BY 4.0), Natural Earth."),
        no_script=gettext("The map needs JavaScript. The list says everything that the map says."),
        zoom_in=gettext("Zoom in"),
        zoom_out=gettext("Zoom out"),
        close=gettext("Close"),
        somewhere_in=gettext("Somewhere in {place}"),
        key_point=gettext("At this address"),
        key_municipality=gettext("Somewhere in the town"),
        key_area=gettext("Number of services in an area, without a point"),
        open_service=gettext("Open the listing"),
        open_list=gettext("See the list"),
        cluster=gettext("{count} services here: zoom in"),
        area_one=gettext("1 service, at a confidential address or without a known point"),
        area_many=gettext("{count} services, at confidential addresses or without a known point"),
        shown_one=gettext("1 service on the map"),
        shown_many=gettext("{count} services on the map"),
    )


@cache
def map_page(language: Language) -> MapPage:
    """Build the map once for each language; its points come with each search."""
    with force_locale(language):
        return build_map(
            language,
            url_for("map.list_points", language=language),
            MapAssets(
                leaflet_script=asset("vendor/leaflet/leaflet.js"),
                leaflet_style=asset("vendor/leaflet/leaflet.css"),
                cluster_script=asset("vendor/markercluster/leaflet.markercluster.js"),
                cluster_style=asset("vendor/markercluster/MarkerCluster.css"),
                script=url_for("map.send_script", language=language),
                style=url_for("map.send_style", language=language),
            ),
            name_parts(),
        )


def send(content: str, mimetype: str) -> Response:
    """Send a part of the map, to be asked again each time, and read again when it changed."""
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = ASK_AGAIN
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


@blueprint.get("/services/map")
@public
def show_map() -> Response:
    """Show the map, for a frame of the results; its script reads what is looked for in the address."""
    return allow_own_frame(Response(map_page(current_language()).html, mimetype="text/html"))


@blueprint.get("/services/map.js")
@public
def send_script() -> Response:
    """Send the script of the map."""
    return send(map_page(current_language()).script, "text/javascript")


@blueprint.get("/services/map.css")
@public
def send_style() -> Response:
    """Send the style of the map."""
    return send(map_page(current_language()).style, "text/css")


@blueprint.get("/services.geojson")
@public
def list_points() -> Response:
    """Return what the map may show of a search: points that are public, and counts on areas."""
    form = SearchForm(request.args)
    features = []
    if form.validate() and not form.place_answer.choices:
        edition = current_edition()
        query = make_query(form.criteria(), form.place_answer.place, now())
        found = search(edition.index, replace(query, limit=edition.manifest.services))
        features = list_features(edition.listing(hit.position) for hit in found.hits)
    response = jsonify(type="FeatureCollection", features=features)
    response.mimetype = "application/geo+json"
    return response
