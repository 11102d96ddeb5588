"""Attaches the life of a file: its pages, the way to the lists, and what is done by itself."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts.entries import Entry
from referral.accounts.entries import register as register_entry
from referral.intake import (  # noqa: F401 (its views are on the blueprint)
    file_views,
    handing_jobs,
    handing_views,
    life_views,
    reminding,
)
from referral.intake.pages import CasePage, register


def init_app(app: Flask) -> None:
    """Register the page of a file, the entry of those who keep files, and the jobs."""
    register(app, CasePage("cases.show", _l("At a glance"), Permission.CASE_READ, 0))
    register_entry(
        app,
        Entry(
            "cases.list_files",
            _l("Files"),
            _l("What is due today, whom you accompany, and a new intake."),
            Permission.CASE_READ,
            file_views.count_waiting,
        ),
    )
    handing_jobs.init_app(app)
    reminding.init_app(app)
