"""Files that machines look for: whom to tell of a weakness, and what search engines may keep."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, Response, current_app

from referral.access.guard import public
from referral.shared.clock import now

VALID_FOR = timedelta(days=180)
"""RFC 9116 asks for less than a year."""
NOT_KEPT = (
    "/fr/account",
    "/en/account",
    "/fr/selection",
    "/en/selection",
    "/*?",
)
"""Addresses with a query may hold somebody's search; those of accounts are nobody else's."""


@public
def send_security() -> Response:
    """Say whom to tell of a weakness (RFC 9116)."""
    config = current_app.config
    return as_text(security_text(config["SECURITY_CONTACT"], config["SITE_URL"], now()))


def security_text(contact: str, site: str, at: datetime) -> str:
    """Return the file; the day on which it expires is a new one every day."""
    expires = (at + VALID_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        f"Contact: {contact}\n"
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}\n"
        "Preferred-Languages: fr, en\n"
        f"Canonical: {site}/.well-known/security.txt\n"
    )


@public
def send_robots() -> Response:
    """Let search engines find the pages, but keep no search and no list of anybody."""
    refused = "".join(f"Disallow: {path}\n" for path in NOT_KEPT)
    return as_text(f"User-agent: *\n{refused}")


def as_text(text: str) -> Response:
    """Return plain text that may be kept for a day."""
    response = Response(text, mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def init_app(app: Flask) -> None:
    """Answer at the addresses where machines look; only who named somebody says whom to tell."""
    if app.config["SECURITY_CONTACT"] is not None:
        app.add_url_rule("/.well-known/security.txt", "security_txt", send_security)
    app.add_url_rule("/robots.txt", "robots_txt", send_robots)
