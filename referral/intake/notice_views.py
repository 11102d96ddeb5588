"""Drafts of the two notices of an incident: to the Commission, and to a person; nothing is ever sent here."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.access.policy import Permission, Target, permits
from referral.accounts import door
from referral.accounts.organizations import name_place
from referral.audit.events import Action
from referral.intake import incidents
from referral.intake.answers import Given, read_answers
from referral.intake.areas import cases
from referral.intake.contact import has_channel
from referral.intake.finding import note_act
from referral.intake.incident_forms import WriteToForm
from referral.intake.incident_views import find_incident, note
from referral.intake.incidents import Told
from referral.intake.models import Case, Incident
from referral.intake.rules import read_rules
from referral.intake.safe import open_safe
from referral.intake.vocabulary import CaseStatus, Said
from referral.shared.database import cases_session, directory_session

BLOCKED: dict[str, LazyString] = {
    "not-asked": _l(
        "Nobody wrote down how she may safely be reached. Ask her first: no notice is made until then."
    ),
    "none": _l("She cannot be reached safely. No notice is made: tell her when she comes by herself."),
}
NO_SUCH = _l("No file of your organization has this code.")
CHOOSE = _l("Give the code of her file, or tick that she has none here.")


@cases.get("/incidents/<uuid:incident_id>/commission")
def show_commission_notice(incident_id: UUID) -> ResponseReturnValue:
    """Show the notice to the Commission that oversees access to information, to print or to copy."""
    row, safe, actor = find_incident(incident_id)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    note(Action.PRINT, row.id, actor, row.organization_id)
    return show_notice("commission", row, incidents.read_told(row, safe))


def show_notice(kind: str, row: Incident, told: Told, **more: Any) -> ResponseReturnValue:
    """Show a notice as a page to print."""
    return render_template(
        f"cases/notice_{kind}.html",
        incident=row,
        told=told,
        facts=told.facts,
        place_name=name_place(directory_session(), row.organization_id),
        contact=read_rules(cases_session(), row.organization_id).privacy_contact,
        **more,
    )


@cases.route("/incidents/<uuid:incident_id>/person", methods=["GET", "POST"])
def show_person_notice(incident_id: UUID) -> ResponseReturnValue:
    """Show the notice to a person, once somebody read how she can safely be reached."""
    row, safe, actor = find_incident(incident_id)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    form, told = WriteToForm(), incidents.read_told(row, safe)
    case = contact = block = None
    if form.validate_on_submit() and not form.has_none.data:
        case = find_by_code(row.organization_id, form.code.data or "")
        if case is None or not permits(actor, Permission.CASE_EXPORT, Target(case.organization_id)):
            form.refuse("code", NO_SUCH if form.code.data else CHOOSE)
        else:
            note_act(Action.VIEW, case, actor)
            contact, block = read_contact(case)
    chosen = form.is_submitted() and not form.errors and (case is not None or form.has_none.data)
    if chosen and form.is_safe.data and block is None:
        note(Action.PRINT, row.id, actor, row.organization_id)
        return show_notice("person", row, told, contact_rule=contact)
    page = render_template(
        "cases/notice_to.html",
        incident=row,
        form=form,
        chosen=chosen,
        rule=contact,
        block=block and BLOCKED[block],
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def find_by_code(organization_id: UUID, code: str) -> Case | None:
    """Return a file of that very organization by its code."""
    return (
        cases_session()
        .scalars(
            sa.select(Case).where(
                Case.organization_id == organization_id, Case.code == code, Case.status != CaseStatus.ERASED
            )
        )
        .one_or_none()
    )


def read_contact(case: Case) -> tuple[dict[str, Any] | None, str | None]:
    """Return how the person can safely be reached, and why no notice may be made at all."""
    given: Given | None = read_answers(
        cases_session(), case.id, open_safe(case.id, case.organization_id)
    ).get("safe_contact")
    if given is None or given.said is not Said.ANSWERED:
        return None, "not-asked"
    return given.value, None if has_channel(given.value) else "none"
