"""People of an organization, for whoever leads it. Callers write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from referral.access.policy import Actor, Role, fits
from referral.accounts import factors, letters, ownership, sessions
from referral.accounts.invitations import UnfitRoleError
from referral.accounts.models import Membership, User, UserSession
from referral.accounts.organizations import name_place
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.shared.conflict import compare
from referral.shared.versions import ConflictError


class BelongsElsewhereError(Exception):
    """Somebody acts elsewhere too: only the operator may touch how she signs in."""


class LastLeadError(Exception):
    """Somebody else must lead before: people would be left whom nobody can invite, help or let go."""


class HeirNeededError(Exception):
    """Somebody owns things here; they need a new owner, of this organization, first."""


def list_people(session: Session, organization_id: UUID | None) -> Sequence[User]:
    """Return those who have a role at a place, by name."""
    statement = (
        sa.select(User)
        .where(User.id.in_(sa.select(Membership.user_id).where(at_place(organization_id))), User.active)
        .options(selectinload(User.memberships), selectinload(User.passkeys))
        .order_by(User.name, User.username)
    )
    return session.scalars(statement).all()


def find_person(
    session: Session, user_id: UUID, organization_id: UUID | None, *, lock: bool = False
) -> User | None:
    """Return somebody who has a role at a place; None for anyone else, whoever that is."""
    statement = sa.select(User).where(
        User.id == user_id,
        User.active,
        User.id.in_(sa.select(Membership.user_id).where(at_place(organization_id))),
    )
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def at_place(organization_id: UUID | None) -> sa.ColumnElement[bool]:
    """Return the condition that a role is held at a place."""
    if organization_id is None:
        return Membership.organization_id.is_(None)
    return Membership.organization_id == organization_id


def roles_at(user: User, organization_id: UUID | None) -> list[Role]:
    """Return somebody's roles at a place, in the order of the table of roles."""
    held = {each.role for each in user.memberships if each.organization_id == organization_id}
    return [role for role in Role if role in held]


def is_elsewhere(user: User, organization_id: UUID | None) -> bool:
    """Say whether somebody has a role at another place too."""
    return any(each.organization_id != organization_id for each in user.memberships)


def reset_factor(
    session: Session, user: User, organization_id: UUID | None, actor: Actor, at: datetime
) -> None:
    """Let somebody who lost her device choose a second factor anew; raises BelongsElsewhereError.

    A lead answers for her own people only: an account that also acts elsewhere is the operator's to touch.
    """
    if actor.acting_for is not None and is_elsewhere(user, organization_id):
        raise BelongsElsewhereError
    factors.clear_factors(session, user)
    record(session, Event(Action.CHANGE, "factor", user.id, actor, organization_id))
    when = letters.say_moment(at, letters.language_of(user))
    letters.tell(session, user, "factor_reset", f"{user.id} {at.isoformat()}", by=actor.name, at=when)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something to somebody, at which place, and when."""

    actor: Actor
    organization_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Roles that somebody is to have, and those that were shown to whoever decided it."""

    wanted: frozenset[Role]
    shown: frozenset[Role]


def head_of(organization_id: UUID | None) -> Role:
    """Return the role of whoever answers for the people of a place."""
    return Role.OPERATOR if organization_id is None else Role.ORGANIZATION_LEAD


def check_led(session: Session, user: User, organization_id: UUID | None, actor: Actor) -> None:
    """Refuse to let the last who leads go; raises LastLeadError. Who asks at the same moment waits.

    An operator may let the last person of an organization go: it has nobody any more, and no one to lead.
    """
    head = head_of(organization_id)
    if head not in roles_at(user, organization_id):
        return
    statement = (
        sa.select(Membership)
        .join(User)
        .where(at_place(organization_id), User.active)
        .order_by(Membership.id)
        .with_for_update(of=Membership)
    )
    others = [each for each in session.scalars(statement) if each.user_id != user.id]
    is_empty = not others and organization_id is not None and actor.acting_for is None
    if not is_empty and head not in {each.role for each in others}:
        raise LastLeadError


def set_roles(session: Session, user: User, change: Change, deed: Deed) -> None:
    """Give somebody other roles at a place, at least one.

    Raises UnfitRoleError, LastLeadError, and ConflictError where another changed them since they were shown.
    """
    roles, organization_id = change.wanted, deed.organization_id
    if not roles or not all(fits(role, organization_id) for role in roles):
        raise UnfitRoleError(roles)
    now_held = frozenset(roles_at(user, organization_id))
    if now_held not in {change.shown, change.wanted}:
        sides = ({"roles": each} for each in (change.wanted, now_held, change.shown))
        raise ConflictError(compare(*sides), None)
    if head_of(organization_id) not in roles:
        check_led(session, user, organization_id, deed.actor)
    kept = [
        each for each in user.memberships if each.organization_id != organization_id or each.role in roles
    ]
    held = {each.role for each in kept if each.organization_id == organization_id}
    user.memberships = kept + [
        Membership(organization_id=organization_id, role=role, created_at=deed.at)
        for role in Role
        if role in roles and role not in held
    ]
    session.flush()
    record(session, Event(Action.CHANGE, "membership", user.id, deed.actor, organization_id))


def end_access(session: Session, user: User, heir_id: UUID | None, deed: Deed) -> None:
    """Take somebody's roles at a place, after handing on what she owns.

    Raises HeirNeededError and LastLeadError. An account without any role left can sign in no more,
    and keeps nothing that signs in.
    """
    organization_id, at = deed.organization_id, deed.at
    check_led(session, user, organization_id, deed.actor)
    if ownership.list_owned(session, user.id, organization_id):
        hand_on(session, user, organization_id, heir_id)
    user.memberships = [each for each in user.memberships if each.organization_id != organization_id]
    session.flush()
    end_sessions_at(session, user, organization_id)
    record(session, Event(Action.CHANGE, "access", user.id, deed.actor, organization_id))
    language = letters.language_of(user)
    letters.tell(
        session,
        user,
        "access_ended",
        f"{user.id} {organization_id} {at.isoformat()}",
        at=letters.say_moment(at, language),
        organization=name_place(session, organization_id, language),
    )
    if not user.memberships:
        close_account(session, user, at)


def hand_on(session: Session, user: User, organization_id: UUID | None, heir_id: UUID | None) -> None:
    """Give what somebody owns to another of the same place; raises HeirNeededError."""
    if heir_id is None or heir_id == user.id:
        raise HeirNeededError
    heir = find_person(session, heir_id, organization_id, lock=True)
    if heir is None:
        raise HeirNeededError
    ownership.transfer(session, user.id, heir.id, organization_id)


def end_sessions_at(session: Session, user: User, organization_id: UUID | None) -> None:
    """End the sessions in which somebody acts for a place, and those that have not chosen yet."""
    acting = (
        UserSession.acting_for.is_(None)
        if organization_id is None
        else sa.or_(UserSession.acting_for == organization_id, UserSession.acting_for.is_(None))
    )
    session.execute(sa.delete(UserSession).where(UserSession.user_id == user.id, acting))


def close_account(session: Session, user: User, at: datetime) -> None:
    """Let an account serve no more; its name stays for what it did, its login name for nobody else."""
    factors.clear_factors(session, user)
    sessions.end_sessions(session, user.id)
    user.active, user.left_at = False, at
    user.password = user.email = None
    session.flush()
