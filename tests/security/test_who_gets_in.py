"""Every address that is not for everybody, asked by everybody: nobody, the waiting, others, and each role."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from referral.access.policy import Role
from referral.accounts.models import Invitation, Membership, Passkey, Stage, User, UserSession
from tests.conftest import ON_ONE_BACKEND
from tests.security.people import (
    make_invitation,
    make_organization,
    make_passkey,
    make_user,
    own_token,
    sign_in,
)
from tests.security.routes import list_routes

OPEN = frozenset({"elsewhere", "editor", "lead", "privacy", "vetter", "operator"})
"""Whoever is signed in, for what is her own."""
LEAD_AND_OPERATOR = frozenset({"lead", "operator"})
OWNER = frozenset({"owner"})
"""The one person whose session or passkey it is."""
BEGINNERS = frozenset({"elsewhere", "editor", "lead", "privacy", "vetter", "operator", "beginner"})
"""Also somebody who must choose a second factor before anything else."""
EXPECTED = {
    "accounts.home": OPEN,
    "accounts.choose_place": OPEN,
    "accounts.stay": OPEN,
    "accounts.confirm": OPEN,
    "accounts.confirm_with_passkey": OPEN,
    "accounts.change_password": OPEN,
    "accounts.security": OPEN,
    "accounts.history": OPEN,
    "accounts.list_sessions": OPEN,
    "accounts.renew_recovery_codes": OPEN,
    "accounts.remove_application": OPEN,
    "accounts.join": OPEN,
    "accounts.choose_factor": BEGINNERS,
    "accounts.begin_application": BEGINNERS,
    "accounts.set_up_application": BEGINNERS,
    "accounts.add_passkey": BEGINNERS,
    "accounts.challenge_new_passkey": BEGINNERS,
    "accounts.end_session": OWNER,
    "accounts.remove_passkey": OWNER,
    "accounts.list_organizations": frozenset({"operator"}),
    "accounts.list_people": LEAD_AND_OPERATOR,
    "accounts.invite": LEAD_AND_OPERATOR,
    "accounts.withdraw": LEAD_AND_OPERATOR,
    "accounts.show_person": LEAD_AND_OPERATOR,
    "accounts.reset_factor": LEAD_AND_OPERATOR,
    "accounts.end_access": LEAD_AND_OPERATOR,
    "accounts.access_log": frozenset({"lead", "privacy"}),
    "accounts.access_log_sheet": frozenset({"lead", "privacy"}),
}
OPEN_TO_ALL = frozenset(
    {
        "accounts.sign_in",
        "accounts.second_factor",
        "accounts.sign_in_with_passkey",
        "accounts.challenge_passkey",
        "accounts.sign_out",
        "accounts.accept_invitation",
        "accounts.request_reset",
        "accounts.reset_requested",
        "accounts.reset_password",
    }
)
"""Where nobody can be signed in yet, or has to be: held to tests of their own."""
SIGNS_OUT = "accounts.end_sessions"
"""Leads to the sign-in whoever presses it: held to a test of its own."""
HERSELF = frozenset({"owner", "away"})
"""Who is signed in, and is looked at apart: the owner, and a lead who acts for another organization."""
VISITORS = ("nobody", "waiting", "beginner", *sorted(OPEN), "away", "owner")


@dataclass
class Scene:
    """What addresses can name: an organization, one of its people, an invitation, a session, a passkey."""

    code: uuid.UUID
    user_id: uuid.UUID
    invitation_id: uuid.UUID
    token: str
    session_id: uuid.UUID
    passkey_id: uuid.UUID
    theirs: uuid.UUID
    owner: FlaskClient


def play(app, session, visitor):
    """Store a scene and return it with the browser of a visitor."""
    scene = make_scene(app, session)
    return scene, come(app, session, scene, visitor)


def make_scene(app, session):
    """Store an organization with one of its people, and another organization."""
    ours, theirs = make_organization(session), make_organization(session)
    owner = make_user(session, ((ours, Role.INTAKE_WORKER),))
    invitation_id, token = make_invitation(session, ours, Role.INTAKE_WORKER)
    here, other = sign_in(app, session, owner), sign_in(app, session, owner)
    passkey_id, _ = make_passkey(session, owner), make_passkey(session, owner)
    return Scene(ours, owner.id, invitation_id, token, other.session_id, passkey_id, theirs, here.browser)


def come(app, session, scene, visitor):
    """Return the browser of a visitor."""
    if visitor == "owner":
        return scene.owner
    if visitor == "nobody":
        return app.test_client()
    held, stage = visitors(scene.code, scene.theirs)[visitor]
    return sign_in(app, session, make_user(session, held), stage, place=scene.theirs).browser


def visitors(ours, theirs):
    """Return the roles of each visitor, and how far she has come in signing in."""
    lead = ((ours, Role.ORGANIZATION_LEAD),)
    return {
        "waiting": (lead, Stage.FACTOR),
        "beginner": (lead, Stage.SETUP),
        "editor": (((ours, Role.PARTNER_EDITOR),), Stage.OPEN),
        "lead": (lead, Stage.OPEN),
        "privacy": (((ours, Role.PRIVACY_OFFICER),), Stage.OPEN),
        "elsewhere": (((theirs, Role.ORGANIZATION_LEAD),), Stage.OPEN),
        "away": ((*lead, (theirs, Role.PARTNER_EDITOR)), Stage.OPEN),
        "vetter": (((None, Role.VETTER),), Stage.OPEN),
        "operator": (((None, Role.OPERATOR),), Stage.OPEN),
    }


def gets_in(browser, method, path):
    """Say whether a visitor gets further than the door, with the token of her own forms."""
    data = {"csrf_token": own_token(browser), "credential": "{}"} if method == "POST" else None
    answer = browser.open(path, method=method, data=data)
    location = answer.headers.get("Location", "").partition("?")[0]
    return answer.status_code not in (400, 401, 403, 404) and location != "/fr/account/sign-in"


def doors(app):
    """Return every method and address of the area of accounts."""
    return [route for route in list_routes(app) if route.endpoint.startswith("accounts.")]


def address(app, endpoint, scene, method):
    """Return an address that names what is in a scene."""
    names = {name for rule in app.url_map.iter_rules(endpoint) for name in rule.arguments} - {"language"}
    values = {name: getattr(scene, name) for name in names}
    return app.url_map.bind("localhost").build(endpoint, {"language": "fr", **values}, method)


def test_every_address_of_accounts_says_here_whom_it_is_for(app):
    assert {route.endpoint for route in doors(app)} == EXPECTED.keys() | OPEN_TO_ALL | {SIGNS_OUT}


@ON_ONE_BACKEND
@pytest.mark.parametrize("endpoint", EXPECTED)
def test_an_address_opens_for_those_whom_the_policy_names_and_for_nobody_else(app, client, session, endpoint):
    for method in sorted(route.method for route in doors(app) if route.endpoint == endpoint):
        inside, scene = set(), None
        for visitor in VISITORS:
            scene = scene or make_scene(app, session)
            browser = come(app, session, scene, visitor)
            if gets_in(browser, method, address(app, endpoint, scene, method)):
                inside.add(visitor)
                scene = None  # she may have changed it

        own = HERSELF if EXPECTED[endpoint] in (OPEN, BEGINNERS) else set()
        assert inside == EXPECTED[endpoint] | own, method


def test_whoever_gets_in_nowhere_changes_nothing(app, client, session):
    for visitor in ("nobody", "waiting", "elsewhere", "away", "editor", "vetter"):
        scene, browser = play(app, session, visitor)
        before = everything(session)
        for endpoint in (
            "withdraw",
            "reset_factor",
            "end_access",
            "show_person",
            "end_session",
            "remove_passkey",
        ):
            path = address(app, f"accounts.{endpoint}", scene, "POST")
            gets_in(browser, "POST", path)

        assert everything(session) == before, visitor


def everything(session):
    """Return what the addresses above may change."""
    session.rollback()
    return [
        sorted(map(str, session.execute(sa.select(*columns))))
        for columns in (
            (Invitation.id, Invitation.closed_at),
            (Membership.user_id, Membership.organization_id, Membership.role),
            (UserSession.id, UserSession.token_hash, UserSession.acting_for),
            (Passkey.id, Passkey.user_id),
            (User.id, User.active, User.password, User.email, User.totp_secret),
        )
    ]
