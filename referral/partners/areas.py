"""Where the pages of partners and of vetters are, each area with its own blueprint."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from referral.accounts.door import watch
from referral.i18n.locale import current_language

LISTINGS, VETTING = "listings", "vetting"


def make_area(name: str) -> Blueprint:
    """Return the blueprint of pages that ask who is signed in, at ``/<language>/<name>/…``."""
    blueprint = Blueprint(name, __name__, url_prefix=f"/<any(fr, en):language>/{name}")
    watch(blueprint)
    speak(blueprint)
    return blueprint


def speak(blueprint: Blueprint) -> None:
    """Keep the language out of the views: the address has already chosen it."""
    blueprint.url_value_preprocessor(take_language)
    blueprint.url_defaults(give_language)


def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the language of the address away from what views get."""
    if values is not None:
        values.pop("language", None)


def give_language(_endpoint: str, values: dict[str, Any]) -> None:
    """Stay in the language of the page."""
    values.setdefault("language", current_language())


listings = make_area(LISTINGS)
vetting = make_area(VETTING)
