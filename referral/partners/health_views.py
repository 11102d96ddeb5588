"""The page of the health of the catalogue, its charts, and the same numbers as files."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.access.guard import require
from referral.access.policy import Permission
from referral.accounts import door
from referral.audit.events import Action, Event
from referral.audit.services import record_apart
from referral.catalogue.fields import LACKS
from referral.catalogue.trust import Trust
from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory.cards import label, region_name
from referral.edition.reader import months_of
from referral.geo.areas import REGIONS
from referral.i18n.locale import current_language
from referral.partners import health
from referral.partners.areas import vetting
from referral.partners.charts import draw_bars, draw_grid
from referral.partners.health import AGE_BANDS, GAPS, NOWHERE, Health, Row, measure
from referral.partners.sheet_reading import guard
from referral.partners.sheet_views import as_file
from referral.partners.sheets import make_csv
from referral.partners.words import LABELS, LACKS_WORDS
from referral.shared.clock import QUEBEC, now
from referral.shared.database import directory_session

BANDS: dict[str, LazyString] = {
    "under-3": _l("Less than 3 months ago"),
    "3-5": _l("3 to 5 months ago"),
    "6-11": _l("6 to 11 months ago"),
    "12-14": _l("12 to 14 months ago"),
    "15-17": _l("15 to 17 months ago"),
    health.OLDEST: _l("18 months ago or more"),
    health.NEVER: _l("Never by a person"),
}
STEPS: dict[str, LazyString] = {
    "no-english": _l("A text without English"),
    "no-french": _l("A text without French"),
    "review-english": _l("English to review: the French changed"),
    "review-french": _l("French to review: the English changed"),
}
Table = list[list[str]]


def read_health() -> Health:
    """Return the counts of this moment."""
    return measure(
        directory_session(),
        Trust(current_app.config["PUBLISHED_FROM"]),
        months_of(current_app),
        now().astimezone(QUEBEC).date(),
    )


@vetting.get("/health")
def show_health() -> ResponseReturnValue:
    """Show how the catalogue stands."""
    require(Permission.CATALOGUE_OVERSEE)
    found = read_health()
    return render_template(
        "vetting/health.html",
        health=found,
        tables={name: make(found) for name, make in TABLES.items()},
        charts=draw_charts(found),
    )


def draw_charts(found: Health) -> dict[str, object]:
    """Return the charts of the page, by the name of their table."""
    services = _("Number of services, with the words of each line above its bar.")
    bars = {
        "ages": (
            _("When services were last confirmed"),
            [(str(BANDS[band]), found.ages[band]) for band in AGE_BANDS],
        ),
        "gaps": (_("What is not known"), [(str(LABELS[name]), found.gaps[name]) for name in GAPS]),
        "languages": (
            _("French and English out of step"),
            [(str(words), found.languages[name]) for name, words in STEPS.items()],
        ),
        "lacks": (
            _("What organizations lack"),
            [(str(LACKS_WORDS[code]), found.lacks[code]) for code in LACKS],
        ),
    }
    charts: dict[str, object] = {
        name: draw_bars(title, services, rows) for name, (title, rows) in bars.items()
    }
    charts["grid"] = draw_grid(
        _("Services by need and region"),
        _("A line for each need, a column for each region by its number; darker where there are more."),
        sorted(REGIONS),
        [(code, label("categories", code)) for code in TAXONOMIES["categories"]],
        found.grid,
    )
    return charts


@vetting.get("/health/<any(ages, gaps, languages, lacks, regions, needs, grid):name>.csv")
def take_health(name: str) -> ResponseReturnValue:
    """Give the numbers of one table as a file, to whoever proved a short while ago who she is."""
    actor = require(Permission.CATALOGUE_OVERSEE)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    rows = [[guard(cell) for cell in row] for row in TABLES[name](read_health())]
    directory_session().rollback()
    record_apart(Event(Action.EXPORT, "health", None, actor))
    return as_file(make_csv(rows), "csv", {"fr": "chiffres", "en": "figures"}[current_language()])


def _pairs(head: str, rows: list[tuple[str, int]]) -> Table:
    return [[head, _("Services")], *([words, str(number)] for words, number in rows)]


def _ages(found: Health) -> Table:
    return _pairs(_("Last confirmed"), [(str(BANDS[band]), found.ages[band]) for band in AGE_BANDS])


def _gaps(found: Health) -> Table:
    return _pairs(_("Not known"), [(str(LABELS[name]), found.gaps[name]) for name in GAPS])


def _languages(found: Health) -> Table:
    return _pairs(_("Languages"), [(str(words), found.languages[name]) for name, words in STEPS.items()])


def _lacks(found: Health) -> Table:
    return _pairs(_("Lacking"), [(str(LACKS_WORDS[code]), found.lacks[code]) for code in LACKS])


def _standing(head: str, rows: list[tuple[str, Row]]) -> Table:
    titles = [head, _("Services"), _("Confirmed"), _("Overdue"), _("Never confirmed")]
    return [
        titles,
        *(
            [words, *(str(number) for number in (row.services, row.confirmed, row.overdue, row.never))]
            for words, row in rows
        ),
    ]


def _regions(found: Health) -> Table:
    rows = [(f"{code} {region_name(code)}", found.regions.get(code, Row())) for code in sorted(REGIONS)]
    if NOWHERE in found.regions:
        rows.append((_("Region not known"), found.regions[NOWHERE]))
    return _standing(_("Region"), rows)


def _needs(found: Health) -> Table:
    rows = [(label("categories", code), found.needs.get(code, Row())) for code in TAXONOMIES["categories"]]
    return _standing(_("Kind of help"), rows)


def _grid(found: Health) -> Table:
    regions = sorted(REGIONS)
    return [
        [_("Kind of help"), *regions],
        *(
            [label("categories", need), *(str(found.grid[need, code]) for code in regions)]
            for need in TAXONOMIES["categories"]
        ),
    ]


TABLES = {
    "ages": _ages,
    "gaps": _gaps,
    "languages": _languages,
    "regions": _regions,
    "needs": _needs,
    "grid": _grid,
    "lacks": _lacks,
}
