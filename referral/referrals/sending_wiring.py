"""Attaches sending and answering: their pages, and what ends with a consent or a file."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.audit import words
from referral.intake import beside, hooks, pages
from referral.intake.beside import Beside
from referral.intake.pages import CasePage
from referral.referrals import answer_views, lead_views, opening, send_views, show_views, telling  # noqa: F401  # their addresses
from referral.referrals.ending import end_expired, end_with_consent, end_with_file
from referral.shared import tick

PLACE = 45


def init_app(app: Flask) -> None:
    """Register the page of a file, and what is asked and done where something is read or ends."""
    pages.register(app, CasePage("referrals.begin", _l("Referrals"), Permission.REFERRAL_SEND, PLACE))
    beside.register(app, Beside(telling.show_panel, telling.tell))
    words.name_targets({"referral": _l("a referral")})
    hooks.on_end(app, end_with_consent)
    tick.register(app, tick.Job("referrals_expired", timedelta(0), end_expired))
    hooks.on_erase(app, end_with_file)
    hooks.on_read(app, opening.check_stage)
    hooks.on_find(app, opening.find_page)
