"""A fictional house whose room is told of, its people, and the telephone in its kitchen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from referral.access.policy import Role
from referral.catalogue.models import Service
from referral.directory.live import SOURCE
from referral.edition.builder import build_edition
from referral.edition.reader import READER, EditionReader
from referral.partners.live import LiveReader
from tests.conftest import Visitor
from tests.edition.conftest import Directory
from tests.security.people import Person, make_user, sign_in

CODE = re.compile(r'class="house-shown">([A-Z0-9]{4}-[A-Z0-9]{4})<')
TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')
PLENTY_SECONDS = 30.0


def build(app: Flask, session: Session) -> None:
    """Publish what the directory holds; on a busy machine too, readers wait for what holds tonight.

    Both readers are new: those of a test before would refuse a lower number, or rest from a slow answer.
    """
    app.extensions[READER] = EditionReader(app.config["EDITION_DIR"])
    app.extensions[SOURCE] = LiveReader(app.extensions[SOURCE].fading, PLENTY_SECONDS, rest_seconds=0.0)
    build_edition(session, app.config["EDITION_DIR"], "sourced", 3)


@dataclass
class House:
    """A published shelter with somebody who leads its organization."""

    app: Flask
    session: Session
    directory: Directory
    service: Service
    id: UUID
    place: UUID
    lead: Person = field(repr=False)

    def person(self, role: Role, place: UUID | None = None) -> Person:
        """Return somebody else who is signed in."""
        made = make_user(self.session, ((place or self.place, role),))
        return sign_in(self.app, self.session, made)

    def public(self, language: str = "en") -> str:
        """Return the public page of the house as anyone sees it now."""
        return str(self.app.test_client().get(f"/{language}/services/{self.id}").text)

    def tell(self, state: str, person: Person | None = None) -> TestResponse:
        """Tap a button on the organization's page."""
        return (person or self.lead).post(f"/en/listings/room/{self.id}", state=state)

    def open_to_all(self) -> None:
        """Let anyone know whether there is room."""
        assert self.lead.post(f"/en/listings/room/{self.id}/audience", audience="public").status_code == 303

    def make_code(self, person: Person | None = None, **more: Any) -> str:
        """Return the code of a telephone to come."""
        given = {"name": "Cuisine", "services": str(self.id)} | more
        answer = (person or self.lead).post("/en/listings/phones", **given)
        assert answer.status_code == 200, answer.text
        return CODE.search(answer.text)[1]

    def phone(self) -> Phone:
        """Return a telephone that is paired."""
        made = Phone(self.app)
        assert made.pair(self.make_code()).status_code == 303
        return made


@dataclass
class Phone:
    """A browser that has no account."""

    app: Flask
    browser: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.app.test_client_class = Visitor
        self.browser = self.app.test_client()

    def pair(self, code: str) -> TestResponse:
        """Type a code."""
        return self.browser.post("/fr/house", data={"code": code})

    def page(self, language: str = "fr") -> TestResponse:
        """Look at the page of the house."""
        return self.browser.get(f"/{language}/house")

    def token(self) -> str:
        """Return what the forms of its page carry."""
        return TOKEN.search(self.page().text)[1]

    def tap(self, service_id: UUID, state: str, token: str | None = None) -> TestResponse:
        """Tap one of the four buttons."""
        data = {"state": state, "token": self.token() if token is None else token}
        return self.browser.post(f"/fr/house/{service_id}/room", data=data)

    def switch(self, service_id: UUID, closure: str) -> TestResponse:
        """Close, or open again."""
        data = {"closure": closure, "token": self.token()}
        return self.browser.post(f"/fr/house/{service_id}/closure", data=data)


def make_house(app: Flask, session: Session, **columns: Any) -> House:
    """Publish a shelter, and sign in whoever leads its organization."""
    app.test_client_class = Visitor
    columns = {"name": "Maison Exemple", "category": "emergency_shelter"} | columns
    directory = Directory(session)
    service = directory.add(**columns)
    service_id, place = service.id, service.organization_id
    build(app, session)
    lead = sign_in(
        app, session, make_user(session, ((place, Role.ORGANIZATION_LEAD),), name="Camille Exemple")
    )
    return House(app, session, directory, session.get_one(Service, service_id), service_id, place, lead)
