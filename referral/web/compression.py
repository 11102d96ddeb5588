"""Pages sent compressed: on a weak signal, a page of results takes a seventh of the time.

Only what is public and holds no token of a form: where a page holds a secret beside what a stranger
can choose, the length of the compressed page would tell of the secret.
"""

from __future__ import annotations

import gzip

from flask import Response, current_app, g, request

from referral.access.guard import PUBLIC

LEAST_BYTES = 1024
LEVEL = 5
FORM_TOKEN = "csrf_token"  # noqa: S105  # the name of a field
"""Under which Flask-WTF keeps the token of a page that has a form."""
COMPRESSED = frozenset({"text/html", "text/css", "text/javascript", "application/geo+json"})


def compress(response: Response) -> Response:
    """Compress a public answer for a browser that takes it."""
    if not _may_be_compressed(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.content_encoding = "gzip"
    return response


def _may_be_compressed(response: Response) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return (
        response.mimetype in COMPRESSED
        and response.content_encoding is None
        and not response.direct_passthrough
        and (response.content_length or 0) >= LEAST_BYTES
        and (view is None or getattr(view, PUBLIC, False))
        and FORM_TOKEN not in g
    )
