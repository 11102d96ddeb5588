"""The public pages, attached to the application."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response

from referral.directory.map_views import blueprint as map_blueprint
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
    app.register_blueprint(map_blueprint)
    app.register_error_handler(NoEditionError, show_no_edition)
