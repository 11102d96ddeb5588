"""The map of results: one page for a frame, its script and style, and the points of a search."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request, url_for
from flask_babel import force_locale, gettext

from referral.access.guard import public
from referral.directory.asked import search_token
from referral.directory.forms import asked_form
from referral.directory.live import find_lesser
from referral.directory.points import list_features
from referral.directory.results import make_query
from referral.directory.selection import current_selection
from referral.directory.views import give_language, take_language
from referral.edition.reader import current_edition
from referral.geo.folium_page import MapPage
from referral.geo.map import MapAssets, MapStrings, build_map
from referral.geo.tiles import MapTiles, TileFile
from referral.i18n.locale import current_language
from referral.search.engine import search
from referral.shared.bilingual import Language
from referral.shared.clock import now
from referral.web.assets import ASK_AGAIN, asset
from referral.web.headers import allow_own_frame

TILES, TILE_FILE = "relais.map.tiles", "relais.map.tile-file"
OWN_TILES = "/fr/services/map/tiles/{z}/{x}/{y}"
"""Pictures are the same in both languages."""

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
        key_point=gettext("At this address"),
        key_municipality=gettext("Somewhere in the town"),
        key_area=gettext("Number of services in an area, without a point"),
        open_service=gettext("Open the listing"),
        open_list=gettext("See the list of this region"),
        show_in_list=gettext("Show in the list"),
        cluster=gettext("{count} services here: zoom in"),
        area_one=gettext("1 service, at a confidential address or without a known point"),
        area_many=gettext("{count} services, at confidential addresses or without a known point"),
        shown_one=gettext("1 service on the map"),
        shown_many=gettext("{count} services on the map"),
    )


@cache
def map_page(language: Language, tiles: MapTiles | None) -> MapPage:
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
            tiles,
        )


def current_map() -> MapPage:
    """Return the map in the page's language, on the pictures of this site if it has some."""
    return map_page(current_language(), current_app.extensions[TILES])


def map_address() -> str:
    """Return the address of the map of what this page shows, sealed as the page's own.

    It carries the list of what one keeps, since the map leads to services.
    """
    return url_for("map.show_map", s=search_token(), l=current_selection().token)


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
    tiles: MapTiles | None = current_app.extensions[TILES]
    page = Response(current_map().html, mimetype="text/html")
    return allow_own_frame(page, pictures=tiles.host if tiles else None)


@blueprint.get("/services/map.js")
@public
def send_script() -> Response:
    """Send the script of the map."""
    return send(current_map().script, "text/javascript")


@blueprint.get("/services/map.css")
@public
def send_style() -> Response:
    """Send the style of the map."""
    return send(current_map().style, "text/css")


@blueprint.get("/services.geojson")
@public
def list_points() -> Response:
    """Return what the map may show of a search: points that are public, and counts on areas."""
    form = asked_form()
    features = []
    if form.validate() and not form.place_answer.choices:
        edition = current_edition()
        query = make_query(form.criteria(), form.place_answer.place, now(), find_lesser(edition))
        found = search(edition.index, replace(query, limit=edition.manifest.services))
        features = list_features(edition.listing(hit.position) for hit in found.hits)
    response = jsonify(type="FeatureCollection", features=features)
    response.mimetype = "application/geo+json"
    return response


@blueprint.get("/services/map/tiles/<int:zoom>/<int:column>/<int:row>")
@public
def send_tile(zoom: int, column: int, row: int) -> Response:
    """Send a picture of the operator's file; nothing where the file has none.

    It is not to be kept, as pages are not: a disk would tell which town was looked at.
    """
    file: TileFile | None = current_app.extensions[TILE_FILE]
    if file is None:
        abort(HTTPStatus.NOT_FOUND)
    picture = file.find(zoom, column, row)
    if picture is None:
        return Response(status=HTTPStatus.NO_CONTENT)
    return Response(picture, mimetype=file.mimetype)


def init_app(app: Flask) -> None:
    """Open the operator's pictures, if there are some, and let pages name the address of their map."""
    app.extensions[TILE_FILE] = app.extensions[TILES] = None
    credit = app.config["MAP_CREDIT"] or ""
    if app.config["MAP_PMTILES"]:
        file = TileFile(app.config["MAP_PMTILES"])
        app.extensions[TILE_FILE] = file
        app.extensions[TILES] = MapTiles(OWN_TILES, credit, *file.zooms)
    elif app.config["MAP_TILES_URL"]:
        app.extensions[TILES] = MapTiles(app.config["MAP_TILES_URL"], credit)
    app.jinja_env.globals["map_address"] = map_address
    app.register_blueprint(blueprint)
