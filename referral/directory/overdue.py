"""What is said of a listing whose last confirmation is too old."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from referral.catalogue.freshness import standing, thresholds_for
from referral.catalogue.listing import Listing
from referral.edition.reader import months_of
from referral.search.query import Overdue
from referral.shared.clock import QUEBEC

SHORT: dict[Overdue, LazyString] = {
    "due": lazy_gettext("To be confirmed again: call first"),
    "last": lazy_gettext("Confirmed too long ago, shown last: call first"),
    "spared": lazy_gettext("Confirmed too long ago, and the last of its kind here: call first"),
}
LONG: dict[Overdue, LazyString] = {
    "due": lazy_gettext("This is to be confirmed again. Call before you rely on it."),
    "last": lazy_gettext(
        "This was confirmed too long ago: it is shown after the others until the organization confirms it."
        " Call before you rely on it."
    ),
    "spared": lazy_gettext(
        "This was confirmed too long ago. It is still shown, last, because nothing else of its kind is known"
        " in its region. Call before you rely on it."
    ),
}


def overdue_of(listing: Listing, at: datetime) -> Overdue | None:
    """Return what the age of its confirmation makes of a listing that is shown, in a code."""
    months = months_of(current_app)
    thresholds = thresholds_for(listing.categories, always_open=listing.always_open, months=months)
    found = standing(listing.assured_date, thresholds, at.astimezone(QUEBEC).date())
    if found == "hidden":
        return "spared"
    return found if found in {"due", "last"} else None


def say_overdue(overdue: Overdue | None) -> str:
    """Say it on the page of the service; nothing where it is not overdue."""
    return str(LONG[overdue]) if overdue in LONG else ""
