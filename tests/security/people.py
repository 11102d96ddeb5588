"""People who are signed in without having typed anything, and what the others of an organization have."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from referral.access.policy import Role
from referral.accounts import sessions
from referral.accounts.models import Invitation, Membership, Passkey, Stage, User, UserSession
from referral.accounts.names import hash_token, make_token
from referral.catalogue.models import Organization
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import writing
from tests.edition.conftest import Directory

HOME = "/fr/account/"
Places = tuple[tuple[uuid.UUID | None, Role], ...]


@dataclass
class Person:
    """Somebody with a browser of her own."""

    user_id: uuid.UUID
    session_id: uuid.UUID
    cookie: str
    browser: FlaskClient = field(repr=False)

    def token(self) -> str:
        """Return the token of the forms of this browser's session."""
        return own_token(self.browser)

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form of ours, as filled in on our page."""
        return self.browser.post(path, data={"csrf_token": self.token(), **fields})


def token_of(browser: FlaskClient, page: str = "/fr/account/sign-in") -> str:
    """Return the token of a form that a browser was shown."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page).text)
    assert found is not None
    return found[1]


def own_token(browser: FlaskClient, page: str = HOME) -> str:
    """Return what the forms of this browser hold, without asking for one of them: that takes much longer."""
    with browser.session_transaction(page) as cookie:
        kept = cookie.setdefault("csrf_token", secrets.token_hex())
    token = URLSafeTimedSerializer(browser.application.secret_key, salt="wtf-csrf-token").dumps(kept)
    return str(token)


def make_organization(session: Session, name: str = "Organisme Exemple") -> uuid.UUID:
    """Store an organization and return its id."""
    session.rollback()
    number = Directory(session).revise()
    made = Organization(slug=f"exemple-{uuid.uuid4()}", name=Bilingual(name, None), revision=number)
    session.add(made)
    session.commit()
    return made.id


def make_user(session: Session, places: Places = (), name: str = "Alex Exemple", **columns: object) -> User:
    """Store somebody who has roles."""
    session.rollback()
    made = User(
        username=f"exemple.{uuid.uuid4().hex[:12]}",
        name=name,
        language="fr",
        created_at=now(),
        memberships=[
            Membership(organization_id=place, role=role, created_at=now()) for place, role in places
        ],
        **columns,
    )
    session.add(made)
    session.commit()
    return made


def sign_in(
    app: Flask, session: Session, user: User, stage: Stage = Stage.OPEN, place: uuid.UUID | None = None
) -> Person:
    """Give somebody a session and a browser with its cookie; of several places she acts at the one named."""
    session.rollback()
    with writing(session):
        token = sessions.open_session(session, user, stage, "Firefox, Linux", now())
        row = session.scalars(sa.select(UserSession).where(UserSession.token_hash == hash_token(token))).one()
        if not row.has_chosen:
            row.has_chosen, row.acting_for = True, place
        person = Person(user.id, row.id, token, app.test_client())
    with person.browser.session_transaction(HOME) as cookie:
        cookie["sid"] = token
    return person


def make_invitation(session: Session, place: uuid.UUID | None, role: Role) -> tuple[uuid.UUID, str]:
    """Store an invitation and return its id with the token of its link."""
    session.rollback()
    token = make_token()
    made = Invitation(
        username=f"invitee.{uuid.uuid4().hex[:12]}",
        name="Invitée Exemple",
        email="invitee@exemple.example",
        language="fr",
        organization_id=place,
        role=role,
        invited_by="Alex Exemple",
        token_hash=hash_token(token),
        created_at=now(),
        expires_at=now() + timedelta(days=7),
        closed_at=None,
    )
    session.add(made)
    session.commit()
    return made.id, token


def make_passkey(session: Session, user: User) -> uuid.UUID:
    """Store a passkey of somebody's that no device has, and return its id."""
    user_id = user.id
    session.rollback()
    made = Passkey(
        user_id=user_id,
        credential_id=uuid.uuid4().bytes,
        public_key=b"example",
        sign_count=0,
        name="Clé Exemple",
        created_at=now(),
    )
    session.add(made)
    session.commit()
    return made.id
