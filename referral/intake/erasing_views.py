"""Destroying a file, keeping one longer, and the certificates of what was destroyed."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.access.policy import Permission
from referral.accounts import door
from referral.accounts.organizations import name_place
from referral.audit.events import Action
from referral.intake import erasing, keeping
from referral.intake.areas import cases
from referral.intake.asked import acting, read_page
from referral.intake.erasing import Why
from referral.intake.finding import changing, find_case, note_act
from referral.intake.follow_ups import day_of
from referral.intake.models import Certificate
from referral.intake.people import name_people
from referral.intake.rights_forms import EraseForm, KeepForm
from referral.intake.vocabulary import DestructionReason
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session

PER_PAGE = 50
ANOTHER_CODE = _l("This is not the code of this file.")
KEPT: dict[str, LazyString] = {
    "not-ending": _l("This file is not about to be destroyed."),
    "once": _l("This file was kept longer once already."),
    "too-soon": _l("Choose a day after the one on which it would be destroyed."),
    "too-late": _l("Twelve months more at most."),
}


@cases.route("/<uuid:case_id>/rights/erase", methods=["GET", "POST"])
def erase(case_id: UUID) -> ResponseReturnValue:
    """Say what goes and what stays; destroy at the second press of whoever typed the code."""
    case, actor = find_case(case_id, Permission.CASE_ERASE)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    form, is_sure = EraseForm(), False
    if form.validate_on_submit():
        if form.code.data != case.code:
            form.refuse("code", ANOTHER_CODE)
        elif form.sure.data:
            return carry_out(case_id)
        else:
            is_sure = True
    summary = erasing.summarize(cases_session(), case_id, now())
    note_act(Action.VIEW, case, actor)
    return render_template(
        "cases/erase.html", case=case, form=form, summary=summary, is_sure=is_sure
    ), form.status


def carry_out(case_id: UUID) -> ResponseReturnValue:
    """Destroy a file and its keys; what is cut short is finished by the scheduled command."""
    with changing(case_id, Permission.CASE_ERASE) as held:
        erasing.erase_case(held.session, held.case, Why(DestructionReason.ASKED, held.actor, held.at))
    erasing.carry_out_soon()
    flash(_("The file is destroyed."))
    return redirect(url_for("cases.list_certificates"), HTTPStatus.SEE_OTHER)


@cases.route("/<uuid:case_id>/rights/keep", methods=["GET", "POST"])
def keep_longer(case_id: UUID) -> ResponseReturnValue:
    """Put off the end of a file, once and for a reason."""
    case, _actor = find_case(case_id, Permission.RETENTION_CHANGE)
    form = KeepForm()
    if form.validate_on_submit():
        try:
            with changing(case_id, Permission.RETENTION_CHANGE) as held:
                keeping.keep_longer(held, form.until.data, form.reason.data, day_of(held.at))
            flash(_("It is kept longer; the reason is in the file."))
            return redirect(url_for("cases.show_rules"), HTTPStatus.SEE_OTHER)
        except keeping.KeepRefusedError as error:
            form.refuse("until", KEPT[error.reason])
            case, _actor = find_case(case_id, Permission.RETENTION_CHANGE)
    return render_template("cases/keep.html", case=case, form=form), form.status


@cases.get("/certificates")
def list_certificates() -> ResponseReturnValue:
    """Show what was destroyed of an organization's, the newest first."""
    _actor, place = acting(Permission.CASE_ERASE)
    page, session = read_page(), cases_session()
    statement = sa.select(Certificate).where(Certificate.organization_id == place)
    total = session.scalars(sa.select(sa.func.count()).select_from(statement.subquery())).one()
    order = (Certificate.requested_at.desc(), Certificate.id)
    rows = session.scalars(statement.order_by(*order).limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    return render_template(
        "cases/certificates.html",
        rows=rows,
        page=page,
        more=page + 1 if page * PER_PAGE < total else None,
        people=name_people(directory_session(), [row.requested_by for row in rows]),
        place_name=name_place(directory_session(), place),
    )
