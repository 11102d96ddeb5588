"""Invitations: the only way to an account. A link works once and not for long. Callers write."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from referral.access.policy import Actor, Role, fits
from referral.accounts import letters
from referral.accounts.models import Invitation, Membership, User
from referral.accounts.names import hash_token, make_token, propose_login
from referral.accounts.organizations import name_place
from referral.accounts.rules import INVITATION
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.mail.letters import Message
from referral.mail.services import enqueue
from referral.shared.bilingual import Language


class UnfitRoleError(ValueError):
    """That role cannot be held there."""


class NoInvitationError(LookupError):
    """There is no such invitation, or it was used, withdrawn or is too old: which, nobody learns."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited, where and to do what."""

    name: str
    role: Role
    organization_id: UUID | None
    language: Language = "fr"
    email: str | None = None
    username: str | None = None


def invite(session: Session, guest: Guest, actor: Actor, at: datetime) -> tuple[Invitation, str]:
    """Hold a place for somebody; returns it with the token of its link. Raises UnfitRoleError."""
    if not fits(guest.role, guest.organization_id):
        raise UnfitRoleError(guest.role)
    token = make_token()
    invitation = Invitation(
        username=free_login(session, guest.username or guest.name, at),
        name=guest.name,
        email=guest.email,
        language=guest.language,
        organization_id=guest.organization_id,
        role=guest.role,
        invited_by=actor.name,
        token_hash=hash_token(token),
        created_at=at,
        expires_at=at + INVITATION,
        closed_at=None,
    )
    session.add(invitation)
    session.flush()
    record(session, Event(Action.CREATE, "invitation", invitation.id, actor, guest.organization_id))
    return invitation, token


def send(session: Session, invitation: Invitation, token: str) -> None:
    """Put the letter that brings an invitation into the outbox, where there is an address."""
    if invitation.email is None:
        return
    language: Language = "en" if invitation.language == "en" else "fr"
    values = {
        "inviter": invitation.invited_by,
        "organization": name_place(session, invitation.organization_id, language),
        "until": letters.say_moment(invitation.expires_at, language),
        "link": letters.link_to(f"invitation/{token}", language),
    }
    enqueue(session, Message("invitation", invitation.email, language, f"invitation {invitation.id}", values))


def free_login(session: Session, wish: str, at: datetime) -> str:
    """Return a login name that neither an account nor an open invitation has."""
    base = propose_login(wish)  # the names of others begin with it, whatever their number
    used = session.scalars(sa.select(User.username).where(User.username.startswith(base, autoescape=True)))
    held = session.scalars(
        sa.select(Invitation.username).where(
            Invitation.username.startswith(base, autoescape=True), *_is_open(at)
        )
    )
    return propose_login(wish, {*used, *held})


def find_open(session: Session, token: str, at: datetime, *, lock: bool = False) -> Invitation | None:
    """Return the invitation of a token while it can be accepted."""
    statement = sa.select(Invitation).where(Invitation.token_hash == hash_token(token), *_is_open(at))
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def accept(session: Session, token: str, password_hash: str, at: datetime) -> User:
    """Make the account that was promised; raises NoInvitationError for whoever comes second."""
    invitation = find_open(session, token, at, lock=True)
    if invitation is None:
        raise NoInvitationError
    invitation.closed_at = at
    session.flush()
    user = _make_user(session, invitation, password_hash, at)
    actor = Actor(user.name, user_id=user.id)
    record(session, Event(Action.CREATE, "account", user.id, actor, invitation.organization_id))
    _add_membership(session, user, invitation, actor, at)
    return user


def _make_user(session: Session, invitation: Invitation, password_hash: str, at: datetime) -> User:
    user = User(
        name=invitation.name,
        email=invitation.email,
        language=invitation.language,
        password=password_hash,
        password_changed_at=at,
        created_at=at,
    )
    while not sa.inspect(user).persistent:
        user.username = _still_free(session, invitation, at)
        with suppress(IntegrityError), session.begin_nested():  # somebody else took it at this very moment
            session.add(user)
    return user


def join(session: Session, token: str, user: User, actor: Actor, at: datetime) -> UUID | None:
    """Give an account that exists the role that was promised, and say where; raises NoInvitationError."""
    invitation = find_open(session, token, at, lock=True)
    if invitation is None:
        raise NoInvitationError
    invitation.closed_at = at
    _add_membership(session, user, invitation, actor, at)
    return invitation.organization_id


def withdraw(session: Session, invitation: Invitation, actor: Actor, at: datetime) -> None:
    """Let an invitation serve no more."""
    invitation.closed_at = at
    record(session, Event(Action.CHANGE, "invitation", invitation.id, actor, invitation.organization_id))


def list_open(session: Session, organization_id: UUID | None, at: datetime) -> Sequence[Invitation]:
    """Return the invitations of a place that wait for an answer, the latest first."""
    where = Invitation.organization_id == organization_id
    if organization_id is None:
        where = Invitation.organization_id.is_(None)
    statement = sa.select(Invitation).where(where, *_is_open(at)).order_by(Invitation.created_at.desc())
    return session.scalars(statement).all()


def forget_old(session: Session, at: datetime) -> None:
    """Delete what serves no more: it names people who may never have come."""
    over = (Invitation.expires_at < at, Invitation.closed_at < at)
    session.execute(sa.delete(Invitation).where(sa.or_(*over)))


def find_held(
    session: Session, invitation_id: UUID, organization_id: UUID | None, at: datetime
) -> Invitation | None:
    """Return an invitation that waits, if it is of that very place."""
    statement = sa.select(Invitation).where(Invitation.id == invitation_id, *_is_open(at))
    found = session.scalars(statement.with_for_update()).one_or_none()
    return found if found is not None and found.organization_id == organization_id else None


def _still_free(session: Session, invitation: Invitation, at: datetime) -> str:
    taken = session.scalar(sa.select(User.id).where(User.username == invitation.username))
    return free_login(session, invitation.username, at) if taken else invitation.username


def _add_membership(session: Session, user: User, invitation: Invitation, actor: Actor, at: datetime) -> None:
    place, role = invitation.organization_id, invitation.role
    if any((each.organization_id, each.role) == (place, role) for each in user.memberships):
        return
    user.memberships.append(Membership(organization_id=place, role=role, created_at=at))
    session.flush()
    record(session, Event(Action.CREATE, "membership", user.id, actor, place))


def _is_open(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (Invitation.closed_at.is_(None), Invitation.expires_at > at)
