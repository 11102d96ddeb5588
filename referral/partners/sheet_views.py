"""The sheet of an organization: taken away, filled, sent back, looked at, and only then proposed."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Flask, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from referral.access.guard import find_actor, require
from referral.access.policy import Actor, Permission, Target
from referral.accounts import door
from referral.accounts.forms import StaffForm
from referral.audit.events import Action, Event
from referral.audit.services import record_apart
from referral.catalogue.change_models import Via
from referral.catalogue.changes import Author
from referral.catalogue.checking import ValuesRefusedError
from referral.catalogue.problems import Remarks
from referral.edition.publishing import publish_soon
from referral.i18n.locale import current_language
from referral.partners import sheets
from referral.partners.areas import listings
from referral.partners.sheet_reading import MOST_BYTES, SheetRefusedError
from referral.partners.words import describe, name_field
from referral.shared.clock import now
from referral.shared.database import directory_session, writing
from referral.web.bodies import allow_large

NAMES = {"fr": "liste", "en": "list"}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
ROOM = 64 * 1024
"""Bytes of a form besides its file."""


class SheetForm(StaffForm):
    """A file."""

    sheet = FileField(_l("Your sheet (.xlsx or .csv, 2 MB at most)"), [FileRequired(_l("Choose a file."))])


class SendForm(StaffForm):
    """What was looked at."""

    looked_at = HiddenField(validators=[InputRequired(), Length(max=sheets.MOST_SEALED)])


def own() -> tuple[Actor, UUID]:
    """Return who keeps listings, and of which organization; answers 404 to anyone else."""
    who = find_actor()
    place = who.acting_for if who else None
    actor = require(Permission.LISTING_PROPOSE, Target(place))
    return actor, place or abort(404)


@listings.get("/sheet")
def show_sheet() -> ResponseReturnValue:
    """Offer the sheet, and take it back."""
    _actor, place = own()
    return show(SheetForm(formdata=None), place)


def show(form: SheetForm, place: UUID, status: int = HTTPStatus.OK, **more: object) -> ResponseReturnValue:
    """Show the page on which a sheet is sent."""
    count = len(sheets.list_own(directory_session(), place))
    return render_template("listings/sheet.html", form=form, count=count, **more), status


@listings.get("/sheet/list.<any(xlsx, csv):kind>")
def take_sheet(kind: str) -> ResponseReturnValue:
    """Give the organization's own listings as a file, to whoever proved a short while ago who she is."""
    actor, place = own()
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    session = directory_session()
    rows = sheets.make_rows(session, place)
    content = sheets.make_workbook(rows) if kind == "xlsx" else sheets.make_csv(rows)
    session.rollback()
    record_apart(Event(Action.EXPORT, "listing", None, actor, place))
    return as_file(content, kind, NAMES[current_language()])


def as_file(content: bytes, kind: str, name: str) -> Response:
    """Return a file to keep; its name tells nothing."""
    response = make_response(content)
    response.headers["Content-Type"] = TYPES[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@listings.post("/sheet")
def look_at_sheet() -> ResponseReturnValue:
    """Say what a sheet would change, or what is wrong with it; nothing is kept of it."""
    actor, place = own()
    form = SheetForm()
    if not form.validate_on_submit():
        return show(form, place, HTTPStatus.UNPROCESSABLE_ENTITY)
    remarks, session = Remarks(), directory_session()
    try:
        data = request.files["sheet"].stream.read(MOST_BYTES + 1)
        planned = sheets.plan_upload(session, place, form.sheet.data.filename or "", data, remarks)
    except SheetRefusedError as error:
        form.refuse("sheet", _(error.reason) % error.values)
        return show(form, place, HTTPStatus.UNPROCESSABLE_ENTITY)
    if remarks.total:
        problems = [(each.line, each.column, _(each.reason) % each.values) for each in remarks.problems]
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return show(form, place, status, problems=problems, total=remarks.total)
    sealed = sheets.seal(planned, actor.user_id, place, now())
    if sealed is None:
        form.refuse("sheet", _(sheets.TOO_MUCH))
        return show(form, place, HTTPStatus.UNPROCESSABLE_ENTITY)
    return render_template(
        "listings/sheet_changes.html",
        form=SendForm(formdata=None, looked_at=sealed),
        rows=[(each.service, each.line, list_changes(each)) for each in planned],
    )


def list_changes(planned: sheets.Planned) -> list[tuple[str, list[str], list[str], bool]]:
    """Return what a row changes, in words: field, before, after, and whether it is shown at once."""
    language = current_language()
    return [
        (
            name_field(name, language),
            describe(name, planned.before[name], language),
            describe(name, value, language),
            planned.is_at_once(name),
        )
        for name, value in planned.after.items()
    ]


@listings.post("/sheet/send")
def send_sheet() -> ResponseReturnValue:
    """Propose what was looked at: all of it, or nothing where something changed meanwhile."""
    actor, place = own()
    form = SendForm()
    if not form.validate_on_submit():
        return show(SheetForm(formdata=None), place, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with writing(directory_session()) as session:
            shown = sheets.send(session, form.looked_at.data, Author(actor, Via.SHEET), place, now())
    except (sheets.StaleSheetError, ValuesRefusedError):
        return show(SheetForm(formdata=None), place, HTTPStatus.CONFLICT, is_stale=True)
    if shown:
        publish_soon(directory_session())
    flash(_("Sent. Hours and what you lack count at once; our team looks at the rest."))
    return redirect(url_for("listings.show_sheet"), HTTPStatus.SEE_OTHER)


def init_app(app: Flask) -> None:
    """Let the two pages that take a sheet take its bytes."""
    allow_large(app, "listings.look_at_sheet", MOST_BYTES + ROOM)
    allow_large(app, "listings.send_sheet", sheets.MOST_SEALED + ROOM)
