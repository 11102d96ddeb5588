"""Vetters with browsers of their own, and what waits for them: a listing, and changes that are proposed."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from referral.access.policy import Actor, Role
from referral.catalogue import changes
from referral.catalogue.change_models import Proposal, Via
from referral.catalogue.changes import Author
from referral.catalogue.models import Service
from referral.edition.reader import READER, EditionReader
from referral.shared.clock import now
from referral.shared.database import writing
from tests.conftest import Visitor
from tests.security.people import Person, make_user, sign_in

SHELTER = {"category": "emergency_shelter", "location": {"confidential": True, "region_code": "06"}}
TAG = re.compile(r"<[^>]+>")


def plain(text: str) -> str:
    """Return the words of a page."""
    from html import unescape  # noqa: PLC0415  # beside the name of the function above

    return " ".join(unescape(TAG.sub(" ", text)).split())


@pytest.fixture(autouse=True)
def fresh_reader(app: Flask) -> None:
    """Let each test begin with a reader that showed nothing yet: it never goes back to an older edition."""
    app.extensions[READER] = EditionReader(app.config["EDITION_DIR"])


@dataclass(eq=False)
class Desk:
    """A vetter at her desk."""

    person: Person
    actor: Actor

    def get(self, path: str, language: str = "fr") -> Any:
        """Ask for a page of vetting, or of another area."""
        return self.person.browser.get(whole(path, language))

    def post(self, path: str, fields: dict[str, Any] | None = None, language: str = "fr", **more: Any) -> Any:
        """Send a form with its token."""
        data = {"csrf_token": self.person.token(), **(fields or {})}
        return self.person.browser.post(whole(path, language), data=data, **more)


def whole(path: str, language: str) -> str:
    """Return the whole address of a page."""
    return path if path.startswith(("/fr/", "/en/")) else f"/{language}/vetting{path}"


def seat(
    app: Flask,
    session: Session,
    name: str = "Robin Exemple",
    role: Role = Role.VETTER,
    place: Any = None,
    **columns: Any,
) -> Desk:
    """Sign somebody in."""
    app.test_client_class = Visitor
    user = make_user(session, ((place, role),), name, **columns)
    actor = Actor(name, frozenset({(place, role)}), user.id, place)
    return Desk(sign_in(app, session, user, place=place), actor)


def propose(
    session: Session,
    service: Service,
    actor: Actor | None = None,
    via: Via = Via.ACCOUNT,
    note: str = "",
    **values: Any,
) -> uuid.UUID:
    """Propose a change of a listing and return the proposal's id."""
    service_id = service.id
    session.rollback()
    author = Author(actor or Actor("Camille Exemple", user_id=uuid.uuid4()), via)
    with writing(session):
        kept = session.get_one(Service, service_id)
        made = changes.propose(session, kept, values, author, now(), note).proposal
        assert made is not None
        return made.id


def read(session: Session, model: Any, row_id: uuid.UUID) -> Any:
    """Return a row as it is now."""
    session.rollback()
    return session.get(model, row_id, populate_existing=True)


def change_of(session: Session, proposal_id: uuid.UUID) -> Any:
    """Return the one change of a proposal, as it is now."""
    proposal = read(session, Proposal, proposal_id)
    (change,) = proposal.changes
    return change


def count(session: Session, model: Any) -> int:
    """Count the rows of a table."""
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
