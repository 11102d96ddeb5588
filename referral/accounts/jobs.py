"""What the scheduled command does for accounts: what is over is deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from referral.accounts import invitations, passkeys, resets, sessions, throttling
from referral.shared import tick
from referral.shared.database import directory_session, writing

DAILY = timedelta(days=1)


def forget_daily(at: datetime) -> None:
    """Delete sessions, challenges, counts of failures, links and invitations that serve no more."""
    with writing(directory_session()) as session:
        for feature in (sessions, passkeys, throttling, resets, invitations):
            feature.forget_old(session, at)


def init_app(app: Flask) -> None:
    """Have it done once a day."""
    tick.register(app, tick.Job("accounts_forget", DAILY, forget_daily))
