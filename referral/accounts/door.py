"""Who is at the door: what a request knows of whoever is signed in, and what it does when nobody is."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import validate_csrf
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from wtforms.validators import ValidationError

from referral.access.guard import PUBLIC
from referral.access.policy import Actor
from referral.accounts import entry, kept, sessions
from referral.accounts.cookies import is_in_area
from referral.accounts.devices import name_device
from referral.accounts.forms import ConfirmForm, SignInForm
from referral.accounts.models import Stage
from referral.accounts.passwords import CrowdError
from referral.accounts.sessions import SessionEndedError, SignIn, find_sign_in, needs_touch
from referral.i18n.locale import language_of
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

TOKEN = "sid"  # noqa: S105  # the name of a field
CHALLENGE = "challenge"
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
CODE_HEADER = "X-CSRF-Token"
RETRY_AFTER = "5"  # seconds


def current_sign_in() -> SignIn | None:
    """Return whoever this request's cookie stands for, at whatever stage, while the session holds."""
    found = known_sign_in()
    return found if found is not None and found.is_alive else None


def known_sign_in() -> SignIn | None:
    """Return the same also when the session has run out."""
    if "sign_in" not in g:
        token = session.get(TOKEN)
        g.sign_in = find_sign_in(token, now()) if token else None
    found: SignIn | None = g.sign_in
    return found


def signed_in() -> SignIn:
    """Return who is fully signed in, where the guard has already looked; answers 404 where nobody is."""
    found = current_sign_in()
    if found is None or found.stage is not Stage.OPEN:
        abort(HTTPStatus.NOT_FOUND)
    return found


def load_actor() -> Actor | None:
    """Return who acts, for the policy: nobody before the second factor."""
    found = current_sign_in()
    return found.as_actor() if found is not None and found.stage is Stage.OPEN else None


def end_earlier(written: Session) -> None:
    """End the session that the browser had until now, also one that has run out; inside ``writing``."""
    before = known_sign_in()
    if before is not None:
        sessions.end_session(written, before.user_id, before.session_id)


def admit(token: str) -> None:
    """Give the browser a session: all that it had before goes, also the token of its forms."""
    session.clear()
    g.pop("csrf_token", None)
    g.pop("sign_in", None)
    session[TOKEN] = token


def dismiss() -> None:
    """Take the session from the browser."""
    session.clear()
    g.pop("csrf_token", None)
    g.sign_in = None
    g.has_left = True


def device() -> str:
    """Return what this browser is, in two words."""
    return name_device(request.user_agent.string)


def watch(blueprint: Blueprint) -> None:
    """Have every request of an area's blueprint checked: its form's token, then who is signed in."""
    blueprint.before_request(check_form)
    blueprint.before_request(ask_to_sign_in)
    blueprint.after_request(clear_browser)
    blueprint.register_error_handler(SessionEndedError, leave_ended)
    blueprint.register_error_handler(CrowdError, show_crowd)


def clear_browser(response: Response) -> Response:
    """Have the browser of somebody who left let go of what it kept."""
    if g.get("has_left"):
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def check_form() -> ResponseReturnValue | None:
    """Answer 400 to whatever may change something without the token of our form; nothing is done.

    A page that was open since before the last sign-in has an old token: what was typed there is shown
    again, to be looked at and sent anew.
    """
    if request.method in CHANGES_NOTHING:
        return None
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get(CODE_HEADER))
    except ValidationError:
        note_refusal(entry.NO_TOKEN)
        found = current_sign_in()
        is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
        if not is_ours or found is None or found.stage is not Stage.OPEN:
            abort(HTTPStatus.BAD_REQUEST)
        fields = kept.without_secrets(request.form)
        if not fields:
            abort(HTTPStatus.BAD_REQUEST)  # a button, of which nothing can be shown before it acts
        typed = kept.Kept(found.user_id, request.path, fields)
        return render_template("accounts/restore.html", typed=typed), HTTPStatus.BAD_REQUEST
    g.csrf_valid = True
    return None


def note_refusal(what: str) -> None:
    """Record what is refused to whoever this browser stands for; never in a name that a form holds."""
    found = current_sign_in()
    if found is not None:
        directory_session().rollback()
        entry.record_refusal(found, what, now())


def ask_to_sign_in() -> ResponseReturnValue | None:
    """Lead to the sign-in whoever is not signed in; what was typed goes along, sealed."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, PUBLIC, False):
        return None
    found = known_sign_in()
    if found is None or found.stage is not Stage.OPEN or not found.is_alive:
        return lead_to_sign_in(found)
    if needs_touch(found.seen_at, now()):
        entry.touch(found, now())
    return None


def lead_to_sign_in(found: SignIn | None) -> ResponseReturnValue:
    """Show the sign-in, with what was typed by whoever's session has run out."""
    g.policy_asked = True
    if request.method in CHANGES_NOTHING or found is None or found.stage is not Stage.OPEN:
        where = request.path if request.method in CHANGES_NOTHING else None
        return redirect(url_for("accounts.sign_in", next=where), HTTPStatus.SEE_OTHER)
    form = SignInForm(formdata=None, next=request.path)
    sealed = kept.keep(found, request.path, request.form)
    page = render_template("accounts/sign_in.html", form=form, kept=sealed, has_ended=True)
    return page, HTTPStatus.UNAUTHORIZED


def leave_ended(_error: SessionEndedError) -> ResponseReturnValue:
    """Lead to the sign-in whoever's session ended while she was answered; nothing was done."""
    g.sign_in = None
    return lead_to_sign_in(None)


def show_crowd(_error: CrowdError) -> ResponseReturnValue:
    """Say that too many sign in at once; what was typed goes along, but for its secrets."""
    fields, sealed = kept.without_secrets(request.form), request.form.get(kept.FIELD)
    page = render_template("accounts/busy.html", fields=fields, kept=sealed)
    return page, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": RETRY_AFTER}


def ask_to_confirm(sign_in: SignIn) -> ResponseReturnValue | None:
    """Have somebody prove anew who she is, unless she did so a short while ago."""
    if sign_in.is_fresh(now()):
        return None
    if request.method in CHANGES_NOTHING:
        where = request.full_path.rstrip("?")
        return redirect(url_for("accounts.confirm", next=where), HTTPStatus.SEE_OTHER)
    sealed = kept.keep(sign_in, request.path, request.form)
    page = render_template(
        "accounts/confirm.html", form=ConfirmForm(formdata=None, next=request.path), kept=sealed
    )
    return page, HTTPStatus.UNAUTHORIZED


def way_on(wanted: str | None) -> str:
    """Return where to go after signing in: a page of ours that shows something, or the account."""
    home = url_for("accounts.home")
    if not wanted or not wanted.isprintable():  # a line end goes into no header
        return home
    if not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return home
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or "\\" in wanted or language_of(parts.path) is None:
        return home
    if not is_in_area(current_app._get_current_object(), parts.path):  # type: ignore[attr-defined]  # noqa: SLF001
        return home
    return wanted if shows_something(parts.path) else home


def shows_something(path: str) -> bool:
    """Say whether an address answers to whoever only looks."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        adapter.match(path, method="GET")
    except HTTPException:
        return False
    return True


def go_on(sign_in: SignIn, wanted: str | None, sealed: str | None) -> ResponseReturnValue:
    """Lead on after signing in: back to what was typed, to a choice of place, or to where she was going."""
    typed = kept.open_kept(sealed, sign_in.user_id, now()) if sealed else None
    if typed is not None:
        act_as_before(sign_in, typed)
        return render_template("accounts/restore.html", typed=typed)
    if sealed:
        flash(_("What you had typed could not be brought back: it was another person's, or too old."))
    if not sign_in.has_chosen and len(sign_in.places) > 1:
        return redirect(url_for("accounts.choose_place", next=way_on(wanted)), HTTPStatus.SEE_OTHER)
    return redirect(way_on(wanted), HTTPStatus.SEE_OTHER)


def act_as_before(sign_in: SignIn, typed: kept.Kept) -> None:
    """Take up the place for which somebody typed what comes back, unless she chose since."""
    if sign_in.has_chosen or not typed.has_chosen or typed.acting_for not in sign_in.places:
        return
    with writing(directory_session()) as written:
        sessions.act_for(written, sign_in, typed.acting_for)
    g.pop("sign_in", None)


def place_of(sign_in: SignIn) -> UUID | None:
    """Return the organization that somebody acts for; None for the installation or where she did not say."""
    return sign_in.acting_for if sign_in.has_chosen else None
