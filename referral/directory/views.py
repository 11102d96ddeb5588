"""The public pages. They answer from the edition: no database, no session, no cookie."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from referral.access.guard import public
from referral.directory.asked import page_given, search_token
from referral.directory.cards import list_cards
from referral.directory.details import describe, say_trusts
from referral.directory.forms import SearchForm
from referral.directory.live import find_line, list_lines
from referral.directory.needs import list_tiles
from referral.directory.reach import find_way
from referral.edition.reader import current_edition
from referral.i18n.locale import current_language, preferred_language
from referral.search.engine import search
from referral.search.query import Query
from referral.shared.clock import QUEBEC, now

blueprint = Blueprint("directory", __name__, url_prefix="/<any(fr, en):language>")


@blueprint.url_value_preprocessor
def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Keep the language out of the views: the address has already chosen it."""
    if values is not None:
        values.pop("language", None)


@blueprint.url_defaults
def give_language(_endpoint: str, values: dict[str, Any]) -> None:
    """Stay in the language of the page."""
    values.setdefault("language", current_language())


def edition_day() -> date:
    """Return the day of Québec on which what this page shows was published."""
    return current_edition().manifest.built_at.astimezone(QUEBEC).date()


def results_address(service_id: str | None = None) -> str | None:
    """Return where the results are that one came from, at one service of them; None if from elsewhere."""
    token = search_token()
    if token is None:
        return None
    anchor = f"s-{service_id}" if service_id else None
    return url_for("directory.list_services", s=token, page=page_given(), _anchor=anchor)


@public
def start() -> ResponseReturnValue:
    """Send to the start page in the language that the browser prefers."""
    response = redirect(url_for("directory.home", language=preferred_language()))
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """Show the search, the help lines and the kinds of help."""
    edition = current_edition()
    found = search(edition.index, Query(at=now(), language=current_language(), limit=1))
    return render_template(
        "directory/home.html",
        form=SearchForm({}),
        groups=list_tiles(found.facets.get("need", {})),
        total=found.total,
        edition_day=edition_day(),
    )


@blueprint.get("/services/<uuid:service_id>")
@public
def show_service(service_id: UUID) -> ResponseReturnValue:
    """Show one service: what one needs to call now, then the rest."""
    edition = current_edition()
    position = edition.position_of(service_id)
    if position is None:
        new = edition.moved_to(service_id) or abort(404)
        return redirect(url_for("directory.show_service", service_id=new), HTTPStatus.MOVED_PERMANENTLY)
    listing = edition.listing(position)
    live = find_line(listing)
    return render_template(
        "directory/service.html",
        details=describe(listing, now(), is_closed=live.is_closed),
        listing=listing,
        live=live,
        way=find_way(listing, edition),
        back=results_address(str(service_id)),
        edition_day=edition_day(),
    )


@blueprint.get("/organizations/<uuid:organization_id>")
@public
def show_organization(organization_id: UUID) -> ResponseReturnValue:
    """Show an organization and all its services."""
    edition = current_edition()
    found = edition.organization(organization_id)
    if found is None:
        new = edition.moved_to(organization_id) or abort(404)
        return redirect(
            url_for("directory.show_organization", organization_id=new), HTTPStatus.MOVED_PERMANENTLY
        )
    listings = [edition.listing(position) for position in found.positions]
    live = list_lines(listings)
    closed = {id_ for id_, line in live.items() if line.is_closed}
    return render_template(
        "directory/organization.html",
        organization=found.card,
        cards=list_cards(listings, now(), closed),
        live=live,
        trusts=say_trusts(listings),
        back=results_address(),
        edition_day=edition_day(),
    )
