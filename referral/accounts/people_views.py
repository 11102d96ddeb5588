"""People of an organization: who they are, inviting, changing roles, a lost device, a departure."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from referral.access.guard import require
from referral.access.policy import Actor, Permission, Role, Target, fits, permits
from referral.accounts import door, invitations, ownership, people
from referral.accounts.blueprint import blueprint
from referral.accounts.forms import EndAccessForm, InviteForm, PlainForm, RolesForm
from referral.accounts.invitations import Guest
from referral.accounts.models import User
from referral.accounts.organizations import list_names, name_place
from referral.accounts.words import ROLES
from referral.audit.events import Action, Event
from referral.audit.services import record_apart
from referral.shared.clock import now
from referral.shared.conflict import Conflict, compare
from referral.shared.database import directory_session, writing
from referral.shared.versions import ConflictError

INSTALLATION = "installation"
NOBODY_ELSE_LEADS = _l("Nobody else leads here. Give that role to somebody else first.")
Place = UUID | None


def read_place(code: str) -> Place:
    """Return the place that an address names; answers 404 to what is none."""
    if code == INSTALLATION:
        return None
    try:
        return UUID(code)
    except ValueError:
        abort(404)


def code_of(place: Place) -> str:
    """Return how an address names a place."""
    return str(place or INSTALLATION)


def person_at(user_id: UUID, place: Place, *, lock: bool = False) -> User:
    """Return somebody of a place; answers 404 to anyone else, there or not."""
    return people.find_person(directory_session(), user_id, place, lock=lock) or abort(404)


@blueprint.get("/organizations")
def list_organizations() -> ResponseReturnValue:
    """Show all organizations to whoever may see anyone's people."""
    require(Permission.MEMBERSHIP_LIST, Target())
    names = sorted(
        list_names(directory_session()).items(), key=lambda item: (item[1].fr or item[1].en or "").lower()
    )
    return render_template("accounts/organizations.html", names=names)


@blueprint.get("/places/<code>/people")
def list_people(code: str) -> ResponseReturnValue:
    """Show who has a role at a place, and who is invited."""
    place = read_place(code)
    actor = require(Permission.MEMBERSHIP_LIST, Target(place))
    session = directory_session()
    check_exists(place)
    page = render_template(
        "accounts/people.html",
        place=place,
        code=code,
        place_name=name_place(session, place),
        rows=[(each, people.roles_at(each, place)) for each in people.list_people(session, place)],
        waiting=invitations.list_open(session, place, now()),
        actor=actor,
        role_names=ROLES,
        form=PlainForm(formdata=None),
    )
    session.rollback()
    record_apart(Event(Action.VIEW, "people", place, actor, place))
    return page


def check_exists(place: Place) -> None:
    """Answer 404 to an organization that is not there."""
    if place is not None and place not in list_names(directory_session(), [place]):
        abort(404)


@blueprint.route("/places/<code>/people/invite", methods=["GET", "POST"])
def invite(code: str) -> ResponseReturnValue:
    """Send somebody the link that leads to an account."""
    place = read_place(code)
    actor = require(Permission.USER_INVITE, Target(place))
    check_exists(place)
    form = InviteForm([role for role in Role if fits(role, place)])
    if form.validate_on_submit():
        guest = Guest(
            name=form.name.data,
            role=Role(form.role.data),
            organization_id=place,
            language="en" if form.language.data == "en" else "fr",
            email=form.email.data,
            username=form.username.data or None,
        )
        with writing(directory_session()) as session:
            made, token = invitations.invite(session, guest, actor, now())
            invitations.send(session, made, token)
            login = made.username
        flash(_("The invitation is on its way. The login name will be %(login)s.", login=login))
        return redirect(url_for("accounts.list_people", code=code), 303)
    page = render_template(
        "accounts/invite.html", form=form, code=code, place_name=name_place(directory_session(), place)
    )
    return page, form.status


@blueprint.post("/places/<code>/invitations/<uuid:invitation_id>/withdraw")
def withdraw(code: str, invitation_id: UUID) -> ResponseReturnValue:
    """Let an invitation serve no more."""
    place = read_place(code)
    actor = require(Permission.USER_INVITE, Target(place))
    at = now()
    with writing(directory_session()) as session:
        held = invitations.find_held(session, invitation_id, place, at) or abort(404)
        invitations.withdraw(session, held, actor, at)
    flash(_("The invitation serves no more."))
    return redirect(url_for("accounts.list_people", code=code), 303)


@blueprint.route("/places/<code>/people/<uuid:user_id>", methods=["GET", "POST"])
def show_person(code: str, user_id: UUID) -> ResponseReturnValue:
    """Show what somebody does here, and take what she does from now on."""
    place = read_place(code)
    actor = require(Permission.MEMBERSHIP_CHANGE, Target(place, user_id))
    held = people.roles_at(person_at(user_id, place), place)
    form = RolesForm(
        [role for role in Role if fits(role, place)],
        roles=[role.value for role in held],
        shown=join_words(held),
    )
    conflict = None
    if form.validate_on_submit():
        try:
            with writing(directory_session()) as session:
                user = person_at(user_id, place, lock=True)
                people.set_roles(session, user, form.read_change(), people.Deed(actor, place, now()))
        except people.LastLeadError:
            form.refuse("roles", NOBODY_ELSE_LEADS)
        except ConflictError as error:
            conflict = say_conflict(error.conflict)
            form.shown.data = join_words(people.roles_at(person_at(user_id, place), place))
        else:
            flash(_("The roles were changed."))
            return redirect(url_for("accounts.show_person", code=code, user_id=user_id), 303)
    user = person_at(user_id, place)
    page = render_template(
        "accounts/person.html",
        form=form,
        conflict=conflict,
        button=PlainForm(formdata=None),
        user=user,
        code=code,
        place_name=name_place(directory_session(), place),
        may_reset=may_reset(actor, user, place),
    )
    return page, 409 if conflict else form.status


def join_words(roles: Iterable[Role]) -> str:
    """Return roles as the hidden field of the form holds them."""
    return " ".join(role.value for role in roles)


def say_conflict(conflict: Conflict) -> Conflict:
    """Return both versions of somebody's roles in words."""
    (field,) = conflict.fields
    mine, theirs = (
        ", ".join(str(ROLES[role]) for role in Role if role in side)  # type: ignore[operator]  # sets of roles
        for side in (field.mine, field.theirs)
    )
    return compare({"roles": mine}, {"roles": theirs})


def may_reset(actor: Actor, user: User, place: Place) -> bool:
    """Say whether somebody may let another choose a second factor anew."""
    allowed = permits(actor, Permission.USER_RESET_FACTOR, Target(place, user.id))
    return allowed and (actor.acting_for is None or not people.is_elsewhere(user, place))


@blueprint.post("/places/<code>/people/<uuid:user_id>/reset-factor")
def reset_factor(code: str, user_id: UUID) -> ResponseReturnValue:
    """Let somebody who lost her device choose a second factor anew; she must still know her password."""
    place = read_place(code)
    actor = require(Permission.USER_RESET_FACTOR, Target(place, user_id))
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    try:
        with writing(directory_session()) as session:
            people.reset_factor(session, person_at(user_id, place, lock=True), place, actor, now())
    except people.BelongsElsewhereError:
        flash(_("This person also acts for others: only the operator of Relais can do this."))
    else:
        flash(_("At the next sign-in, this person will set up the second step anew."))
    return redirect(url_for("accounts.show_person", code=code, user_id=user_id), 303)


@blueprint.route("/places/<code>/people/<uuid:user_id>/end", methods=["GET", "POST"])
def end_access(code: str, user_id: UUID) -> ResponseReturnValue:
    """Take somebody's roles here; what she owned has a new owner first."""
    place = read_place(code)
    actor = require(Permission.USER_OFFBOARD, Target(place, user_id))
    user = person_at(user_id, place)
    session = directory_session()
    form = EndAccessForm([each for each in people.list_people(session, place) if each.id != user.id])
    if form.validate_on_submit():
        if (asked := door.ask_to_confirm(door.signed_in())) is not None:
            return asked
        try:
            with writing(session):
                leaving, heir = person_at(user_id, place, lock=True), read_heir(form.heir.data)
                people.end_access(session, leaving, heir, people.Deed(actor, place, now()))
        except people.HeirNeededError:
            form.refuse("heir", _("Choose who takes over."))
        except people.LastLeadError:
            form.refuse("heir", NOBODY_ELSE_LEADS)
        else:
            flash(_("The access has ended."))
            return redirect(url_for("accounts.list_people", code=code), 303)
    page = render_template(
        "accounts/end_access.html",
        form=form,
        user=person_at(user_id, place),
        owned=ownership.list_owned(session, user_id, place),
        code=code,
        place_name=name_place(session, place),
    )
    return page, form.status


def read_heir(text: str | None) -> UUID | None:
    """Return who takes over, or None where nobody was named."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
