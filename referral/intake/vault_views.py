"""The page of a legal name, where an organization keeps them; opens to whoever just proved who she is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.policy import Permission
from referral.accounts import door
from referral.accounts.forms import PlainForm
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record_apart
from referral.intake import erasing, keeping, vault
from referral.intake.areas import cases
from referral.intake.finding import changing, find_case
from referral.intake.models import Case
from referral.intake.rights_forms import NameForm
from referral.intake.rules import read_rules
from referral.intake.safe import Safe, open_safe
from referral.intake.vocabulary import DestructionReason
from referral.shared.clock import now
from referral.shared.conflict import compare
from referral.shared.database import cases_session


def find_named(case_id: UUID) -> Case:
    """Return a file of an organization that keeps legal names, once it is noted that somebody looks."""
    case, actor = find_case(case_id, Permission.CASE_CHANGE)
    if not read_rules(cases_session(), case.organization_id).keeps_legal_names:
        abort(HTTPStatus.NOT_FOUND)
    record_apart(Event(Action.VIEW, vault.TARGET, case.id, actor, case.organization_id), CASES_CHAIN)
    return case


@cases.get("/<uuid:case_id>/rights/name")
def show_name(case_id: UUID) -> ResponseReturnValue:
    """Show the legal name that is kept, to write another or destroy it."""
    find_case(case_id, Permission.CASE_CHANGE)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    case = find_named(case_id)
    entry = vault.find_entry(cases_session(), case_id)
    held = vault.read_name(entry, open_safe(entry.id, case.organization_id) if entry else None)
    form = NameForm(formdata=None, data={"name": held.text, "version": str(held.version)})
    return show(case, form, held.version)


def show(
    case: Case, form: NameForm, version: int, status: int | None = None, **more: Any
) -> ResponseReturnValue:
    """Show the page of a legal name."""
    page = render_template(
        "cases/name.html",
        case=case,
        form=form,
        version=version,
        button=PlainForm(formdata=None),
        **{"conflict": None, **more},
    )
    return page, status or form.status


@cases.post("/<uuid:case_id>/rights/name")
def write_name(case_id: UUID) -> ResponseReturnValue:
    """Keep a legal name."""
    find_case(case_id, Permission.CASE_CHANGE)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    case, form = find_named(case_id), NameForm()
    entry = vault.find_entry(cases_session(), case_id)
    if not form.validate_on_submit():
        return show(case, form, entry.version if entry else 0)
    safe: Safe = (
        open_safe(entry.id, case.organization_id) if entry else vault.prepare(case.organization_id, now())
    )
    try:
        with changing(case_id) as held:
            vault.write_name(held, safe, form.read())
    except vault.NameChangedError as error:
        mine, theirs = {"name": form.name.data}, {"name": error.theirs.text}
        form.version.data = str(error.theirs.version)
        return show(
            find_named(case_id),
            form,
            error.theirs.version,
            HTTPStatus.CONFLICT,
            conflict=compare(mine, theirs),
            labels={"name": _("Legal name")},
        )
    except vault.NotKeptError:
        abort(HTTPStatus.NOT_FOUND)
    flash(_("Saved."))
    return redirect(url_for("cases.show_rights", case_id=case_id), HTTPStatus.SEE_OTHER)


@cases.post("/<uuid:case_id>/rights/name/destroy")
def destroy_name(case_id: UUID) -> ResponseReturnValue:
    """Destroy the legal name and its key; the file stays."""
    find_case(case_id, Permission.CASE_CHANGE)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    find_named(case_id)
    if PlainForm().validate_on_submit():
        with changing(case_id) as held:
            keeping.drop_name(held, DestructionReason.ASKED)
        erasing.carry_out_soon()
        flash(_("The legal name is destroyed."))
    return redirect(url_for("cases.show_rights", case_id=case_id), HTTPStatus.SEE_OTHER)
