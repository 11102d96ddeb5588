"""``flask relais search``: the directory's search at the terminal, from the edition alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from geopy.exc import GeopyError
from rich.table import Table
from rich.text import Text as Styled

from referral.catalogue.listing import Listing, Text
from referral.cli.console import errors, output, refuse, speaking
from referral.edition.reader import Edition, NoEditionError, current_edition
from referral.geo.areas import REGIONS
from referral.geo.geocoder import PlaceGeocoder
from referral.geo.places import KnownPlace
from referral.i18n.phones import show_number
from referral.search.engine import search
from referral.search.filters import FilterError, check_filters
from referral.search.query import Hit, Query
from referral.shared.bilingual import Bilingual, Language
from referral.shared.clock import QUEBEC, now


@click.command("search")
@with_appcontext
@click.argument("words", default="")
@click.option("--near", help="A town, neighbourhood, village, region or the start of a postal code.")
@click.option("--filter", "filters", multiple=True, metavar="KEY=VALUE", help="May be given several times.")
@click.option(
    "--at", type=click.DateTime(("%Y-%m-%dT%H:%M", "%Y-%m-%d")), help="The moment to judge by, Québec time."
)
@click.option("--lang", type=click.Choice(("fr", "en")), help="French unless the terminal speaks English.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="A list of objects, for other programs.")
def search_command(  # noqa: PLR0913, PLR0917  # one for each option
    words: str,
    near: str | None,
    filters: tuple[str, ...],
    at: datetime | None,
    lang: Language | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """Find services by words, place and filters."""
    with speaking(lang) as language:
        try:
            edition = current_edition()
            query = Query(
                at=at.replace(tzinfo=QUEBEC) if at else now(),
                words=words,
                filters=check_filters(_pair(text) for text in filters),
                language=language,
                limit=limit,
            )
        except NoEditionError:
            refuse(_("No edition was built yet."))
        except FilterError as error:
            refuse(str(error))
        if near:
            query = replace(query, near=_choose(near))
        found = search(edition.index, query)
        rows = [describe(edition, hit, language) for hit in found.hits]
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            _print_table(rows, found.total)


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        refuse(_("A filter is written KEY=VALUE: %(text)s", text=text))
    return key.strip(), value.strip()


def _choose(near: str) -> KnownPlace:
    """Return the place meant; homonyms are said on the error output, the likeliest is taken."""
    try:
        found = PlaceGeocoder().geocode(near, exactly_one=False)
    except GeopyError as error:
        refuse(str(error))
    if not found:
        refuse(_("This place is not known: %(place)s", place=near))
    places = [location.raw for location in found]
    if len(places) > 1 and places[1].name == places[0].name:
        names = "; ".join(f"{place.name} ({REGIONS[place.region_code].fr})" for place in places)
        errors.print(
            _("Several places have this name, the first is taken: %(names)s", names=names), markup=False
        )
    chosen: KnownPlace = places[0]
    if chosen.is_vague:
        errors.print(_("This postal code covers a very large area: give the name of the village or town."))
    return chosen


def describe(edition: Edition, hit: Hit, language: Language) -> dict[str, Any]:
    """Return one result as plain values; codes are those of data/vocabulary."""
    listing = edition.listing(hit.position)
    row: dict[str, Any] = {
        "id": listing.id,
        "name": best(listing.name, language),
        "organization": best(listing.organization.name, language),
        "categories": list(listing.categories),
        "clientele": list(listing.clientele),
        "languages": [each.code for each in listing.languages],
        "phones": [phone.number for phone in listing.phones],
        "region": listing.place.region_code or ("00" if listing.area.everywhere else None),
        "serves": hit.serves,
        "open_now": hit.open_now,
        "trust": listing.trust,
        "call_first": _call_first(listing),
        "unknown": list(hit.unknown),
        "why": list(hit.reasons),
    }
    if hit.distance_km is None:
        row["distance_band"] = hit.distance_band
    else:
        row["distance_km"] = round(hit.distance_km, 1)
    return row


def best(text: Text, language: Language) -> str:
    """Return a text in the language asked, or in the other where it is not written."""
    return Bilingual(text.fr, text.en).best(language)[0]


def _call_first(listing: Listing) -> bool:
    return listing.trust in {"candidate", "sourced", "contacted"}


def _print_table(rows: list[dict[str, Any]], total: int) -> None:
    """Print a row for each result, as wide as the terminal; telephone numbers are never broken."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column(_("Service"), ratio=1, overflow="fold")
    for title in (_("Telephone"), _("Where"), _("Now")):
        table.add_column(title, no_wrap=title == _("Telephone"))
    for row in rows:
        table.add_row(
            Styled.assemble((row["name"], "bold"), f"\n{row['organization']}"),
            "\n".join(show_number(number) for number in row["phones"]),
            f"{_region(row['region'])}\n{_distance(row)}".strip(),
            f"{_opening(row['open_now'])}\n{_trust(row)}",
            end_section=True,
        )
    output.print(table, soft_wrap=False)
    output.print(_("%(shown)d of %(total)d", shown=len(rows), total=total))


def _opening(open_now: bool | None) -> str:  # noqa: FBT001  # three answers, one value
    return {True: _("open"), False: _("closed"), None: _("hours not known")}[open_now]


def _region(code: str | None) -> str:
    if code is None:
        return _("not known")
    return _("All of Québec") if code == "00" else str(REGIONS[code].fr)


def _distance(row: dict[str, Any]) -> str:
    if "distance_km" in row:
        return f"{row['distance_km']:.0f} km"
    bands = {
        "under_25": _("under 25 km"),
        "25_100": _("25 to 100 km"),
        "over_100": _("over 100 km"),
    }
    return bands.get(row["distance_band"] or "", "")


def _trust(row: dict[str, Any]) -> str:
    return _("call first") if row["call_first"] else _("confirmed")
