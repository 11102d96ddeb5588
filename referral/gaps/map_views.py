"""The gap map: need by region, for a population and in a language; words, tables, picture, map and file."""

from __future__ import annotations

from functools import cache

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from referral.access.guard import find_actor, require
from referral.access.policy import Actor, Permission, Target
from referral.audit.events import Action, Event
from referral.audit.services import record_apart
from referral.directory.cards import label
from referral.edition.reader import Edition, NoEditionError, current_edition
from referral.evidence.queries import count_needs_told
from referral.gaps import map_words
from referral.gaps.areas import gaps
from referral.gaps.choice import INDIGENOUS, Choice, read_choice
from referral.gaps.drawing import draw_key, draw_south, draw_whole
from referral.gaps.map_page import Gaps, list_rows, look
from referral.gaps.standing import MOST_FEW, Standing
from referral.gaps.supply import list_languages
from referral.gaps.told import last_period, release_told
from referral.geo.folium_page import MapPage
from referral.geo.gap_map import GapAssets, GapStrings, build_gap_map
from referral.i18n.locale import current_language
from referral.partners.sheet_reading import guard
from referral.partners.sheet_views import as_file
from referral.partners.sheets import make_csv
from referral.shared.bilingual import Language
from referral.shared.clock import QUEBEC, now
from referral.shared.database import directory_session
from referral.web.assets import asset
from referral.web.headers import allow_own_frame


def permit() -> Actor:
    """Let in whoever reads reports where she acts; anybody else finds no such page."""
    actor = find_actor()
    return require(Permission.REPORT_READ, Target(actor.acting_for if actor else None))


def find_gaps(edition: Edition) -> Gaps:
    """Return what is known of what the address asks."""
    at = now()
    period = last_period(at.astimezone(QUEBEC).date())
    rows = count_needs_told(directory_session(), period.begins, period.ends)
    return look(edition, at, read_choice(request.args), release_told(rows), period)


def find_edition() -> Edition | None:
    """Return the edition of the directory, or None where none can be read."""
    try:
        return current_edition()
    except NoEditionError:
        return None


@gaps.get("/map")
def show_map() -> ResponseReturnValue:
    """Show where there is little or nothing for a need, and where needs were told."""
    permit()
    edition = find_edition()
    if edition is None:
        return render_template("gaps/map.html", gaps=None)
    found = find_gaps(edition)
    signs = found.find_signs()
    return render_template(
        "gaps/map.html",
        gaps=found,
        regions=found.list_regions(),
        lines=found.list_lines(),
        edition_day=edition.manifest.built_at.astimezone(QUEBEC).date(),
        pictures=(draw_whole(signs), draw_south(signs)),
        keys=[(draw_key(each), map_words.STANDINGS[each], map_words.MEANINGS[each]) for each in Standing],
        query=found.choice.fields(),
        words=map_words,
        options=list_options(edition),
        chosen=name_choice(found.choice),
        indigenous=map_words.name_indigenous() if found.choice.language == INDIGENOUS else [],
    )


def list_options(edition: Edition) -> dict[str, tuple[str, map_words.Options]]:
    """Return what may be chosen, by name of field, with its words."""
    offered = list_languages(edition.index)
    return {
        "need": (_("Need"), map_words.list_needs()),
        "population": (_("For whom"), map_words.list_populations()),
        "lang": (_("Language"), map_words.list_languages(offered)),
    }


def name_choice(choice: Choice) -> list[str]:
    """Name what is chosen; whoever and whatever language are not said."""
    population = label("clientele", choice.population) if choice.population else ""
    language = map_words.say_language(choice.language) if choice.language else ""
    return [each for each in (label("categories", choice.need), population, language) if each]


@gaps.get("/map.csv")
def take_map() -> ResponseReturnValue:
    """Give the numbers that the page shows as a file: what is hidden there is hidden here."""
    actor = permit()
    edition = find_edition()
    rows = [] if edition is None else [[guard(cell) for cell in row] for row in list_rows(find_gaps(edition))]
    directory_session().rollback()
    record_apart(Event(Action.EXPORT, "gaps", None, actor))
    return as_file(make_csv(rows), "csv", {"fr": "besoins", "en": "needs"}[current_language()])


@gaps.get("/map.json")
def list_signs() -> Response:
    """Return how each region stands, for the map's script."""
    permit()
    edition = find_edition()
    signs = {} if edition is None else find_gaps(edition).find_signs()
    return jsonify(
        regions={
            code: {
                "standing": sign.standing.value,
                "number": sign.number,
                "told": sign.told,
                "words": sign.words,
            }
            for code, sign in signs.items()
        }
    )


@gaps.get("/map/frame")
def show_frame() -> Response:
    """Show folium's map, for a frame of the page."""
    permit()
    return allow_own_frame(Response(current_map().html, mimetype="text/html"))


@gaps.get("/map.js")
def send_script() -> Response:
    """Send the script of the map."""
    permit()
    return Response(current_map().script, mimetype="text/javascript")


@gaps.get("/map.css")
def send_style() -> Response:
    """Send the style of the map."""
    permit()
    return Response(current_map().style, mimetype="text/css")


def current_map() -> MapPage:
    """Return the map in the page's language."""
    return make_map(current_language())


@cache
def make_map(language: Language) -> MapPage:
    """Build the map once for each language; what it shows comes with each choice."""
    with force_locale(language):
        return build_gap_map(
            language,
            url_for("gaps.list_signs", language=language),
            GapAssets(
                leaflet_script=asset("vendor/leaflet/leaflet.js"),
                leaflet_style=asset("vendor/leaflet/leaflet.css"),
                script=url_for("gaps.send_script", language=language),
                style=url_for("gaps.send_style", language=language),
            ),
            name_parts(),
        )


def name_parts() -> GapStrings:
    """Return the words of the map in the language in force."""
    standings = map_words.STANDINGS
    return GapStrings(
        title=_("Gap map"),
        region=_("Map of the regions: services listed and needs told"),
        loading=_("Loading the map…"),
        loaded=_("Choose a region to read what is known of it."),
        failed=_("The map could not be loaded. The table says everything that the map says."),
        credit=_("Schematic regions and places: GeoNames (CC BY 4.0), Natural Earth."),
        no_script=_("The map needs JavaScript. The table says everything that the map says."),
        zoom_in=_("Zoom in"),
        zoom_out=_("Zoom out"),
        close=_("Close"),
        key_none=str(standings[Standing.NONE]),
        key_ask=str(standings[Standing.ASK]),
        key_few=_("Few: %(most)s at most", most=MOST_FEW),
        key_several=str(standings[Standing.SEVERAL]),
        key_told=_("Needs told, the wider the more"),
    )
