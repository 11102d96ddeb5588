"""How cookies are sent; public pages set none."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Send the cookie of a session to this very host only, out of reach of scripts and of other sites.

    ``__Host-`` makes browsers refuse one that another name of the same domain set.
    """
    secure = app.config["COOKIES_SECURE"]
    app.config.update(
        SESSION_COOKIE_NAME="__Host-relais" if secure else "relais",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_DOMAIN=None,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
