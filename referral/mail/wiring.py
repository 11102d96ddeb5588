"""Gives the application the key of its letters, and has them sent."""

from __future__ import annotations

from flask import Flask

from referral.mail import jobs
from referral.mail.models import CasesOutbox, Outbox
from referral.mail.sealing import KEY, USE
from referral.shared import seals


def init_app(app: Flask) -> None:
    """Let a process that has a database put letters into its outbox."""
    if app.config["DIRECTORY_URL"] is None:
        return
    app.extensions[KEY] = seals.make_seal(app.config, USE)
    seals.register(app, Outbox.sealed, USE)
    if app.config["CASES_URL"] is not None:
        seals.register(app, CasesOutbox.sealed, USE)
    jobs.init_app(app)
