"""Attaches consents, what was received under them, and what is communicated without."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts import entries
from referral.accounts.entries import Entry
from referral.audit import words
from referral.intake import (
    consent_views,  # noqa: F401  # its addresses
    disclosure_views,  # noqa: F401
    packets,
    pages,
    received_views,
    sending_views,  # noqa: F401
)
from referral.intake.pages import CasePage


def init_app(app: Flask) -> None:
    """Register the pages, the way to what was received, and what ends by itself."""
    pages.register(app, CasePage("cases.list_consents", _l("Consents"), Permission.CASE_READ, 40))
    pages.register(app, CasePage("cases.disclose", _l("Without consent"), Permission.DISCLOSURE_MAKE, 70))
    entries.register(
        app,
        Entry(
            "cases.list_received",
            _l("Received"),
            _l("What other organizations sent, as long as it may be read."),
            Permission.PACKET_READ,
            received_views.count_unread,
        ),
    )
    entries.register(
        app,
        Entry(
            "cases.list_disclosures",
            _l("Communicated without consent"),
            _l("The register: on what ground, what, to whom, by whom."),
            Permission.DISCLOSURE_READ,
        ),
    )
    words.name_targets(
        {
            "consent": _l("a consent"),
            "packet": _l("what was sent to another organization"),
            "disclosure": _l("what was communicated without consent"),
        }
    )
    packets.init_app(app)
