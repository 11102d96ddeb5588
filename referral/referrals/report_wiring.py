"""Attaches reports: their pages, and the way to them for whoever leads."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts.entries import Entry, register
from referral.referrals import report_views  # noqa: F401  # its addresses


def init_app(app: Flask) -> None:
    """Register the entry of those who lead an organization."""
    register(
        app,
        Entry(
            "referrals.reports",
            _l("Reports"),
            _l("How referrals ended, by quarter and by year, and what of it may leave."),
            Permission.REPORT_READ,
        ),
    )
