"""The public pages, attached to the application."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response

from referral.directory import (  # noqa: F401 (their views are on the blueprint)
    card_text,
    feedback_views,
    information_views,
    map_views,
    search_views,
    selection_views,
)
from referral.directory.views import blueprint, start
from referral.edition.reader import NoEditionError
from referral.web.errors import show_error


def show_no_edition(_error: NoEditionError) -> Response:
    """Say that the directory is not ready; the help lines answer meanwhile."""
    response = show_error(HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "60"
    return response


def init_app(app: Flask) -> None:
    """Register the pages, and what is shown before the first edition."""
    app.add_url_rule("/", "start", start)
    app.register_blueprint(blueprint)
    card_text.init_app(app)
    map_views.init_app(app)
    selection_views.init_app(app)
    app.register_error_handler(NoEditionError, show_no_edition)
