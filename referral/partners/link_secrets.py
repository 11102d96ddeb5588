"""What every kind of link shares: short codes, keyed hashes, and pages that nothing may keep."""

from __future__ import annotations

import hmac
import secrets
from uuid import UUID

from flask import Blueprint, Response, current_app

CODE_DIGITS = 6
CODE_TRIES = 5


def make_code() -> str:
    """Return six digits to read aloud."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def hash_code(link_id: UUID, code: str) -> str:
    """Return what is stored of a code: keyed, since so short a secret could be tried out."""
    return keyed("code", f"{link_id} {''.join(code.split())}")


def make_form_token(link_id: UUID, token_hash: str) -> str:
    """Return what the forms of a link's pages carry; without the link nobody can make it."""
    return keyed("form", f"{link_id} {token_hash}")


def is_same(known: str, given: str) -> bool:
    """Compare without telling by the time it takes."""
    return hmac.compare_digest(known.encode(), given.encode())


def keyed(use: str, text: str) -> str:
    """Return a hash that only this installation can make, for one use."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(secret, f"relais.link.{use} {text}".encode(), "sha256").hex()


def keep_apart(blueprint: Blueprint) -> None:
    """Keep the pages of links out of every index and store."""
    blueprint.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
