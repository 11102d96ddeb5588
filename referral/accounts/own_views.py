"""One's own account: for whom one acts, one's password and factors, sessions and history."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from referral.access.guard import require
from referral.access.policy import Permission
from referral.accounts import door, entry, passwords, queries, resets, sessions
from referral.accounts.blueprint import blueprint
from referral.accounts.entry_views import refuse_try
from referral.accounts.forms import ChangePasswordForm, PlaceForm, PlainForm
from referral.accounts.organizations import name_place
from referral.accounts.passwords import Weakness
from referral.accounts.sessions import SignIn
from referral.accounts.throttling import TooManyTriesError
from referral.accounts.welcome import find_welcome
from referral.accounts.words import WEAKNESSES
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

INSTALLATION = "installation"
"""Stands for no organization in a form."""


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Show what one can do here."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    if not found.has_chosen and len(found.places) > 1:
        return redirect(url_for("accounts.choose_place"), HTTPStatus.SEE_OTHER)
    return render_template(
        "accounts/home.html",
        person=found,
        roles=queries.roles_of(found),
        welcome=find_welcome(directory_session(), found, now()),
    )


@blueprint.route("/acting", methods=["GET", "POST"])
def choose_place() -> ResponseReturnValue:
    """Take for whom somebody acts, of those where she has a role."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    form = PlaceForm(next=request.args.get("next"), place=code_of(found))
    form.place.choices = [
        SelectChoice(value=str(place or INSTALLATION), label=name_place(directory_session(), place))
        for place in found.places
    ]
    if form.validate_on_submit():
        place = find_place(found, form.place.data)
        if place is not None:
            with writing(directory_session()) as written:
                sessions.act_for(written, found, place[0])
            return redirect(door.way_on(form.next.data), HTTPStatus.SEE_OTHER)
        form.refuse("place", _("Choose for whom you act."))
    return render_template("accounts/acting.html", form=form), form.status


def code_of(found: SignIn) -> str | None:
    """Return what stands for the place where somebody acts; None where she did not choose."""
    return str(found.acting_for or INSTALLATION) if found.has_chosen else None


def find_place(found: SignIn, code: str) -> tuple[UUID | None] | None:
    """Return one of somebody's places by what stands for it in the form."""
    return next(((place,) for place in found.places if str(place or INSTALLATION) == code), None)


@blueprint.route("/password", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    """Take a new password from whoever knows the old one; other sessions end."""
    require(Permission.ACCOUNT_OWN)
    found, at = door.signed_in(), now()
    form = ChangePasswordForm(about=(found.name, found.username))
    if form.validate_on_submit() and (hashed := hash_new(found, form)) is not None:
        with writing(directory_session()) as written:
            resets.change_password(written, found, hashed, at)
            door.admit(sessions.renew(written, found.session_id, at))
        flash(_("Your password was changed. You are signed out everywhere else."))
        return redirect(url_for("accounts.security"), HTTPStatus.SEE_OTHER)
    return render_template("accounts/password.html", form=form), form.status


def hash_new(found: SignIn, form: ChangePasswordForm) -> str | None:
    """Return the hash of the new password; None where the old one is not right, which the form then says."""
    with passwords.place():  # one for both, so that no crowd comes between
        return passwords.make_hash(form.new_password.data) if knows_password(found, form) else None


def knows_password(found: SignIn, form: ChangePasswordForm) -> bool:
    """Say whether the old password is right and the new one is another."""
    if form.current_password.data == form.new_password.data:
        form.refuse("new_password", WEAKNESSES[Weakness.SAME])
        return False
    try:
        entry.confirm_with_password(found, form.current_password.data, now())
    except TooManyTriesError as error:
        form.refuse("current_password", refuse_try(error))
    except entry.NotRightError:
        form.refuse("current_password", _("This is not the password of your account."))
    else:
        return True
    return False


@blueprint.get("/sessions")
def list_sessions() -> ResponseReturnValue:
    """Show where one is signed in."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    rows = sessions.list_sessions(directory_session(), found.user_id, now())
    return render_template(
        "accounts/sessions.html", rows=rows, mine=found.session_id, form=PlainForm(formdata=None)
    )


@blueprint.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions; somebody else's is not here."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    with writing(directory_session()) as written:
        ended = sessions.end_own_session(written, found, session_id)
    if not ended:
        abort(HTTPStatus.NOT_FOUND)
    if session_id == found.session_id:
        door.dismiss()
    flash(_("That session has ended."))
    return redirect(url_for("accounts.list_sessions"), HTTPStatus.SEE_OTHER)


@blueprint.post("/sessions/end-all")
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    with writing(directory_session()) as written:
        sessions.end_own_sessions(written, found)
    door.dismiss()
    flash(_("You are signed out everywhere."))
    return redirect(url_for("accounts.sign_in"), HTTPStatus.SEE_OTHER)


@blueprint.get("/history")
def history() -> ResponseReturnValue:
    """Show when one came and went, and who tried in one's name."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    return render_template(
        "accounts/history.html", lines=queries.list_sign_ins(directory_session(), found.user_id)
    )
