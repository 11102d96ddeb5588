"""People of fictional organizations, a clock that tests set, and browsers that sign in as people do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from referral.access.policy import Role
from referral.accounts import factors, ownership, passwords
from referral.accounts.models import Membership, User, UserSession
from referral.audit.models import DIRECTORY_CHAIN
from referral.catalogue.models import Organization, Revision
from referral.mail.models import Outbox
from referral.mail.sealing import open_sealed
from referral.mail.sending import Parcel
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import writing
from tests.conftest import Visitor
from tests.security.people import own_token

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
PASSWORD = "bouleau lanterne archipel moufle"  # noqa: S105
ANOTHER = "tisane boussole grenier cascade"
AREA = "/en/account"
KEPT = re.compile(r'name="kept" value="([^"]+)"')
STEP = timedelta(seconds=30)
FINE, FORBIDDEN = 200, 404


@dataclass
class Person:
    """Somebody with an account, and what she alone knows."""

    id: UUID
    username: str
    name: str
    secret: str | None

    def code(self, app: Flask) -> str:
        """Return what her authenticator application shows at this moment."""
        return code_of(app, self.secret)


def code_of(app: Flask, secret: str) -> str:
    """Return the six digits of a sealed secret at this moment."""
    with app.app_context():
        return factors._totp().generate_totp_password(secret)  # noqa: SLF001


@cache
def hash_of(password: str) -> str:
    """Return one hash of a password for all tests: each takes a while."""
    return passwords.make_hash(password)


@dataclass
class People:
    """Makes organizations and people, past all pages."""

    session: Session
    places: dict[str, UUID] = field(default_factory=dict)

    def place(self, name: str = "Maison Exemple") -> UUID:
        """Return an organization, made at its first mention."""
        if name not in self.places:
            number = len(self.places) + 1
            made = Organization(slug=f"org-{number}", name=Bilingual(name, name), revision=number)
            with writing(self.session):
                self.session.add(Revision(number=number, occurred_at=now(), actor="Exemple", reason="test"))
                self.session.add(made)
                self.session.flush()
                self.places[name] = made.id
        return self.places[name]

    def add(
        self,
        username: str,
        *roles: tuple[Role, UUID | None],
        name: str | None = None,
        email: str | None = "boite@exemple.example",
        has_factor: bool = True,
    ) -> Person:
        """Make somebody with roles; by default with an authenticator application."""
        secret = factors._totp().generate_totp_secret() if has_factor else None  # noqa: SLF001
        user = User(
            username=username,
            name=name or username.replace(".", " ").title(),
            email=email,
            language="en",
            password=hash_of(PASSWORD),
            password_changed_at=now(),
            totp_secret=secret,
            created_at=now(),
        )
        user.memberships = [
            Membership(organization_id=place, role=role, created_at=now()) for role, place in roles
        ]
        with writing(self.session):
            self.session.add(user)
            self.session.flush()
            return Person(user.id, username, user.name, secret)

    def change(self, person: Person, **columns: Any) -> None:
        """Write something of an account."""
        with writing(self.session):
            for column, value in columns.items():
                setattr(self.session.get_one(User, person.id), column, value)

    def take_roles(self, person: Person, place: UUID | None) -> None:
        """Take somebody's roles at a place."""
        with writing(self.session):
            user = self.session.get_one(User, person.id)
            user.memberships = [each for each in user.memberships if each.organization_id != place]

    def lead(self, username: str = "camille.exemple", place: str = "Maison Exemple", **more: Any) -> Person:
        """Make the coordinator of an organization."""
        return self.add(username, (Role.ORGANIZATION_LEAD, self.place(place)), **more)

    def worker(self, username: str = "sacha.exemple", place: str = "Maison Exemple", **more: Any) -> Person:
        """Make an intake worker of an organization."""
        return self.add(username, (Role.INTAKE_WORKER, self.place(place)), **more)

    def operator(self, username: str = "dominique.exemple", **more: Any) -> Person:
        """Make somebody who runs the installation."""
        return self.add(username, (Role.OPERATOR, None), **more)


class Browser:
    """A browser without JavaScript, and the clock that it lives by."""

    def __init__(self, app: Flask, clock: time_machine.Traveller) -> None:
        self.app, self.clock = app, clock
        app.test_client_class = Visitor
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask for a page of accounts, or of an address that begins at the root of a language."""
        return self.client.get(address(path), **more)

    def token(self) -> str:
        """Return a token of our forms that holds now."""
        return own_token(self.client, address("/sign-in"))

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form with its token."""
        return self.client.post(address(path), data={"csrf_token": self.token(), **(fields or {})}, **more)

    def type_password(self, username: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Send the first page of signing in."""
        return self.post("/sign-in", {"username": username, "password": password, **more})

    def type_code(self, code: str, **more: str) -> TestResponse:
        """Send the second one."""
        return self.post("/sign-in/code", {"code": code, **more})

    def enter(self, person: Person) -> Browser:
        """Sign in wholly, with a code that was not used yet."""
        self.clock.shift(STEP)
        self.type_password(person.username)
        answer = self.type_code(person.code(self.app))
        assert answer.status_code == 303, answer.text
        return self

    def confirm(self) -> TestResponse:
        """Prove anew who one is."""
        return self.post("/confirm", {"password": PASSWORD})

    def sid(self) -> str | None:
        """Return the token that the cookie holds."""
        return self.cookie().get("sid")

    def cookie(self) -> dict[str, Any]:
        """Return what the cookie holds."""
        with self.client.session_transaction(address("/sign-in")) as held:
            return dict(held)

    def is_in(self) -> bool:
        """Say whether somebody is fully signed in."""
        return self.get("/security").status_code == FINE


def address(path: str) -> str:
    """Return the whole address of a page of accounts."""
    return path if path.startswith(("/en/", "/fr/", "http")) else f"{AREA}{path}"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock where tests begin; they move it."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(clock: time_machine.Traveller, session: Session) -> People:
    """A maker of organizations and people."""
    return People(session)


@pytest.fixture
def open_browser(app: Flask, session: Session, clock: time_machine.Traveller) -> Any:
    """Give as many browsers as a test asks for, each with its own cookies."""
    return lambda: Browser(app, clock)


@pytest.fixture
def browser_of(open_browser: Any) -> Any:
    """Give the browser of somebody who is signed in."""
    return lambda person: open_browser().enter(person)


@pytest.fixture
def visit(open_browser: Any) -> Browser:
    """A browser that nobody is signed in with."""
    browser: Browser = open_browser()
    return browser


@pytest.fixture
def events(session: Session) -> Any:
    """Read the audit: what was done to what, by whom; oldest first."""

    def read(*actions: str) -> list[tuple[str, str, str | None]]:
        session.rollback()
        event = DIRECTORY_CHAIN.event
        rows = session.scalars(sa.select(event).order_by(event.number))
        return [
            (row.action, row.target_type, row.actor) for row in rows if not actions or row.action in actions
        ]

    return read


@pytest.fixture
def letters(session: Session) -> Any:
    """Read the letters that wait: kind, and the whole text with its headings."""

    def read(kind: str | None = None) -> list[str]:
        session.rollback()
        rows = session.scalars(sa.select(Outbox).order_by(Outbox.created_at, Outbox.key))
        return [text_of(row) for row in rows if kind in {None, row.kind}]

    return read


def text_of(row: Outbox) -> str:
    """Return a letter as its reader sees it."""
    letter = Parcel(row.id, row.created_at, open_sealed(row.sealed)).letter
    return f"To: {letter.to}\nSubject: {letter.subject}\n\n{letter.body}"


def link_in(letter: str) -> str:
    """Return the path of the one link in a letter."""
    (link,) = re.findall(r"https?://\S+", letter)
    return re.sub(r"^https?://[^/]+", "", link)


def kept_in(page: str) -> str:
    """Return what a page carries along, sealed."""
    return unescape(KEPT.search(page)[1])


@pytest.fixture
def count_checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each time a password is checked against a hash, or hashed."""
    done: list[str] = []
    for name in ("verify_password", "hash_password"):
        real = getattr(passwords, name)
        monkeypatch.setattr(
            passwords, name, lambda *given, _real=real, _name=name: done.append(_name) or _real(*given)
        )
    return done


@dataclass
class Shelf:
    """A fictional feature whose things have owners."""

    owners: dict[str, UUID] = field(default_factory=dict)
    fails: bool = False

    def list_of(self, _session: Session, user_id: UUID, _place: UUID | None) -> list[str]:
        """Return the things of somebody."""
        return [thing for thing, owner in self.owners.items() if owner == user_id]

    def give(self, _session: Session, owner: UUID, heir: UUID, _place: UUID | None) -> None:
        """Give all of them to another."""
        if self.fails:
            raise RuntimeError
        self.owners = {thing: heir if had == owner else had for thing, had in self.owners.items()}


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    """Register the fictional feature for one test."""
    made = Shelf()
    before = list(app.extensions.get(ownership.OWNERS, ()))
    ownership.register(app, made.list_of, made.give)
    yield made
    app.extensions[ownership.OWNERS] = before


def session_rows(session: Session, person: Person) -> list[UserSession]:
    """Return the rows of somebody's sessions."""
    session.rollback()
    return list(session.scalars(sa.select(UserSession).where(UserSession.user_id == person.id)))
