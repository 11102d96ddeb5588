"""Every page as one person gets it, its address naming what was planted; and all that databases hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from referral.access.policy import Actor, Role
from referral.shared.database import BASES, db
from tests.intake.filing import House, enter, make_actor, make_house
from tests.security.people import own_token
from tests.security.planting import Planted, find
from tests.security.routes import NAMED, VALUES, rule_method

LEFT_OUT = frozenset({"static", "accounts.sign_out", "accounts.end_sessions"})
"""What would end the session of whoever walks."""
ASKED_BY = {("referral_links", "token"): "link_token"}
"""Variables of addresses that are named alike in several areas."""
Pages = Iterator[tuple[str, TestResponse]]
STRANGERS: dict[str, tuple[str | None, Role]] = {
    "elsewhere": ("third", Role.INTAKE_WORKER),
    "lead elsewhere": ("third", Role.ORGANIZATION_LEAD),
    "privacy elsewhere": ("third", Role.PRIVACY_OFFICER),
    "editor": ("house", Role.PARTNER_EDITOR),
    "vetter": (None, Role.VETTER),
    "operator": (None, Role.OPERATOR),
    "privacy of all": (None, Role.PRIVACY_OFFICER),
}


@dataclass
class Scene:
    """A house with a file full of secrets, another that was sent a part of it, and whoever else there is."""

    app: Flask
    session: Session
    house: House
    receiver: House
    planted: Planted

    def enter(self, actor: Actor) -> FlaskClient:
        """Give somebody a browser."""
        return enter(self.app, self.session, actor).browser

    def stranger(self, who: str) -> FlaskClient:
        """Give a browser to somebody who must see nothing."""
        where, role = STRANGERS[who]
        if where is None:
            place = None
        else:
            place = self.house.id if where == "house" else make_house(self.session, "Centre Exemple").id
        return self.enter(make_actor(self.session, place, "Dany Exemple", role))

    def walk(
        self, browser: FlaskClient, methods: Iterable[str] = ("GET",), only: frozenset[str] = frozenset()
    ) -> Pages:
        """Yield every page that a browser gets, then where asked every answer to a form left empty."""
        for method in methods:
            data = {"csrf_token": own_token(browser)} if method == "POST" else None
            for rule in self.list_rules(only):
                if method in (rule.methods or set()):
                    path = address(self.app, rule, self.planted)
                    yield rule.endpoint, browser.open(path, method=method, data=data)

    def list_rules(self, only: frozenset[str]) -> list[Rule]:
        """Return the addresses of some pages, or of all."""
        rules = sorted(self.app.url_map.iter_rules(), key=str)
        return [
            rule for rule in rules if rule.endpoint not in LEFT_OUT and (rule.endpoint in only or not only)
        ]

    def seen(self, pages: Iterable[tuple[str, TestResponse]]) -> set[tuple[str, str]]:
        """Return which secrets are on which pages, in their bodies or their headers."""
        return {
            (endpoint, place)
            for endpoint, answer in pages
            for place in find(everything(answer), self.planted.secrets)
        }


def address(app: Flask, rule: Rule, planted: Planted) -> str:
    """Return the address of a rule that names what was planted."""
    values: dict[str, object] = dict(rule.defaults or {})
    for name, converter in rule._converters.items():  # noqa: SLF001  # werkzeug has no other way
        kind = type(converter).__name__
        if kind == "AnyConverter":
            values[name] = "fr" if "fr" in converter.items else min(converter.items)
        else:
            values[name] = planted.ids.get(ASKED_BY.get((rule.endpoint.partition(".")[0], name), name)) or (
                NAMED.get(name) or VALUES[kind]
            )
    return app.url_map.bind("localhost").build(rule.endpoint, values, rule_method(rule))


def everything(answer: TestResponse) -> bytes:
    """Return all of an answer."""
    return f"{answer.status}\n{answer.headers}\n".encode() + answer.data


def raw(name: str) -> Iterator[bytes]:
    """Yield all that a database holds: its files with their journals, or each row of each table."""
    engine = db.engines[name]
    if engine.dialect.name == "sqlite":
        path = Path(engine.url.database or "")
        files = [each for each in path.parent.iterdir() if each.name.startswith(path.name)]
        yield from (each.read_bytes() for each in files if each.is_file())
        return
    base = next(each for each in BASES if each.metadata.info["bind_key"] == name)
    with engine.connect() as connection:
        for table in base.metadata.sorted_tables:
            rows = connection.execute(sa.text(f'SELECT t::text FROM "{table.name}" t'))  # noqa: S608
            yield "\n".join(rows.scalars()).encode()
