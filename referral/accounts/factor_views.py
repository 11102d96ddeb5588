"""The second factor: choosing one after the first sign-in, and changing it later."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.guard import public, require
from referral.access.policy import Actor, Permission
from referral.accounts import door, entry, factors, passkeys, queries, recovery, sessions
from referral.accounts.blueprint import blueprint
from referral.accounts.forms import CodeForm, NewPasskeyForm, PlainForm
from referral.accounts.models import Stage, User
from referral.accounts.pictures import draw_qr
from referral.accounts.recovery import RecoveryCode
from referral.accounts.sessions import SignIn
from referral.shared.clock import now
from referral.shared.database import directory_session, writing


def allowed() -> SignIn | ResponseReturnValue:
    """Return who may change her factors: while she has none, or when she proved anew who she is."""
    found = door.current_sign_in()
    if found is not None and found.stage is Stage.SETUP and not found.has_factor:
        return found
    if found is None or found.stage is not Stage.OPEN:
        return redirect(url_for("accounts.sign_in"), HTTPStatus.SEE_OTHER)
    require(Permission.ACCOUNT_OWN)
    return door.ask_to_confirm(found) or found


@blueprint.get("/security")
def security() -> ResponseReturnValue:
    """Show how one signs in."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    return render_template(
        "accounts/security.html",
        user=queries.find_own(directory_session(), found.user_id),
        can_have_passkeys=passkeys.are_possible(),
        form=PlainForm(formdata=None),
    )


@blueprint.get("/factor")
@public
def choose_factor() -> ResponseReturnValue:
    """Offer the ways of proving who one is besides the password."""
    found = allowed()
    if not isinstance(found, SignIn):
        return found
    return render_template(
        "accounts/factor.html",
        is_first=found.stage is Stage.SETUP,
        can_have_passkeys=passkeys.are_possible(),
        form=PlainForm(formdata=None),
        passkey_form=NewPasskeyForm(formdata=None),
    )


@blueprint.post("/factor/application/begin")
@public
def begin_application() -> ResponseReturnValue:
    """Draw a secret for an authenticator application."""
    found = allowed()
    if not isinstance(found, SignIn):
        return found
    with writing(directory_session()) as written:
        factors.begin_application(written, found.session_id)
    return redirect(url_for("accounts.set_up_application"), HTTPStatus.SEE_OTHER)


@blueprint.route("/factor/application", methods=["GET", "POST"])
@public
def set_up_application() -> ResponseReturnValue:
    """Show the secret to the application, and take its first code."""
    found, form, at = allowed(), CodeForm(), now()
    if not isinstance(found, SignIn):
        return found
    secret = factors.find_waiting_secret(directory_session(), found.session_id)
    if secret is None:
        return redirect(url_for("accounts.choose_factor"), HTTPStatus.SEE_OTHER)
    if form.validate_on_submit():
        drawn = draw_first_codes(found)
        try:
            with writing(directory_session()) as written:
                user = factors.finish_application(written, found, form.code.data, at)
                begun = begin_to_use(user, found, drawn) if user else None
        except factors.NoSecretWaitsError:
            return redirect(url_for("accounts.choose_factor"), HTTPStatus.SEE_OTHER)
        if begun is not None:
            return go_on(*begun, _("Your application is set up."))
        form.refuse("code", _("This code is not right. Check the clock of the device and type the next one."))
    page = render_template(
        "accounts/application.html",
        form=form,
        picture=draw_qr(factors.address_for(secret, found.username)),
        key=factors.key_for(secret),
    )
    return page, form.status


@blueprint.post("/factor/application/remove")
def remove_application() -> ResponseReturnValue:
    """Let go of the application, where a passkey is left."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    if (asked := door.ask_to_confirm(found)) is not None:
        return asked
    try:
        with writing(directory_session()) as written:
            factors.remove_application(written, found, now())
    except factors.LastFactorError:
        return done(_("This is your only second step. Add another one first."))
    return done(_("The application serves no more."))


@blueprint.post("/passkeys/new")
@public
def challenge_new_passkey() -> ResponseReturnValue:
    """Give a browser what it needs to make a passkey."""
    found = allowed()
    if not isinstance(found, SignIn):
        return Response(status=HTTPStatus.UNAUTHORIZED)
    with writing(directory_session()) as written:
        user = factors.find_user(written, found.user_id)
        challenge_id, options = passkeys.challenge_new(written, user, now())
    session[door.CHALLENGE] = str(challenge_id)
    return options, {"Content-Type": "application/json"}


@blueprint.post("/passkeys")
@public
def add_passkey() -> ResponseReturnValue:
    """Keep a passkey that a device just made."""
    found, form, at = allowed(), NewPasskeyForm(), now()
    if not isinstance(found, SignIn):
        return found
    if not form.validate_on_submit():
        return done(form.errors["name"][0] if "name" in form.errors else _("No passkey was added."))
    drawn = draw_first_codes(found)
    try:
        with writing(directory_session()) as written:
            challenge_id = session.pop(door.CHALLENGE, "")
            challenge = passkeys.take_challenge(written, challenge_id, found.user_id, at)
            answer = passkeys.Answer(challenge, form.credential.data, form.name.data)
            user = passkeys.register(written, found, answer, at)
            begun = begin_to_use(user, found, drawn)
    except passkeys.PasskeyError:
        return done(_("No passkey was added."))
    return go_on(*begun, _("Your passkey was added."))


@blueprint.post("/passkeys/<uuid:passkey_id>/remove")
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Let go of one of one's own passkeys."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    if (asked := door.ask_to_confirm(found)) is not None:
        return asked
    try:
        with writing(directory_session()) as written:
            passkey = queries.find_own_passkey(written, found.user_id, passkey_id) or abort(404)
            factors.remove_passkey(written, found, passkey, now())
    except factors.LastFactorError:
        return done(_("This is your only second step. Add another one first."))
    return done(_("The passkey serves no more."))


@blueprint.post("/recovery-codes")
def renew_recovery_codes() -> ResponseReturnValue:
    """Show new recovery codes; the old ones serve no more."""
    require(Permission.ACCOUNT_OWN)
    found = door.signed_in()
    if (asked := door.ask_to_confirm(found)) is not None:
        return asked
    drawn = recovery.draw_codes()
    with writing(directory_session()) as written:
        user = factors.find_user(written, found.user_id)
        codes = factors.make_recovery_codes(written, user, found.as_actor(), drawn)
    return render_template("accounts/codes.html", codes=codes)


def draw_first_codes(found: SignIn) -> list[RecoveryCode]:
    """Return recovery codes for whoever has none, before anything is locked."""
    user = queries.find_own(directory_session(), found.user_id)
    return [] if user.mf_recovery_codes else recovery.draw_codes()


def begin_to_use(user: User, found: SignIn, drawn: list[RecoveryCode]) -> tuple[list[str], str]:
    """Give the first recovery codes, and open the session of somebody who has just got her first factor.

    Returns the codes, none where she has some, and the session's new token.
    """
    written, codes = directory_session(), []
    if drawn and not user.mf_recovery_codes:
        codes = factors.make_recovery_codes(written, user, Actor(user.name, user_id=user.id), drawn)
    if found.stage is Stage.OPEN:
        return codes, sessions.renew(written, found.session_id, now())
    sessions.end_sessions(written, user.id, but=found.session_id)
    return codes, entry.finish(written, found, door.device(), now())


def go_on(codes: list[str], token: str, message: str) -> ResponseReturnValue:
    """Show recovery codes, this once, or say what was done."""
    door.admit(token)
    return render_template("accounts/codes.html", codes=codes) if codes else done(message)


def done(message: str) -> ResponseReturnValue:
    """Say what was done, where factors are listed."""
    flash(message)
    found = door.current_sign_in()
    is_first = found is not None and found.stage is Stage.SETUP
    page = "accounts.choose_factor" if is_first else "accounts.security"
    return redirect(url_for(page), HTTPStatus.SEE_OTHER)
