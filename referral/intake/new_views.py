"""The page on which a file begins, and the form for files that are open already."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from referral.access.policy import Permission
from referral.accounts.forms import PlainForm
from referral.intake import cases as files
from referral.intake.areas import cases
from referral.intake.asked import acting
from referral.intake.intake_page import choices, list_alike
from referral.intake.intake_views import is_phone
from referral.intake.new_files import enter_file, find_begun, make_entry, prepare, read_entry
from referral.intake.new_forms import QuickForm
from referral.intake.people import list_colleagues
from referral.intake.steps import FIRST
from referral.shared.clock import QUEBEC, now
from referral.shared.database import CASES, cases_session, directory_session, writing


@cases.get("/new")
def new() -> ResponseReturnValue:
    """Show how a file begins."""
    _actor, place = acting(Permission.CASE_CREATE)
    return render_template("cases/new.html", form=PlainForm(formdata=None), entry=make_entry(place))


@cases.post("/new")
def begin() -> ResponseReturnValue:
    """Begin a file and lead to its first question."""
    actor, place = acting(Permission.CASE_CREATE)
    case_id = read_entry(request.form.get("entry", ""), place)
    if find_begun(cases_session(), case_id, place) is None:
        safe = prepare(case_id, place, now())
        try:
            with writing(cases_session(), CASES) as session:
                files.create_case(session, safe, actor, now())
        except IntegrityError:
            cases_session().rollback()  # the same button, pressed twice at once: the other one began it
    first = url_for("cases.intake_step", case_id=case_id, step=FIRST)
    where = first if is_phone() else url_for("cases.intake", case_id=case_id)
    return redirect(where, HTTPStatus.SEE_OTHER)


def today() -> date:
    """Return the day in Québec."""
    return now().astimezone(QUEBEC).date()


def make_form(place: UUID, me: UUID | None) -> QuickForm:
    """Return the form of a file that is open already."""
    people = list_colleagues(directory_session(), place)
    return QuickForm(
        choices()["regions"], {each: name for each, name in people.items() if each != me}, today()
    )


@cases.route("/new/open", methods=["GET", "POST"])
def enter_open() -> ResponseReturnValue:
    """Enter a file that is open already elsewhere, with the minimum; ends as an open file."""
    actor, place = acting(Permission.CASE_CREATE)
    form = make_form(place, actor.user_id)
    if not form.is_submitted():
        form.entry.data = make_entry(place)
    if not form.validate_on_submit():
        return show_quick(form)
    case_id = read_entry(form.entry.data or "", place)
    if find_begun(cases_session(), case_id, place) is not None:
        return lead_on(case_id)
    alike = list_alike(None, place, form.nickname.data)
    if alike and not form.another.data:
        form.refuse("nickname", _("A file here is much like this one: look at it first."))
        return show_quick(form, alike)
    safe = prepare(case_id, place, now())
    try:
        with writing(cases_session(), CASES) as session:
            enter_file(session, safe, actor, form.read(), now())
    except IntegrityError:
        if find_begun(cases_session(), case_id, place) is None:  # not by the same button, pressed at once
            raise
    return lead_on(case_id)


def show_quick(form: QuickForm, alike: object = ()) -> ResponseReturnValue:
    """Show the form, with what is likely the same person's file."""
    return render_template("cases/enter_open.html", form=form, alike=alike), form.status


def lead_on(case_id: UUID) -> ResponseReturnValue:
    """Lead to the next one, or to the file that was entered."""
    if request.form.get("do") == "another":
        case = find_begun(cases_session(), case_id, acting(Permission.CASE_CREATE)[1])
        flash(_("File %(code)s is open. Enter the next one.", code=case.code if case else ""))
        return redirect(url_for("cases.enter_open"), HTTPStatus.SEE_OTHER)
    return redirect(url_for("cases.show", case_id=case_id), HTTPStatus.SEE_OTHER)
