"""Attaches the rights of the person, the rules of files, their end, and the register of incidents."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts import entries
from referral.accounts.entries import Entry
from referral.audit import words
from referral.intake import (
    copy_views,  # noqa: F401  # its addresses
    erasing_views,  # noqa: F401
    incident_views,  # noqa: F401
    notice_views,  # noqa: F401
    pages,
    rights_views,  # noqa: F401
    rules_views,  # noqa: F401
    vault_views,  # noqa: F401
)
from referral.intake.endings import destroy_due
from referral.intake.erasing import finish_destructions
from referral.intake.file_words import WEEKDAYS
from referral.intake.pages import CasePage
from referral.intake.rights_forms import KINDS
from referral.intake.rights_words import CHANNELS, DESTROYED, REASONS
from referral.shared import tick

DAILY = timedelta(days=1)
PLACE = 80


def init_app(app: Flask) -> None:
    """Register the pages, what is done by itself, and the words of the templates."""
    pages.register(app, CasePage("cases.show_rights", _l("Rights"), Permission.CASE_READ, PLACE))
    entries.register(
        app,
        Entry(
            "cases.show_rules",
            _l("Rules of the files"),
            _l("How long files are kept, who waits for an answer, incidents, what was destroyed"),
            Permission.RETENTION_CHANGE,
        ),
    )
    words.name_targets(
        {
            "incident": _l("the register of incidents"),
            "case_rules": _l("the rules of the files"),
            "vault": _l("a legal name"),
        }
    )
    tick.register(app, tick.Job("cases_endings", DAILY, destroy_due))
    tick.register(app, tick.Job("cases_destructions", timedelta(0), finish_destructions))
    app.jinja_env.globals.update(
        rights_kinds=KINDS,
        certificate_kinds=DESTROYED,
        destruction_reasons=REASONS,
        contact_channels=CHANNELS,
        contact_days=WEEKDAYS,
    )
