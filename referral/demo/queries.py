"""Reads of a demonstration."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Role
from referral.accounts.models import User
from referral.accounts.organizations import name_place
from referral.demo.people import PEOPLE, Person


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to be, with her roles as they are now; none where her access was ended."""

    person: Person
    roles: tuple[tuple[Role, str], ...]


def list_choices(session: Session) -> list[Choice]:
    """Return who can be tried, in the order of the table."""
    return [Choice(person, list_roles(session, find_user(session, person.username))) for person in PEOPLE]


def list_roles(session: Session, user: User | None) -> tuple[tuple[Role, str], ...]:
    """Return somebody's roles, each with the name of where she has it."""
    memberships = () if user is None else user.memberships
    return tuple((each.role, name_place(session, each.organization_id)) for each in memberships)


def find_user(session: Session, username: str) -> User | None:
    """Return somebody who can still sign in."""
    statement = sa.select(User).where(User.username == username, User.active)
    return session.scalars(statement).one_or_none()
