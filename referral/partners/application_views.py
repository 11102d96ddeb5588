"""Asking to be listed, on a public page; and what vetters do with it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from limits import parse
from sqlalchemy.orm.exc import StaleDataError

from referral.access.guard import public, require
from referral.access.policy import Permission
from referral.accounts.forms import PlainForm
from referral.catalogue.checking import ValuesRefusedError
from referral.i18n.locale import current_language
from referral.partners import applications
from referral.partners.application_forms import (
    ANSWERS,
    CRITERIA,
    REASONS,
    ApplicationForm,
    AskForm,
    OpenApplicationForm,
    RefuseForm,
    StateForm,
)
from referral.partners.application_models import Application, ApplicationStatus
from referral.partners.areas import speak, vetting
from referral.partners.words import LABELS, describe
from referral.shared import tick
from referral.shared.clock import now
from referral.shared.database import directory_session, writing
from referral.web.limits import take_one

APPLY = parse("30 per hour")
STATES = parse("60 per hour")
"""A whole house may be behind one address: an organization asks once, and looks a few times."""
FORMS = {"secret": ApplicationForm, "open": OpenApplicationForm}
SAID = {
    ApplicationStatus.WAITING: _l("Our team has it, and will look at it."),
    ApplicationStatus.ASKED: _l("Our team asks you something."),
    ApplicationStatus.ACCEPTED: _l("Accepted. The person whom you named received an invitation by e-mail."),
    ApplicationStatus.REFUSED: _l("Not accepted."),
}
blueprint = Blueprint("apply", __name__, url_prefix="/<any(fr, en):language>/apply")
speak(blueprint)


@blueprint.get("/")
@public
def begin() -> ResponseReturnValue:
    """Ask first whether the place must stay secret: where it must, nothing about it is asked."""
    return render_template("apply/begin.html")


@blueprint.route("/<any(secret, open):kind>", methods=["GET", "POST"])
@public
def apply(kind: str) -> ResponseReturnValue:
    """Take an application; nothing of it is published by itself."""
    form = FORMS[kind](request.form)
    if request.method == "GET" or not form.validate():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render_template("apply/form.html", form=form, kind=kind, trouble=None), status
    if take_one(APPLY, "apply"):
        page = render_template("apply/form.html", form=form, kind=kind, trouble="often")
        return too_many(page, APPLY.get_expiry())
    with writing(directory_session()) as session:
        code = applications.submit(
            session, form.data, current_language(), now(), confidential=form.is_confidential
        )
    return render_template("apply/sent.html", code=code)


def too_many(page: str, seconds: int) -> ResponseReturnValue:
    """Give the form back, to be sent again after a wait."""
    response = make_response(page, HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(seconds)
    return response


@blueprint.route("/state", methods=["GET", "POST"])
@public
def state() -> ResponseReturnValue:
    """Say where an application stands to whoever holds its code, and take the answer to a question."""
    form = StateForm(request.form)
    if request.method == "GET" or not form.validate():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render_template("apply/state.html", form=form, asked=False), status
    if take_one(STATES, "apply-state"):
        return too_many(render_template("apply/state.html", form=form, asked=False), STATES.get_expiry())
    if form.is_answer:
        with writing(directory_session()) as session:
            found = applications.find_by_code(session, form.code.data)
            if found is not None and found.status is ApplicationStatus.ASKED:
                applications.reply(session, found, form.reply.data.strip(), now())
    found = applications.find_by_code(directory_session(), form.code.data)
    return render_template(
        "apply/state.html",
        form=form,
        asked=True,
        found=found,
        says=SAID[found.status] if found else None,
        reason=REASONS.get(found.reason or "") if found else None,
    )


@vetting.get("/applications/<uuid:application_id>")
def show_application(application_id: UUID) -> ResponseReturnValue:
    """Show what an organization says of itself, and what speaks against it."""
    require(Permission.APPLICATION_REVIEW)
    return show(open_one(application_id))


def open_one(application_id: UUID) -> Application:
    """Return an application; answers 404 to what is none."""
    return directory_session().get(Application, application_id) or abort(404)


def show(
    found: Application,
    status: int = HTTPStatus.OK,
    ask: AskForm | None = None,
    refuse: RefuseForm | None = None,
    trouble: str | None = None,
) -> ResponseReturnValue:
    """Show an application with the forms that decide on it."""
    session, language = directory_session(), current_language()
    told = json.loads(found.answers)
    page = render_template(
        "vetting/applications.html",
        found=found,
        told=told,
        lines=[
            (LABELS[name], describe(name, value, language))
            for name, value in applications.read_listing(found).items()
        ],
        criteria=[
            (question, ANSWERS[told[f"is_{code.replace('-', '_')}"]], told[f"why_{code.replace('-', '_')}"])
            for code, (question, _why) in CRITERIA.items()
        ],
        suspected=applications.list_suspected(session, found),
        is_refused=applications.is_not_to_be_listed(session, found),
        is_open=found.status in applications.OPEN,
        says=SAID[found.status],
        ask=ask or AskForm(formdata=None),
        refuse=refuse or RefuseForm(formdata=None),
        button=PlainForm(formdata=None),
        trouble=trouble,
    )
    return page, status


def decide(application_id: UUID, act: Any) -> ResponseReturnValue:
    """Do what a vetter decided; a 409 page where somebody else was faster."""
    try:
        with writing(directory_session()) as session:
            act(session, applications.find(session, application_id) or abort(404))
    except (applications.DecidedError, StaleDataError):
        said = _("Somebody else decided first.")
        return show(open_one(application_id), HTTPStatus.CONFLICT, trouble=said)
    except ValuesRefusedError as error:
        said = " ".join(_(each.reason) % each.values for each in error.problems)
        return show(open_one(application_id), HTTPStatus.UNPROCESSABLE_ENTITY, trouble=said)
    return redirect(url_for("vetting.show_application", application_id=application_id), 303)


@vetting.post("/applications/<uuid:application_id>/ask")
def ask_application(application_id: UUID) -> ResponseReturnValue:
    """Ask the organization something."""
    actor = require(Permission.APPLICATION_REVIEW)
    form = AskForm()
    if not form.validate_on_submit():
        return show(open_one(application_id), form.status, ask=form)
    return decide(
        application_id,
        lambda session, found: applications.ask(session, found, form.question.data, actor, now()),
    )


@vetting.post("/applications/<uuid:application_id>/refuse")
def refuse_application(application_id: UUID) -> ResponseReturnValue:
    """Refuse, for a published reason."""
    actor = require(Permission.APPLICATION_REVIEW)
    form = RefuseForm()
    if not form.validate_on_submit():
        return show(open_one(application_id), form.status, refuse=form)
    return decide(
        application_id,
        lambda session, found: applications.refuse(session, found, form.reason.data, actor, now()),
    )


@vetting.post("/applications/<uuid:application_id>/accept")
def accept_application(application_id: UUID) -> ResponseReturnValue:
    """Make it a candidate, or wait for a second person."""
    actor = require(Permission.APPLICATION_REVIEW)

    def act(session: Any, found: Application) -> None:
        done = applications.accept(session, found, actor, now())
        told = _("Noted. The place is confidential: a second person is needed.")
        flash(told if done.needs_second else _("It is a candidate now: confirm it, so that it is shown."))

    return decide(application_id, act)


def forget_old(at: datetime) -> None:
    """Delete what was abandoned."""
    with writing(directory_session()) as session:
        applications.forget_abandoned(session, at)


def init_app(app: Flask) -> None:
    """Register the public pages, and have the scheduled command delete what was abandoned."""
    app.register_blueprint(blueprint)
    tick.register(app, tick.Job("applications", timedelta(days=1), forget_old))
