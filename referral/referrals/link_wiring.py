"""Attaches answers without an account."""

from __future__ import annotations

from flask import Flask

from referral.referrals import link_views


def init_app(app: Flask) -> None:
    """Register the pages that a link opens; they know no session and set no cookie."""
    app.register_blueprint(link_views.blueprint)
