"""Refuse what another site sends here in a reader's name.

Public forms have no token, since a token needs a cookie. Browsers say where a form was sent from:
``Sec-Fetch-Site``, or ``Origin`` in older ones, where our own pages give "null" because they send
no referrer. Programs that say neither are let through: they act in nobody's name.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, request

CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})
UNSAID = "null"


def is_from_elsewhere(site: str | None, origin: str | None, here: str) -> bool:
    """Say whether the headers of a request name another site, also one of which only the scheme differs."""
    if site:
        return site.lower() not in OURS
    if not origin or origin == UNSAID:
        return False
    try:
        said = urlsplit(origin)
    except ValueError:
        return True
    return f"{said.scheme}://{said.netloc}".lower() != here.lower()


def check_origin() -> None:
    """Answer 403 to a form that another site sends."""
    headers, here = request.headers, f"{request.scheme}://{request.host}"
    if request.method in CHANGES_NOTHING:
        return
    if is_from_elsewhere(headers.get("Sec-Fetch-Site"), headers.get("Origin"), here):
        abort(403)


def init_app(app: Flask) -> None:
    """Look at every request that may change something."""
    app.before_request(check_origin)
