"""Attaches the rounds: links of letters, calls, reminders, and what is done each day."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts.entries import Entry, register
from referral.audit.words import name_targets
from referral.partners import (  # noqa: F401 (its view is on the blueprint)
    link_edit,
    link_views,
    queue,
    round_jobs,
    round_state,
    round_views,
)
from referral.partners.queue import QueueKind

ENTRIES = (
    Entry(
        "vetting.list_calls",
        _l("Calls of the week"),
        _l("Whom to call, what to say, and what came of it."),
        Permission.ROUND_RUN,
        round_views.count_waiting,
    ),
    Entry(
        "vetting.show_rounds",
        _l("State of the rounds"),
        _l("Sent, answered, to call, unreachable, by region; what will be ranked last or hidden."),
        Permission.ROUND_RUN,
    ),
    Entry(
        "vetting.list_links",
        _l("Links that were sent"),
        _l("Links of letters to organizations; revoked at once."),
        Permission.ROUND_RUN,
    ),
    Entry(
        "listings.choose_reminders",
        _l("Reminders"),
        _l("How and how often we ask whether your listings still hold."),
        Permission.REMINDER_CHOOSE,
    ),
    Entry(
        "listings.list_own_links",
        _l("Links of letters"),
        _l("Links that we sent to your organization; revoked at once."),
        Permission.LISTING_CONFIRM,
    ),
)
TARGETS = {
    "round": _l("a round of verification"),
    "call-attempt": _l("a try to reach an organization"),
    "listing-link": _l("a link of a letter"),
    "link-code": _l("the code of a link"),
    "reminders": _l("how an organization is reminded"),
    "overdue-notice": _l("a letter that says what will become of a listing"),
}


def init_app(app: Flask) -> None:
    """Register the pages, what they are called in the audit, the ways to them and the daily job."""
    queue.register(QueueKind.OVERDUE, round_state.list_overdue)
    for entry in ENTRIES:
        register(app, entry)
    name_targets(TARGETS)
    app.register_blueprint(link_views.blueprint)
    round_jobs.init_app(app)
