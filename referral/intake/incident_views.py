"""Pages of the register of incidents: its entries with the worksheet, and the whole as a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.guard import require
from referral.access.policy import Actor, Permission, Target
from referral.accounts import door
from referral.accounts.log_views import defuse
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record_apart
from referral.intake import incidents
from referral.intake.areas import cases
from referral.intake.asked import acting, read_page
from referral.intake.incident_facts import ITEMS
from referral.intake.incident_forms import LABELS, IncidentForm, fill
from referral.intake.incidents import Change, IncidentChangedError, IncidentRefusedError, Told
from referral.intake.models import Incident
from referral.intake.safe import Safe, open_safe, open_safes
from referral.shared.clock import QUEBEC, now
from referral.shared.conflict import compare
from referral.shared.database import CASES, cases_session, writing

SHEET = "attachment; filename=relais.csv"


@cases.get("/incidents")
def list_incidents() -> ResponseReturnValue:
    """Show the register, the newest first."""
    actor, place = acting(Permission.INCIDENT_KEEP)
    note(Action.VIEW, place, actor, place)
    page, session = read_page(), cases_session()
    rows = incidents.list_incidents(session, place, page)
    total = incidents.count_incidents(session, place)
    shown = open_all(rows)
    more = page + 1 if page * incidents.PER_PAGE < total else None
    return render_template("cases/incidents.html", rows=shown, total=total, page=page, more=more)


def open_all(rows: Iterable[Incident]) -> list[tuple[Incident, Told]]:
    """Return entries with what they tell; one whose key is gone is left out."""
    found = list(rows)
    place = found[0].organization_id if found else None  # a register is of one organization
    safes = open_safes([row.id for row in found], place)
    return [(row, incidents.read_told(row, safes[row.id])) for row in found if row.id in safes]


def note(action: Action, target: UUID | None, actor: Actor, place: UUID) -> None:
    """Write down who looked at the register, or took it away."""
    record_apart(Event(action, incidents.TARGET, target, actor, place), CASES_CHAIN)


@cases.route("/incidents/new", methods=["GET", "POST"])
def begin_incident() -> ResponseReturnValue:
    """Enter an incident."""
    actor, place = acting(Permission.INCIDENT_KEEP)
    form = IncidentForm()
    if form.validate_on_submit():
        try:
            told = form.read()
            incidents.check_told(told, now().astimezone(QUEBEC).date())
            safe = incidents.prepare(place, now())
            with writing(cases_session(), CASES) as session:
                incidents.create_incident(session, safe, told, actor, now())
            flash(_("The incident is in the register."))
            return redirect(url_for("cases.show_incident", incident_id=safe.thing), HTTPStatus.SEE_OTHER)
        except IncidentRefusedError as error:
            form.refuse_all(error)
    return show_form(form)


def show_form(form: IncidentForm, row: Incident | None = None, **more: Any) -> ResponseReturnValue:
    """Show the form of an entry."""
    return render_template("cases/incident.html", form=form, incident=row, **more), form.status


def find_incident(incident_id: UUID) -> tuple[Incident, Safe, Actor]:
    """Return an entry with its key, once it is written down that somebody looks; answers 404 otherwise."""
    row = cases_session().get(Incident, incident_id)
    if row is None:
        require(Permission.INCIDENT_KEEP)
        abort(HTTPStatus.NOT_FOUND)
    actor = require(Permission.INCIDENT_KEEP, Target(row.organization_id))
    note(Action.VIEW, row.id, actor, row.organization_id)
    return row, open_safe(row.id, row.organization_id), actor


@cases.get("/incidents/<uuid:incident_id>")
def show_incident(incident_id: UUID) -> ResponseReturnValue:
    """Show an entry, to read or to complete."""
    row, safe, _actor = find_incident(incident_id)
    form = IncidentForm(formdata=None, data=fill(incidents.read_told(row, safe), row.version))
    return show_form(form, row)


@cases.post("/incidents/<uuid:incident_id>")
def change_incident(incident_id: UUID) -> ResponseReturnValue:
    """Write into an entry, or show both versions where somebody else did meanwhile."""
    row, safe, actor = find_incident(incident_id)
    form = IncidentForm()
    if not form.validate_on_submit():
        return show_form(form, row)
    try:
        change = Change(form.read(), form.shown_version)
        with writing(cases_session(), CASES) as session:
            incidents.change_incident(session, safe, change, actor, now())
    except IncidentRefusedError as error:
        form.refuse_all(error)
        return show_form(form, cases_session().get_one(Incident, incident_id))
    except IncidentChangedError as error:
        return show_both(form, incident_id, error)
    flash(_("Saved."))
    return redirect(url_for("cases.show_incident", incident_id=incident_id), HTTPStatus.SEE_OTHER)


def show_both(form: IncidentForm, incident_id: UUID, error: IncidentChangedError) -> ResponseReturnValue:
    """Show what was saved and what was written; sending it again decides."""
    conflict = compare(say_fields(form.read()), say_fields(error.theirs))
    form.version.data = str(error.version)
    row = cases_session().get_one(Incident, incident_id)
    page = render_template("cases/incident.html", form=form, incident=row, conflict=conflict, labels=LABELS)
    return page, HTTPStatus.CONFLICT


def say_fields(told: Told) -> dict[str, object]:
    """Return the fields of an entry as a person reads them."""
    return {**told.as_fields(), "learned_on": told.learned_on.isoformat(), "is_serious": say_serious(told)}


def say_serious(told: Told) -> str:
    """Return what a person concluded."""
    words = {True: _("yes"), False: _("no"), None: _("not concluded")}
    return words[told.is_serious]


@cases.get("/incidents/register.csv")
def export_incidents() -> ResponseReturnValue:
    """Give the register as a sheet, as the Commission may ask for it, to whoever just proved who she is."""
    actor, place = acting(Permission.INCIDENT_KEEP)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    note(Action.EXPORT, place, actor, place)
    rows = open_all(incidents.list_incidents(cases_session(), place))
    response = Response(write_sheet(told for _row, told in rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = SHEET
    return response


def write_sheet(entries: Iterable[Told]) -> str:
    """Return entries as CSV in the order of the regulation; no spreadsheet takes a cell for a formula."""
    written = io.StringIO()
    written.write("\ufeff")
    sheet = csv.writer(written)
    names = [name for item in ITEMS for name in item]
    sheet.writerow([str(LABELS[name]) for name in names])
    for told in entries:
        fields = say_fields(told)
        sheet.writerow([defuse(str(fields[name] or "")) for name in names])
    return written.getvalue()
