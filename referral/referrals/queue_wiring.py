"""Attaches the coordinator's morning: the queues and the way to them."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts.entries import Entry
from referral.accounts.entries import register as register_entry
from referral.referrals import (  # noqa: F401  # their addresses
    by_call_views,
    declines,
    escalating,
    escalation_views,
    hours_views,
    queue_views,
)


def init_app(app: Flask) -> None:
    """Register the entry of those who send and answer referrals."""
    register_entry(
        app,
        Entry(
            "referrals.queues",
            _l("Referrals"),
            _l("What to answer, what you wait for, and what is late."),
            Permission.REFERRAL_READ,
            queue_views.count_waiting,
        ),
    )
    escalating.init_app(app)
    declines.init_app(app)
