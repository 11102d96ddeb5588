"""Attaches the pages about what is missing to the application, where there is a database."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts.cookies import open_area
from referral.accounts.entries import Entry, register
from referral.gaps import map_views, views  # noqa: F401  # their pages are on the blueprint
from referral.gaps.areas import GAPS_AREA, gaps


def init_app(app: Flask) -> None:
    """Register what this feature adds; without a database nothing of it is there."""
    if app.config["DIRECTORY_URL"] is None:
        return
    open_area(app, GAPS_AREA)
    app.register_blueprint(gaps)
    register(
        app,
        Entry(
            "gaps.new_gap",
            _l("Unmet need"),
            _l("Ten seconds, no name. It shows what is missing, and where."),
            Permission.GAP_TELL,
        ),
    )
    register(
        app,
        Entry(
            "gaps.show_map",
            _l("Gap map"),
            _l("Where there is little or nothing for a need, by region, population and language."),
            Permission.REPORT_READ,
        ),
    )
