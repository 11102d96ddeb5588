"""Attaches what looks over the catalogue as a whole: readers, health, spreadsheets, applications."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts.entries import Entry, register
from referral.audit.words import name_targets
from referral.partners import (  # noqa: F401 (their views are on the blueprints)
    application_views,
    health_views,
    reader_views,
    sheet_views,
)

ENTRIES = (
    Entry(
        "vetting.show_health",
        _l("Health of the catalogue"),
        _l("Age, gaps, languages, by region and by need."),
        Permission.CATALOGUE_OVERSEE,
    ),
    Entry(
        "vetting.show_readers",
        _l("Who shows the directory"),
        _l("Processes, editions, and withdrawals that wait."),
        Permission.CATALOGUE_OVERSEE,
    ),
)


def init_app(app: Flask) -> None:
    """Register what these features add."""
    for entry in ENTRIES:
        register(app, entry)
    sheet_views.init_app(app)
    application_views.init_app(app)
    name_targets(
        {
            "reader": _l("a process that shows the directory"),
            "health": _l("the figures of the catalogue"),
            "application": _l("who asks to be listed"),
        }
    )
