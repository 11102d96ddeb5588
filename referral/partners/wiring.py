"""Attaches the pages of partners and vetters to the application, where there is a database."""

from __future__ import annotations

from flask import Flask

from referral.accounts.cookies import open_area
from referral.partners import catalogue_wiring, listing_wiring, live_wiring, round_wiring, vetting_wiring
from referral.partners.areas import LISTINGS, VETTING, listings, vetting


def init_app(app: Flask) -> None:
    """Register what this feature adds; without a database nothing of it is there."""
    if app.config["DIRECTORY_URL"] is None:
        return
    for area in (LISTINGS, VETTING):
        open_area(app, area)
    listing_wiring.init_app(app)
    live_wiring.init_app(app)
    catalogue_wiring.init_app(app)
    vetting_wiring.init_app(app)
    round_wiring.init_app(app)
    app.register_blueprint(listings)
    app.register_blueprint(vetting)
