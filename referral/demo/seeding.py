"""Fills a demonstration. Each feature has one function here, which adds what is not there yet.

A new feature adds its function to ``FEATURES``; it is called in the one transaction, after those before it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import CONSOLE, Actor, Role
from referral.accounts import invitations, passwords
from referral.accounts.invitations import Guest
from referral.accounts.models import User
from referral.catalogue.organizations import find_by_slug
from referral.demo.accounts import check_fictional
from referral.demo.files import add_files
from referral.demo.listings import add_listings
from referral.demo.needs import add_needs
from referral.demo.people import HOUSE, MAILBOX, PEOPLE, Person
from referral.demo.referrals import add_referrals


class NoCatalogueError(LookupError):
    """The fictional organizations are to be imported first."""


def seed(session: Session, at: datetime) -> None:
    """Add whatever is missing; raises accounts.NotFictionalError, NoCatalogueError."""
    check_fictional(session)
    for add in FEATURES:
        add(session, at)


def add_people(session: Session, at: datetime) -> None:
    """Add a person of each role; at the very beginning one more is invited, for a letter to look at."""
    known = set(session.scalars(sa.select(User.username)))
    added = [add_person(session, person, at) for person in PEOPLE if person.username not in known]
    if not known:
        add_invitation(session, added[0], at)


def add_person(session: Session, person: Person, at: datetime) -> User:
    """Add somebody as anybody is: invited to each role, with a password, but one that nobody knows."""
    first, *others = (invite(session, person, slug, role, at) for slug, role in person.roles)
    user = invitations.accept(session, first, passwords.make_hash(secrets.token_urlsafe()), at)
    for token in others:
        invitations.join(session, token, user, Actor(user.name, user_id=user.id), at)
    return user


def invite(session: Session, person: Person, slug: str | None, role: Role, at: datetime) -> str:
    """Hold a role for somebody, without a letter, and return the token that she accepts with."""
    guest = Guest(person.name, role, place_of(session, slug), "fr", MAILBOX, person.username)
    return invitations.invite(session, guest, CONSOLE, at)[1]


def add_invitation(session: Session, inviter: User, at: datetime) -> None:
    """Have somebody invited who has not answered yet."""
    house = place_of(session, HOUSE)
    guest = Guest("Lou Exemple", Role.INTAKE_WORKER, house, "fr", MAILBOX)
    actor = Actor(inviter.name, user_id=inviter.id, acting_for=house)
    invitation, token = invitations.invite(session, guest, actor, at)
    invitations.send(session, invitation, token)


def place_of(session: Session, slug: str | None) -> UUID | None:
    """Return an organization by its short name, or None for the whole; raises NoCatalogueError."""
    if slug is None:
        return None
    found = find_by_slug(session, slug)
    if found is None:
        raise NoCatalogueError(slug)
    return found.id


FEATURES: tuple[Callable[[Session, datetime], None], ...] = (
    add_people,
    add_listings,
    add_files,
    add_referrals,
    add_needs,
)
