"""Reads of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Role
from referral.accounts.models import Passkey, User
from referral.accounts.sessions import SignIn
from referral.audit import queries as audit
from referral.audit.events import Action
from referral.audit.queries import Line

COMINGS = (Action.SIGN_IN, Action.SIGN_IN_FAILED, Action.SIGN_OUT)


def find_own(session: Session, user_id: UUID) -> User:
    """Return one's own account."""
    return session.get_one(User, user_id)


def has_accounts(session: Session) -> bool:
    """Say whether anybody can sign in."""
    return session.scalar(sa.select(User.id).where(User.active).limit(1)) is not None


def find_own_passkey(session: Session, user_id: UUID, passkey_id: UUID) -> Passkey | None:
    """Return one of one's own passkeys."""
    statement = sa.select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)
    return session.scalars(statement).one_or_none()


def list_sign_ins(session: Session, user_id: UUID) -> Sequence[Line]:
    """Return when somebody came and went, and who tried in her name; newest first."""
    return audit.list_of_person(session, user_id, COMINGS)


def roles_of(found: SignIn) -> list[Role]:
    """Return the roles that somebody has where she acts."""
    actor = found.as_actor()
    return [role for role in Role if actor.acts_as(role)]
