"""Links that arrive by letter: an invitation, a new password. Looking at them changes nothing."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.guard import public, require
from referral.access.policy import Permission
from referral.accounts import door, entry, factors, invitations, passwords, resets, sessions
from referral.accounts.blueprint import blueprint
from referral.accounts.forms import NewPasswordForm, PlainForm, ResetForm
from referral.accounts.models import Stage
from referral.accounts.organizations import name_place
from referral.accounts.throttling import TooManyTriesError
from referral.accounts.words import ROLES
from referral.shared.clock import now
from referral.shared.database import directory_session, writing


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@public
def accept_invitation(token: str) -> ResponseReturnValue:
    """Make the account that an invitation promised, or show what it promises."""
    at = now()
    invitation = invitations.find_open(directory_session(), token, at)
    if invitation is None:
        return show_spent()
    form = NewPasswordForm(about=(invitation.name, invitation.username))
    place_name = name_place(directory_session(), invitation.organization_id)
    if form.validate_on_submit():
        hashed = passwords.make_hash(form.new_password.data)
        try:
            with writing(directory_session()) as session:
                user = invitations.accept(session, token, hashed, at)
                door.end_earlier(session)
                admitted = sessions.open_session(session, user, Stage.SETUP, door.device(), at)
        except invitations.NoInvitationError:
            return show_spent()
        door.admit(admitted)
        return redirect(url_for("accounts.choose_factor"), HTTPStatus.SEE_OTHER)
    page = render_template(
        "accounts/invitation.html",
        form=form,
        invitation=invitation,
        role=ROLES[invitation.role],
        place_name=place_name,
        token=token,
        person=door.current_sign_in(),
    )
    return page, form.status


@blueprint.route("/invitation/<token>/join", methods=["GET", "POST"])
def join(token: str) -> ResponseReturnValue:
    """Give the role of an invitation to whoever is signed in already."""
    require(Permission.ACCOUNT_OWN)
    found, form, at = door.signed_in(), PlainForm(), now()
    invitation = invitations.find_open(directory_session(), token, at)
    if invitation is None:
        return show_spent()
    if form.validate_on_submit():
        try:
            with writing(directory_session()) as session:
                user = factors.find_user(session, found.user_id)
                place = invitations.join(session, token, user, found.as_actor(), at)
                sessions.act_for_new(session, found, place)
        except invitations.NoInvitationError:
            return show_spent()
        flash(_("You have a new role. You act in it from now on."))
        return redirect(url_for("accounts.home"), HTTPStatus.SEE_OTHER)
    page = render_template(
        "accounts/join.html",
        form=form,
        token=token,
        role=ROLES[invitation.role],
        place_name=name_place(directory_session(), invitation.organization_id),
        person=found,
    )
    return page, form.status


@blueprint.route("/reset", methods=["GET", "POST"])
@public
def request_reset() -> ResponseReturnValue:
    """Send a link to choose a new password; says the same whoever has that name, or nobody."""
    form = ResetForm()
    if form.validate_on_submit():
        try:
            with writing(directory_session()) as session:
                resets.request_reset(session, form.username.data, now())
        except TooManyTriesError:
            door.note_refusal(entry.DURING_WAIT)  # to say so would tell that somebody asked before
        return redirect(url_for("accounts.reset_requested"), HTTPStatus.SEE_OTHER)
    return render_template("accounts/reset.html", form=form), form.status


@blueprint.get("/reset/sent")
@public
def reset_requested() -> ResponseReturnValue:
    """Say what happens if the account exists and has an address."""
    return render_template("accounts/reset_sent.html")


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset_password(token: str) -> ResponseReturnValue:
    """Take a new password from whoever has the link; signing in comes next, with the second factor."""
    at = now()
    owner = resets.find_owner(directory_session(), token, at)
    if owner is None:
        return show_spent()
    form = NewPasswordForm(about=(owner.name, owner.username))
    if form.validate_on_submit():
        hashed = passwords.make_hash(form.new_password.data)
        try:
            with writing(directory_session()) as session:
                resets.reset_password(session, token, hashed, at)
                door.end_earlier(session)
        except resets.NoResetError:
            return show_spent()
        door.dismiss()
        flash(_("Your password was changed. Sign in with it."))
        return redirect(url_for("accounts.sign_in"), HTTPStatus.SEE_OTHER)
    return render_template("accounts/new_password.html", form=form), form.status


def show_spent() -> ResponseReturnValue:
    """Say that a link serves no more, without saying whether it ever did."""
    return render_template("accounts/spent.html"), HTTPStatus.NOT_FOUND
