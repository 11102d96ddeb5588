"""Attaches referrals to the application, where there are case files."""

from __future__ import annotations

from flask import Flask

from referral.accounts.cookies import open_area
from referral.intake import orphans
from referral.keyring.models import Kind
from referral.referrals import copying, link_wiring, queue_wiring, report_wiring, sending_wiring
from referral.referrals import count_models as _counts  # noqa: F401
from referral.referrals import models as _tables  # noqa: F401  # known to the metadata from here on
from referral.referrals.areas import REFERRALS_AREA, referrals
from referral.referrals.models import Referral


def init_app(app: Flask) -> None:
    """Register what this feature adds; without case files nothing of it is there."""
    if app.config["CASES_URL"] is None:
        return
    open_area(app, REFERRALS_AREA)
    app.register_blueprint(referrals)
    orphans.know(Kind.REFERRAL, Referral.id)
    queue_wiring.init_app(app)
    sending_wiring.init_app(app)
    link_wiring.init_app(app)
    copying.init_app(app)
    report_wiring.init_app(app)
