"""Keeping services, comparing them, printing them and taking them to another device."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from referral.access.guard import public
from referral.directory.asked import SEAL as SEARCH
from referral.directory.asked import page_given, search_token
from referral.directory.comparison import Compared, compare
from referral.directory.live import list_lines
from referral.directory.pocket import list_numbers
from referral.directory.qr import draw_qr
from referral.directory.selection import SEAL, current_selection, seal_ids
from referral.directory.views import blueprint, edition_day, results_address
from referral.edition.reader import current_edition
from referral.shared.clock import now

PAGES_WITH_SEARCH = frozenset(
    f"directory.{name}"
    for name in ("show_service", "show_organization", "show_selection", "change_selection", "flag_listing")
)
"""Pages that lead back to the results that one came from."""
BACK = frozenset(
    f"directory.{name}" for name in ("list_services", "show_service", "show_organization", "show_selection")
)
ADD, DROP, FORGET = "add", "drop", "forget"


@blueprint.url_defaults
def keep_selection(endpoint: str, values: dict[str, Any]) -> None:
    """Carry what is kept, and the search, from page to page: there is nothing else that could."""
    if not has_request_context():
        return
    if token := current_selection().token:
        values.setdefault(SEAL, token)
    if endpoint in PAGES_WITH_SEARCH:
        values.setdefault(SEARCH, search_token())
        if page := page_given():
            values.setdefault("page", page)


@blueprint.after_request
def stay_out_of_indexes(response: Response) -> Response:
    """Keep search engines from what is somebody's: sealed addresses, and lists."""
    if SEAL in request.args or SEARCH in request.args or "selection" in (request.endpoint or ""):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/selection")
@public
def show_selection() -> ResponseReturnValue:
    """Show the services kept side by side, and how to take them along."""
    selection = current_selection()
    rows, gone = _kept()
    here = url_for("directory.show_selection", _external=True, l=seal_ids(selection.ids), s=None, page=None)
    return render_template(
        "directory/selection.html",
        rows=rows,
        gone=gone,
        is_unreadable=selection.is_unreadable,
        was_full="full" in request.args,
        qr=draw_qr(here) if rows else None,
        back=results_address(),
        edition_day=edition_day(),
    )


@blueprint.post("/selection")
@public
def change_selection() -> ResponseReturnValue:
    """Keep one more service or let some go, then return; no token is needed, since nothing is stored."""
    selection = current_selection()
    if FORGET in request.form:
        ids = selection.without(_kept()[1])
    elif DROP in request.form:
        ids = selection.without([_id_sent(DROP)])
    else:
        added = _id_sent(ADD)
        if selection.is_full and added not in selection:
            return redirect(url_for("directory.show_selection", full=1), HTTPStatus.SEE_OTHER)
        ids = selection.with_one(added)
    return redirect(_way_back(seal_ids(ids)), HTTPStatus.SEE_OTHER)


@blueprint.get("/selection/pocket")
@public
def show_pocket() -> ResponseReturnValue:
    """Show numbers and hours alone, small, to print and fold: nothing says whose they are."""
    rows, _ = _kept()
    missing = sum(not row.reach.phones for row in rows)
    numbers = list_numbers(row.reach for row in rows)
    return render_template("directory/pocket.html", numbers=numbers, missing=missing)


def _kept() -> tuple[list[Compared], list[UUID]]:
    """Return the services kept, and the ids that are no longer in the directory."""
    edition, listings, gone = current_edition(), [], []
    for service_id in current_selection().ids:
        position = edition.position_of(service_id)
        if position is None:
            gone.append(service_id)
        else:
            listings.append(edition.listing(position))
    live = list_lines(listings)
    return [compare(each, edition, now(), live[each.id]) for each in listings], gone


def _id_sent(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def _way_back(token: str | None) -> str:
    """Return the address of the page that sent the form, built anew: it can only be one of ours."""
    try:
        endpoint, values = current_app.url_map.bind("").match(request.form.get("back", ""), method="GET")
    except HTTPException:
        endpoint, values = "", {}
    if endpoint not in BACK:
        endpoint, values = "directory.show_selection", {}
    anchor = request.form.get(ADD) if endpoint != "directory.show_selection" else None
    return url_for(
        endpoint,
        **values,
        l=token,
        s=search_token(),
        page=page_given(),
        _anchor=f"s-{anchor}" if anchor else None,
    )


def init_app(app: Flask) -> None:
    """Let every page say what is kept."""
    app.jinja_env.globals.update(current_selection=current_selection, search_token=search_token)
