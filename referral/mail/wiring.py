"""Gives the application the key of its letters, and has them sent."""

from __future__ import annotations

from flask import Flask

import referral.mail.models  # noqa: F401  # the outbox is in the metadata from here on
from referral.mail import jobs
from referral.mail.sealing import KEY, derive_key


def init_app(app: Flask) -> None:
    """Let a process that has a database put letters into its outbox."""
    if app.config["DIRECTORY_URL"] is None:
        return
    app.extensions[KEY] = derive_key(app.config["SECRET_KEY"])
    jobs.init_app(app)
