"""Attaches the edition and its health page to the application."""

from __future__ import annotations

from flask import Flask

from referral.edition import publishing, reader, withdrawal
from referral.edition.views import blueprint


def init_app(app: Flask) -> None:
    """Register what this feature adds."""
    reader.init_app(app)
    publishing.init_app(app)
    withdrawal.init_app(app)
    app.register_blueprint(blueprint)
