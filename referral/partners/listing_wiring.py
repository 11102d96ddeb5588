"""Attaches the pages of those who keep listings."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts.entries import Entry, register
from referral.partners import edit_views, listing_views, proposal_views, withdrawal_views  # noqa: F401 (on the blueprint)


def init_app(app: Flask) -> None:
    """Offer the way to the listings of the organization that one acts for."""
    register(
        app,
        Entry(
            "listings.list_own",
            _l("Listings"),
            _l("Your services as readers see them: confirm, change, follow what waits."),
            Permission.LISTING_READ,
            listing_views.count_waiting,
        ),
    )
