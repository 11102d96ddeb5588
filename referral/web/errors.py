"""Pages that say what went wrong, and still show the help lines.

They need neither an edition nor a database, and tell nothing of the inside.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, Response, make_response, render_template
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException

log = structlog.get_logger(__name__)

UNREADABLE = (
    lazy_gettext("This request could not be read"),
    lazy_gettext("Go back to the search and try again."),
)
SENTENCES: dict[int, tuple[LazyString, LazyString]] = {
    400: UNREADABLE,
    403: (
        lazy_gettext("This came from another site"),
        lazy_gettext("For your safety we take only what is sent from our own pages. Start again from there."),
    ),
    404: (
        lazy_gettext("This page is not here"),
        lazy_gettext("The address may have been mistyped, or the listing may have been withdrawn."),
    ),
    405: UNREADABLE,
    413: (lazy_gettext("This is too long"), lazy_gettext("Shorten what you typed and try again.")),
    429: (
        lazy_gettext("Too many requests at once"),
        lazy_gettext("Wait a minute and try again. The lines below answer now."),
    ),
    500: (
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext("The fault is ours, not yours. Try again in a moment. The lines below answer now."),
    ),
    503: (
        lazy_gettext("The directory is not ready yet"),
        lazy_gettext("It is being prepared. Try again in a few minutes. The lines below answer now."),
    ),
}
LAST_RESORT = (
    '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Relais</title>'
    "<h1>Relais</h1><p>Une erreur est survenue. Danger imm\u00e9diat\u00a0: "
    '<a href="tel:911">911</a>. SOS violence conjugale\u00a0: '
    '<a href="tel:+18003639010">1\u00a0800\u00a0363-9010</a>.'
    '<p lang="en">Something went wrong. Immediate danger: <a href="tel:911">911</a>. '
    'SOS violence conjugale: <a href="tel:+18003639010">1\u00a0800\u00a0363-9010</a>.</html>'
)


def show_error(status: int) -> Response:
    """Return the page of an error, the closest where it has none of its own."""
    known = status if status in SENTENCES else (500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400)
    title, sentence = SENTENCES[known]
    try:
        page = render_template("errors/error.html", title=title, sentence=sentence, status=status)
    except Exception:  # what failed may be what the page is made of
        log.exception("error_page_failed")
        page = LAST_RESORT
    return make_response(page, status)


def handle_http_error(error: HTTPException) -> Response:
    """Show an HTTP error in the language of the address; what it says beside stays in its headers."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return make_response(error.get_response())
    response = show_error(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def init_app(app: Flask) -> None:
    """Give every error our page; an unforeseen exception comes as a 500, after it was logged."""
    app.register_error_handler(HTTPException, handle_http_error)
