"""The rights of the person: what she asks about her file, and who looked at it, to be read out to her."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.guard import find_actor
from referral.access.policy import Permission, Target, permits
from referral.accounts.organizations import list_names
from referral.audit.queries import PAGE
from referral.i18n.locale import current_language
from referral.intake import looks, rights
from referral.intake.areas import cases
from referral.intake.asked import read_before
from referral.intake.finding import changing, open_file
from referral.intake.models import Case
from referral.intake.rights_forms import AnswerForm, RequestForm
from referral.intake.rules import read_rules
from referral.intake.safe import Safe
from referral.intake.vocabulary import CaseStatus, RightsKind
from referral.shared.clock import QUEBEC, now
from referral.shared.database import cases_session, directory_session


def best(case_id: UUID, *permissions: Permission) -> Permission:
    """Return the first permission that whoever asks has on a file; the first of all where she has none.

    A person's rights are answered by those who keep her file, and by whoever is in charge of privacy.
    """
    case = cases_session().get(Case, case_id)
    target = Target(case.organization_id, case.owner_id) if case is not None else Target()
    return next((each for each in permissions if permits(find_actor(), each, target)), permissions[0])


def reading(case_id: UUID) -> Permission:
    """Return by which right somebody reads about requests."""
    return best(case_id, Permission.CASE_READ, Permission.CASE_EXPORT)


def writing_down(case_id: UUID) -> Permission:
    """Return by which right somebody notes a request or its answer."""
    return best(case_id, Permission.CASE_CHANGE, Permission.CASE_EXPORT)


@cases.get("/<uuid:case_id>/rights")
def show_rights(case_id: UUID) -> ResponseReturnValue:
    """Show what the person asked, what can be done for her, and who looked at her file."""
    case, safe, _actor = open_file(case_id, reading(case_id))
    form = RequestForm(formdata=None, data={"received_on": now().astimezone(QUEBEC).date()})
    return show(case, safe, form)


def show(case: Case, safe: Safe, form: RequestForm) -> ResponseReturnValue:
    """Show the page of a person's rights."""
    session, actor = cases_session(), find_actor()
    session.rollback()  # what was just written down, this very look, is told too
    target = Target(case.organization_id, case.owner_id)
    lines = looks.list_looks(session, case.id, read_before())
    places = name_places(looks.organizations_in(lines))
    page = render_template(
        "cases/rights.html",
        case=case,
        form=form,
        requests=rights.list_requests(session, case.id, safe),
        looks=looks.gather(looks.say_looks(lines, case.organization_id, places, current_language())),
        older=lines[-1].number if len(lines) == PAGE else None,
        today=now().astimezone(QUEBEC).date(),
        may_export=permits(actor, Permission.CASE_EXPORT, target),
        may_erase=permits(actor, Permission.CASE_ERASE, target),
        keeps_names=read_rules(session, case.organization_id).keeps_legal_names
        and permits(actor, Permission.CASE_CHANGE, target),
        form_address=form_address(case),
    )
    return page, form.status


def form_address(case: Case) -> str | None:
    """Return where an answer is corrected, for whoever may write in a file that is not closed."""
    target = Target(case.organization_id, case.owner_id)
    if case.status is CaseStatus.CLOSED or not permits(find_actor(), Permission.CASE_CHANGE, target):
        return None
    return url_for("cases.intake", case_id=case.id)


def name_places(wanted: set[UUID]) -> dict[UUID, str]:
    """Return what organizations are called, in the language of the page."""
    names = list_names(directory_session(), wanted) if wanted else {}
    return {place: name.best(current_language())[0] for place, name in names.items()}


@cases.post("/<uuid:case_id>/rights")
def add_request(case_id: UUID) -> ResponseReturnValue:
    """Note what the person asks; a correction leads to the form."""
    form = RequestForm()
    permission = writing_down(case_id)
    if form.validate_on_submit():
        try:
            with changing(case_id, permission) as held:
                rights.receive(held, RightsKind(form.kind.data), form.received_on.data, form.words.data)
            flash(_("It is noted. An answer is due within thirty days."))
            return redirect(url_for("cases.show_rights", case_id=case_id), HTTPStatus.SEE_OTHER)
        except rights.NotYetError:
            form.refuse("received_on", _("This day is still to come."))
    case, safe, _actor = open_file(case_id, permission)
    return show(case, safe, form)


@cases.route("/<uuid:case_id>/rights/<uuid:request_id>", methods=["GET", "POST"])
def answer_request(case_id: UUID, request_id: UUID) -> ResponseReturnValue:
    """Note what the person was answered: the first who notes it stays."""
    case, safe, _actor = open_file(case_id, writing_down(case_id))
    asked = next(
        (each for each in rights.list_requests(cases_session(), case_id, safe) if each.id == request_id), None
    )
    if asked is None:
        abort(HTTPStatus.NOT_FOUND)
    form = AnswerForm()
    if not form.validate_on_submit():
        return render_template(
            "cases/answer_request.html", case=case, asked=asked, form=form, form_address=form_address(case)
        ), form.status
    try:
        with changing(case_id, writing_down(case_id)) as held:
            rights.answer(held, request_id, form.words.data)
    except rights.AnsweredAlreadyError:
        flash(_("Somebody noted the answer already. Yours was not kept; both are the same request."))
    else:
        flash(_("The answer is noted."))
    return redirect(url_for("cases.show_rights", case_id=case_id), HTTPStatus.SEE_OTHER)
