"""What the database itself holds accounts to, whoever writes."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from referral.access.policy import Role
from referral.accounts.models import (
    Invitation,
    Membership,
    Passkey,
    PasskeyChallenge,
    PasswordReset,
    User,
    UserSession,
)
from referral.catalogue.models import Organization, Revision
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import writing


def make_user(username="camille.exemple", **columns):
    """Return an account that is not written yet."""
    usual = {
        "name": "Camille Exemple",
        "email": "boite@exemple.example",
        "language": "fr",
        "created_at": now(),
    }
    return User(id=uuid4(), username=username, **usual | columns)


def write(session, *rows):
    """Write rows in one transaction."""
    with writing(session):
        for row in rows:
            session.add(row)
            session.flush()


def role(user, place=None, held=Role.OPERATOR):
    """Return a membership that is not written yet."""
    return Membership(user_id=user, organization_id=place, role=held, created_at=now())


@pytest.fixture
def place(session):
    """An organization's id."""
    identifier = uuid4()
    write(
        session,
        Revision(number=1, occurred_at=now(), actor="Exemple", reason="test"),
        Organization(id=identifier, slug="exemple", name=Bilingual("Exemple", None), revision=1),
    )
    return identifier


@pytest.fixture
def user(session):
    """An account's id."""
    made = make_user()
    identifier = made.id
    write(session, made)
    return identifier


def test_a_login_name_is_one_persons(session, user):
    with pytest.raises(IntegrityError):
        write(session, make_user())


def test_a_mailbox_can_be_several_persons(session, user):
    write(session, make_user("sacha.exemple"))

    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 2


def test_a_role_at_a_place_is_held_once(session, user, place):
    write(session, role(user, place, Role.INTAKE_WORKER))

    with pytest.raises(IntegrityError):
        write(session, role(user, place, Role.INTAKE_WORKER))


def test_a_role_of_the_installation_is_held_once_though_its_place_is_null(session, user):
    write(session, role(user))

    with pytest.raises(IntegrityError):
        write(session, role(user))


def test_different_roles_and_places_go_together(session, user, place):
    write(session, role(user), role(user, None, Role.VETTER), role(user, place, Role.INTAKE_WORKER))

    assert session.scalar(sa.select(sa.func.count()).select_from(Membership)) == 3


@pytest.mark.parametrize("missing", ["user", "place"])
def test_a_role_needs_a_person_and_a_place_that_are_there(session, user, missing):
    with pytest.raises(IntegrityError):
        write(session, role(uuid4()) if missing == "user" else role(user, uuid4(), Role.INTAKE_WORKER))


def test_a_token_is_one_sessions(session, user):
    def make():
        moments = dict.fromkeys(("started_at", "seen_at", "confirmed_at"), now())
        return UserSession(user_id=user, token_hash="x" * 64, stage="open", device="", **moments)

    write(session, make())

    with pytest.raises(IntegrityError):
        write(session, make())


def test_an_organization_with_people_or_invitations_is_not_deleted(session, user, place):
    write(session, role(user, place, Role.INTAKE_WORKER))

    with pytest.raises(IntegrityError), writing(session):
        session.execute(sa.delete(Organization))


def test_what_signs_somebody_in_goes_with_the_account(session, user):
    at = now()
    moments = dict.fromkeys(("started_at", "seen_at", "confirmed_at"), at)
    write(
        session,
        role(user),
        UserSession(user_id=user, token_hash="x" * 64, stage="open", device="", **moments),
        PasswordReset(user_id=user, token_hash="x" * 64, created_at=at, expires_at=at),
        Passkey(user_id=user, credential_id=b"x", public_key=b"x", sign_count=0, name="x", created_at=at),
        PasskeyChallenge(user_id=user, challenge=b"x", expires_at=at),
    )
    with writing(session):
        session.execute(sa.delete(User))

    tables = (Membership, UserSession, PasswordReset, Passkey, PasskeyChallenge, Invitation)
    assert [session.scalar(sa.select(sa.func.count()).select_from(each)) for each in tables] == [0] * 6
