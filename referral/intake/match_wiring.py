"""Attaches the services that are proposed for what a file says."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.intake import match_views, pages  # noqa: F401  # its address
from referral.intake.pages import CasePage

PLACE = 30


def init_app(app: Flask) -> None:
    """Register the page of a file."""
    pages.register(app, CasePage("cases.show_matches", _l("Services"), Permission.CASE_READ, PLACE))
