"""The pages of accounts: where they are, and that each asks who is there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from referral.accounts.door import watch
from referral.i18n.locale import current_language

AREA = "account"
blueprint = Blueprint("accounts", __name__, url_prefix=f"/<any(fr, en):language>/{AREA}")
watch(blueprint)


@blueprint.url_value_preprocessor
def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Keep the language out of the views: the address has already chosen it."""
    if values is not None:
        values.pop("language", None)


@blueprint.url_defaults
def give_language(_endpoint: str, values: dict[str, Any]) -> None:
    """Stay in the language of the page."""
    values.setdefault("language", current_language())
