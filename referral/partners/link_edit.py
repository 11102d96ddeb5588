"""The form of a listing for whoever typed the code of a link: the same form, sent in the link's name."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from referral.access.guard import public
from referral.catalogue.change_models import Via
from referral.catalogue.changes import Author, Outcome, is_confidential_service, propose
from referral.catalogue.checking import LONGEST_TEXT, ValuesRefusedError
from referral.catalogue.models import Service
from referral.catalogue.values import list_locations, read_values
from referral.edition.publishing import publish_soon
from referral.partners import edit_form, links
from referral.partners.edit_form import Wrong, find_conflict, list_changed, read_base, say_problems
from referral.partners.edit_views import ADD, ChangedMeanwhileError, list_waiting, opened
from referral.partners.editing import Reading, from_fields
from referral.partners.link_views import blueprint, done, held_link, show_page, take_form
from referral.partners.round_models import ListingLink, Purpose
from referral.partners.rounds import list_shown_of
from referral.partners.typed import GROUPS, Fields, add_row, complete
from referral.shared.clock import now
from referral.shared.database import directory_session, writing


@blueprint.post("/<token>/services/<uuid:service_id>/edit")
@public
def edit(token: str, service_id: UUID) -> ResponseReturnValue:
    """Show the form to whoever holds the key that a code gave, and take what she sends."""
    take_form(token, Purpose.EDIT)
    link = held_link(token, Purpose.EDIT)
    key = request.form.get("key", "")
    if not links.holds_key(link, key, now()):
        told = _("This page was open for too long. Type a new code: ask for it when we call.")
        return show_page(link, token, HTTPStatus.UNPROCESSABLE_ENTITY, gone=told)
    shown = list_shown_of(directory_session(), link.organization_id)
    service = next((each for each in shown if each.id == service_id), None)
    if service is None:
        abort(HTTPStatus.NOT_FOUND)
    g.link_page = {
        "action": url_for("links.edit", token=token, service_id=service_id),
        "token": links.form_token(link),
        "key": key,
    }
    return go_on(service, token, key)


def go_on(service: Service, token: str, key: str) -> ResponseReturnValue:
    """Do what was pressed: open the form, one more row, or sending."""
    fields: Fields = MultiDict(request.form)
    pressed = request.form.get("do")
    if pressed is None:
        return show_form(service, opened(service, read_values(directory_session(), service)))
    if pressed.removeprefix(ADD) in GROUPS:
        complete(fields)
        add_row(fields, pressed.removeprefix(ADD))
        return show_form(service, fields)
    reading = from_fields(fields)
    if reading.problems:
        return show_form(service, fields, say_problems(reading.problems))
    return take(service.id, token, key, reading)


def show_form(
    service: Service, fields: Fields, wrong: list[Wrong] | None = None, **more: Any
) -> ResponseReturnValue:
    """Show the form with what is typed; 422 where something of it is wrong, 409 with both versions."""
    page = render_template(
        "listings/edit.html",
        service=service,
        by_link=g.link_page,
        has_place=bool(list_locations(service)),
        is_confidential=is_confidential_service(service),
        waiting=list_waiting(directory_session(), service),
        longest=LONGEST_TEXT,
        **edit_form.context(complete(fields), wrong or ()),
        **{"draft": None, "proposal": None, "conflict": None, "is_old": False, **more},
    )
    if more.get("conflict"):
        return page, HTTPStatus.CONFLICT
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def take(service_id: UUID, token: str, key: str, reading: Reading) -> ResponseReturnValue:
    """Send what was typed; the link then serves no more."""
    session = directory_session()
    try:
        with writing(session):
            link = held_link(token, Purpose.EDIT, lock=True)
            if not links.holds_key(link, key, now()):
                abort(HTTPStatus.NOT_FOUND)
            outcome = send(link, service_id, reading)
            links.spend(session, link, now())
    except ValuesRefusedError as error:
        return show_form(session.get_one(Service, service_id), reading.fields, say_problems(error.problems))
    except ChangedMeanwhileError as error:
        return show_conflict(session.get_one(Service, service_id), reading, error)
    if outcome.revision is not None:
        publish_soon(session)
    return done("sent")


def send(link: ListingLink, service_id: UUID, reading: Reading) -> Outcome:
    """Apply what counts at once and keep the rest for review, in the link's name."""
    session = directory_session()
    service = session.get_one(Service, service_id, with_for_update=True, populate_existing=True)
    if service.organization_id != link.organization_id:
        abort(HTTPStatus.NOT_FOUND)
    current = read_values(session, service)
    base = read_base(reading.fields.get("base", ""), edit_form.digests_of(current))
    conflict = find_conflict(reading, current, base)
    if conflict is not None:
        raise ChangedMeanwhileError(conflict)
    changed = list_changed(reading, base)
    if not list_locations(service):
        changed.pop("accessibility", None)
    note = (reading.lines("note") or "")[:LONGEST_TEXT]
    return propose(session, service, changed, Author(links.as_actor(link), Via.LINK), now(), note)


def show_conflict(service: Service, reading: Reading, error: ChangedMeanwhileError) -> ResponseReturnValue:
    """Show both versions where somebody else changed the listing since the form was opened."""
    current = read_values(directory_session(), service)
    fields = edit_form.merge(reading, current, error.conflict)
    fields["base"] = edit_form.write_base(edit_form.digests_of(current))
    fields["version"] = str(service.version)
    return show_form(service, fields, conflict=error.conflict)
