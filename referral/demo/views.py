"""Choosing who to be: one press of a button signs in, in a demonstration only."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from referral.access.guard import public
from referral.accounts import door, entry, sessions
from referral.accounts.blueprint import give_language, take_language
from referral.demo import accounts
from referral.demo.people import find_known
from referral.demo.queries import find_user, list_choices
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

AREA = "demo"
blueprint = Blueprint("demo", __name__, url_prefix=f"/<any(fr, en):language>/{AREA}")
blueprint.url_value_preprocessor(take_language)
blueprint.url_defaults(give_language)
door.watch(blueprint)


@blueprint.get("/")
@public
def choose_person() -> ResponseReturnValue:
    """Show who can be tried."""
    return render_template("demo/people.html", choices=list_choices(directory_session()))


@blueprint.post("/enter")
@public
def enter() -> ResponseReturnValue:
    """Sign in as somebody fictional; the session before it ends, and the audit keeps it as any other."""
    person = find_known(request.form.get("person", ""))
    if person is None:
        abort(HTTPStatus.NOT_FOUND)
    with writing(directory_session()) as written:
        user = find_user(written, person.username)
        if user is None or accounts.has_real_account(written):
            abort(HTTPStatus.NOT_FOUND)
        if (before := door.known_sign_in()) is not None:
            sessions.end_session(written, before.user_id, before.session_id)
        token = entry.open_fully(written, user, door.device(), now())
    door.admit(token)
    return door.go_on(door.signed_in(), None, None)
