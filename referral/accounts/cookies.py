"""The cookie of those who sign in: it is neither read nor set on any page outside their areas."""

from __future__ import annotations

from hashlib import sha256

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import Signer

from referral.i18n.locale import language_of

AREAS = "relais.areas"
"""First words of the addresses, after the language, at which somebody may be signed in."""


def open_area(app: Flask, word: str) -> None:
    """Let pages at ``/<language>/<word>/…`` know who is signed in."""
    app.extensions.setdefault(AREAS, set()).add(word)


def is_in_area(app: Flask, path: str) -> bool:
    """Say whether an address is one at which somebody may be signed in."""
    parts = path.split("/")
    return language_of(path) is not None and len(parts) > 2 and parts[2] in app.extensions.get(AREAS, ())  # noqa: PLR2004


class AreaSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, within the areas only: a public page cannot even ask."""

    digest_method = staticmethod(sha256)
    key_derivation = "hmac"

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request, or None outside of the areas."""
        return super().open_session(app, request) if is_in_area(app, request.path) else None


def init_app(app: Flask) -> None:
    """Read and set the cookie in the areas only; how it is sent, ``web.cookies`` says for all."""
    Signer.default_digest_method = staticmethod(sha256)  # forms' tokens, which take no choice of their own
    app.session_interface = AreaSessions()
    app.config["WTF_CSRF_TIME_LIMIT"] = None
