"""Signing in and out: the password, the second factor, a passkey; and proving it anew."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from referral.access.guard import public, require
from referral.access.policy import Permission
from referral.accounts import door, entry, passkeys, sessions
from referral.accounts.blueprint import blueprint
from referral.accounts.forms import CodeForm, ConfirmForm, PasskeyForm, SignInForm, StaffForm
from referral.accounts.models import Stage
from referral.accounts.throttling import TooManyTriesError
from referral.shared.clock import now
from referral.shared.database import directory_session, writing


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Take a name and a password; the second factor comes next."""
    form, before = SignInForm(next=request.args.get("next")), door.known_sign_in()
    if form.validate_on_submit() and is_taken(
        form,
        "password",
        lambda: entry.enter_with_password(
            form.username.data, form.password.data, door.device(), now(), before
        ),
        _("This name and this password do not go together."),
    ):
        found = door.current_sign_in()
        if found is not None and found.stage is Stage.SETUP:
            return redirect(url_for("accounts.choose_factor"), HTTPStatus.SEE_OTHER)
        if request.form.get("kept"):
            return show_code_page(CodeForm(formdata=None, next=form.next.data))
        return redirect(url_for("accounts.second_factor", next=form.next.data or None), HTTPStatus.SEE_OTHER)
    return show("accounts/sign_in.html", form)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
def second_factor() -> ResponseReturnValue:
    """Take a code of somebody whose password was right."""
    waiting = door.current_sign_in()
    if waiting is None or waiting.stage is not Stage.FACTOR:
        return redirect(url_for("accounts.sign_in"), HTTPStatus.SEE_OTHER)
    form = CodeForm(next=request.args.get("next"))
    if form.validate_on_submit() and is_taken(
        form,
        "code",
        lambda: entry.enter_with_code(waiting, form.code.data, door.device(), now()),
        _("This code is not right, or was used already. Wait for the next one."),
    ):
        return go_on(form)
    return show_code_page(form)


@blueprint.post("/sign-in/passkey")
@public
def sign_in_with_passkey() -> ResponseReturnValue:
    """Take what a device signed, which is both proofs at once."""
    form = PasskeyForm()
    if not form.validate_on_submit():
        abort(HTTPStatus.BAD_REQUEST)
    at = now()
    try:
        with writing(directory_session()) as written:
            challenge = passkeys.take_challenge(written, session.pop(door.CHALLENGE, ""), None, at)
        with writing(directory_session()) as written:
            user = passkeys.recognize(written, challenge, form.credential.data, at)
            door.end_earlier(written)
            token = entry.open_fully(written, user, door.device(), at)
    except passkeys.PasskeyError:
        entry.record_failure(None, None, at)
        shown = SignInForm(formdata=None, next=form.next.data)
        shown.form_errors = [_("This passkey was not recognized.")]
        return show("accounts/sign_in.html", shown, HTTPStatus.UNPROCESSABLE_ENTITY)
    door.admit(token)
    return go_on(form)


@blueprint.post("/passkeys/challenge")
@public
def challenge_passkey() -> ResponseReturnValue:
    """Give a browser what a passkey must sign; the same for whoever it is."""
    with writing(directory_session()) as written:
        challenge_id, options = passkeys.challenge_any(written, now())
    session[door.CHALLENGE] = str(challenge_id)
    return options, {"Content-Type": "application/json"}


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session; the page after it is the sign-in."""
    found = door.known_sign_in()
    if found is not None:
        entry.leave(found)
    door.dismiss()
    flash(_("You are signed out."))
    return redirect(url_for("accounts.sign_in"), HTTPStatus.SEE_OTHER)


@blueprint.post("/stay")
def stay() -> ResponseReturnValue:
    """Keep the session for whoever says that she is still there."""
    require(Permission.ACCOUNT_OWN)
    entry.touch(door.signed_in(), now())
    return "", HTTPStatus.NO_CONTENT


@blueprint.route("/confirm", methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    """Have somebody prove anew who she is, before something that counts."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    form = ConfirmForm(next=request.args.get("next"))
    if form.validate_on_submit():
        message = _("This is not the password of your account.")
        try:
            token = entry.confirm_with_password(found, form.password.data, now())
        except TooManyTriesError as error:
            form.refuse("password", refuse_try(error))
        except entry.NotRightError:
            form.refuse("password", message)
        else:
            door.admit(token)
            return door.go_on(found, form.next.data, request.form.get("kept"))
    return show("accounts/confirm.html", form)


@blueprint.post("/confirm/passkey")
def confirm_with_passkey() -> ResponseReturnValue:
    """Take a passkey instead of the password, if it is one's own."""
    require(Permission.ACCOUNT_OWN)
    found, form, at = door.signed_in(), PasskeyForm(), now()
    if not form.validate_on_submit():
        abort(HTTPStatus.BAD_REQUEST)
    try:
        with writing(directory_session()) as written:
            challenge = passkeys.take_challenge(written, session.pop(door.CHALLENGE, ""), None, at)
        with writing(directory_session()) as written:
            passkeys.recognize_own(written, found, challenge, form.credential.data, at)
            token = sessions.confirm(written, found.session_id, at)
    except passkeys.PasskeyError:
        shown = ConfirmForm(formdata=None, next=form.next.data)
        shown.form_errors = [_("This passkey was not recognized.")]
        return show("accounts/confirm.html", shown, HTTPStatus.UNPROCESSABLE_ENTITY)
    door.admit(token)
    return door.go_on(found, form.next.data, request.form.get("kept"))


def is_taken(form: StaffForm, field: str, prove: Callable[[], str], message: str) -> bool:
    """Admit whoever proves something, or say what is wrong in words that are the same for everybody."""
    try:
        token = prove()
    except TooManyTriesError as error:
        form.refuse(field, refuse_try(error))
        return False
    except entry.NotRightError:
        form.refuse(field, message)
        return False
    door.admit(token)
    return True


def refuse_try(error: TooManyTriesError) -> str:
    """Record who tried during a wait, if known, and say for how many minutes nobody may."""
    door.note_refusal(entry.DURING_WAIT)
    return say_wait(error)


def say_wait(error: TooManyTriesError) -> str:
    """Say for how many minutes nobody may try, at least one."""
    minutes = max(1, -int((now() - error.until).total_seconds() // 60))
    return ngettext(
        "Too many tries in this name. Try again in %(num)d minute.",
        "Too many tries in this name. Try again in %(num)d minutes.",
        minutes,
    )


def go_on(form: StaffForm) -> ResponseReturnValue:
    """Lead on somebody who has just signed in."""
    found = door.current_sign_in()
    if found is None:
        return redirect(url_for("accounts.sign_in"), HTTPStatus.SEE_OTHER)
    return door.go_on(found, form.next.data, request.form.get("kept"))


def show(template: str, form: StaffForm, status: int | None = None) -> ResponseReturnValue:
    """Show a form of the door, with what was typed before the session ended going along."""
    page = render_template(template, form=form, kept=request.form.get("kept"), has_ended=False)
    return page, status or form.status


def show_code_page(form: CodeForm) -> ResponseReturnValue:
    """Ask for the second factor."""
    found = door.current_sign_in()
    page = render_template(
        "accounts/code.html",
        form=form,
        kept=request.form.get("kept"),
        has_totp=found is not None and found.has_totp,
    )
    return page, form.status
