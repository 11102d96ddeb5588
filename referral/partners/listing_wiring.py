"""Attaches the pages of those who keep listings."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts.entries import Entry, register
from referral.partners import edit_views, listing_views, proposal_views, withdrawal_views  # noqa: F401 (on the blueprint)
from referral.web.bodies import allow_large

MOST_BYTES = 256 * 1024
"""Of the form of a listing: each text of it may be long, in both languages."""


def init_app(app: Flask) -> None:
    """Offer the way to the listings of the organization that one acts for."""
    for endpoint in ("listings.send", "listings.save_draft"):
        allow_large(app, endpoint, MOST_BYTES)
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
