"""What every page shares, attached to the application."""

from __future__ import annotations

from flask import Flask

from referral.web import (
    assets,
    bodies,
    compression,
    cookies,
    errors,
    headers,
    hosts,
    limits,
    logs,
    origin,
    proxies,
    sealing,
    templating,
    well_known,
)

MOST_BYTES = 64 * 1024
"""Of what may be sent to us; a form is far below."""


def init_app(app: Flask) -> None:
    """Attach headers, errors, static files and what templates call."""
    logs.init_app(app)
    hosts.init_app(app)
    proxies.init_app(app)
    cookies.init_app(app)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_CONTENT_LENGTH"] or MOST_BYTES
    app.after_request(headers.set_headers)
    app.after_request(compression.compress)
    assets.init_app(app)
    errors.init_app(app)
    origin.init_app(app)
    bodies.init_app(app)
    limits.init_app(app)
    sealing.init_app(app)
    templating.init_app(app)
    well_known.init_app(app)
    logs.answer_at_last(app, errors.LAST_RESORT)
