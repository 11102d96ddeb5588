"""Every address that the application answers, found by asking it: a route added later is covered too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from referral.access.guard import PUBLIC

NOBODY = UUID(int=0x5EC)
NAMED = {"code": str(NOBODY), "step": "needs"}
"""Of an address that names an organization, or a question of the intake; any other text is a token."""
VALUES = {
    "UUIDConverter": NOBODY,
    "IntegerConverter": 1,
    "PathConverter": "style.css",
    "UnicodeConverter": "x",
    "AnyConverter": "fr",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address, with a value in the place of each variable."""

    method: str
    path: str
    endpoint: str
    is_public: bool
    has_id: bool


def list_routes(app: Flask) -> list[Route]:
    """Return every method of every address."""
    return list(_routes(app))


def _routes(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(
                method, _path(app, rule), rule.endpoint, bool(getattr(view, PUBLIC, False)), _has_id(rule)
            )


def _path(app: Flask, rule: Rule) -> str:
    values = {
        name: NAMED.get(name) or _value_of(converter)
        for name, converter in rule._converters.items()  # noqa: SLF001  # werkzeug has no other way
    }
    return app.url_map.bind("localhost").build(
        rule.endpoint, values | dict(rule.defaults or {}), rule_method(rule)
    )


def _value_of(converter: BaseConverter) -> object:
    """Return a value for a variable: French where a language may stand, else the first of what may."""
    if isinstance(converter, AnyConverter) and "fr" not in converter.items:
        return min(converter.items)
    return VALUES[type(converter).__name__]


def rule_method(rule: Rule) -> str:
    """Return a method by which an address is built."""
    return next(iter((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}))


def _has_id(rule: Rule) -> bool:
    return any(
        name in NAMED or type(each).__name__ == "UUIDConverter"
        for name, each in rule._converters.items()  # noqa: SLF001
    )
