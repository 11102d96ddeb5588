"""A fictional organization, its listing, and the form of that listing as sent without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from referral.access.policy import Role
from referral.catalogue.models import Service
from referral.catalogue.values import read_values
from tests.conftest import Visitor
from tests.edition.conftest import Directory
from tests.partners.tonight import build
from tests.security.people import Person, make_user, sign_in


class FormReader(HTMLParser):
    """Reads what a browser would send of the form of a listing, nothing touched."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: MultiDict[str, str] = MultiDict()
        self._inside = False
        self._text: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an input."""
        given = dict(attrs)
        if tag == "form":
            self._inside = "listing-form" in (given.get("class") or "")
        if not self._inside:
            return
        name = given.get("name") or ""
        if tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self.fields.add(name, given.get("value") or "")
        elif tag == "textarea":
            self._text = name
            self.fields.add(name, "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        """Note what a large field holds."""
        if self._text:
            self.fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave a field or the form."""
        if tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._inside = False


def read_form(page: str) -> MultiDict[str, str]:
    """Return what a browser would send of a page."""
    reader = FormReader()
    reader.feed(page)
    return reader.fields


@dataclass
class Keeper:
    """An organization with one published listing, and whoever keeps it."""

    app: Flask
    session: Session
    directory: Directory
    id: UUID
    place: UUID
    editor: Person = field(repr=False)

    @property
    def root(self) -> str:
        """Address of the listing."""
        return f"/en/listings/services/{self.id}"

    def person(self, role: Role, place: UUID | None = None, name: str = "Sacha Exemple") -> Person:
        """Return somebody else who is signed in; a vetter is of no organization."""
        where = None if role is Role.VETTER else (place or self.place)
        made = make_user(self.session, ((where, role),), name=name)
        return sign_in(self.app, self.session, made)

    def get(self, path: str = "", person: Person | None = None) -> TestResponse:
        """Look at a page of the listing."""
        return (person or self.editor).browser.get(f"{self.root}{path}")

    def form(self, path: str = "/edit", person: Person | None = None) -> MultiDict[str, str]:
        """Open the form."""
        answer = self.get(path, person)
        assert answer.status_code == 200, answer.text
        return read_form(answer.text)

    def send(
        self, fields: MultiDict[str, str], person: Person | None = None, do: str = "send", **changes: str
    ) -> TestResponse:
        """Send the form with some of it typed anew; ``__`` in a name stands for a hyphen."""
        sent = MultiDict(fields)
        for name, text in changes.items():
            sent[name.replace("__", "-")] = text
        sent["do"] = do
        return (person or self.editor).browser.post(f"{self.root}/edit", data=sent)

    def values(self) -> dict[str, Any]:
        """Return what the listing says now."""
        self.session.rollback()
        return read_values(self.session, self.session.get_one(Service, self.id))

    def service(self) -> Service:
        """Return the listing."""
        self.session.rollback()
        return self.session.get_one(Service, self.id)

    def public(self, language: str = "en") -> str:
        """Return the public page as anyone sees it."""
        return str(self.app.test_client().get(f"/{language}/services/{self.id}").text)


def make_keeper(app: Flask, session: Session, role: Role = Role.PARTNER_EDITOR, **columns: Any) -> Keeper:
    """Publish a listing and sign in whoever keeps it."""
    app.test_client_class = Visitor
    directory = Directory(session)
    service = directory.add(**{"name": "Écoute Exemple", **columns})
    service_id, place = service.id, service.organization_id
    build(app, session)
    editor = sign_in(app, session, make_user(session, ((place, role),), name="Camille Exemple"))
    return Keeper(app, session, directory, service_id, place, editor)
