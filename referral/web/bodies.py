"""Refuse bodies and texts that no page of ours sends, before anything reads them."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from flask import Flask, Request, abort, current_app, request
from werkzeug.datastructures import MultiDict

NUL = "\0"
"""No browser sends it from a form, and PostgreSQL cannot hold it."""
LARGE = "relais.large_bodies"


class MemoryRequest(Request):
    """A request whose files are never written to a disk, not even for a moment."""

    def _get_file_stream(self, *_given: Any, **_named: Any) -> IO[bytes]:
        return BytesIO()


def allow_large(app: Flask, endpoint: str, most: int) -> None:
    """Let one page take more bytes than the others."""
    app.extensions.setdefault(LARGE, {})[endpoint] = most


def check_body() -> None:
    """Answer 415 to a body that would have to be unpacked first, 411 to one that does not say its length.

    A small body never becomes a large one, and one that is too long is refused, never cut. A text with a
    NUL in it is answered with 400.
    """
    most = current_app.extensions.get(LARGE, {}).get(request.endpoint)
    if most is not None:
        request.max_content_length = most
    if "Transfer-Encoding" in request.headers:
        abort(411)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        abort(415)
    if NUL in request.path or any(map(has_nul, (request.args, request.form))):
        abort(400)


def has_nul(fields: MultiDict[str, str]) -> bool:
    """Say whether a name or a value of what was sent holds a NUL."""
    return any(NUL in name or NUL in text for name, text in fields.items(multi=True))


def init_app(app: Flask) -> None:
    """Look at every request."""
    app.request_class = MemoryRequest
    app.before_request(check_body)
