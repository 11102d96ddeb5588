"""Refuse bodies and texts that no page of ours sends, before anything reads them."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.datastructures import MultiDict

NUL = "\0"
"""No browser sends it from a form, and PostgreSQL cannot hold it."""


def check_body() -> None:
    """Answer 415 to a body that would have to be unpacked first, 400 to a text with a NUL in it.

    Nothing here unpacks what is sent, so that a small body never becomes a large one.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        abort(415)
    if NUL in request.path or any(map(has_nul, (request.args, request.form))):
        abort(400)


def has_nul(fields: MultiDict[str, str]) -> bool:
    """Say whether a name or a value of what was sent holds a NUL."""
    return any(NUL in name or NUL in text for name, text in fields.items(multi=True))


def init_app(app: Flask) -> None:
    """Look at every request."""
    app.before_request(check_body)
