"""Attaches case files to the application, where it was given their database and that of their keys."""

from __future__ import annotations

from flask import Flask

from referral.accounts.cookies import open_area
from referral.intake import (
    agreement_views,
    consent_wiring,
    intake_wiring,
    life_wiring,
    match_wiring,
    orphans,
    pages,
    rights_wiring,
)
from referral.intake import models as _tables  # noqa: F401  # known to the metadata from here on
from referral.intake.answer_words import say_hours
from referral.intake.areas import CASES_AREA, cases
from referral.keyring import models as _keys  # noqa: F401


def init_app(app: Flask) -> None:
    """Register what this feature adds; without its databases nothing of it is there."""
    if app.config["CASES_URL"] is None:
        return
    open_area(app, CASES_AREA)
    app.register_blueprint(cases)
    app.jinja_env.globals["case_pages"] = pages.list_pages
    app.jinja_env.globals["say_hours"] = say_hours
    intake_wiring.init_app(app)
    life_wiring.init_app(app)
    match_wiring.init_app(app)
    consent_wiring.init_app(app)
    agreement_views.init_app(app)
    rights_wiring.init_app(app)
    orphans.init_app(app)
