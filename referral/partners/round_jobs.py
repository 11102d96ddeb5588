"""What the scheduled command does for the rounds, each day: in steps, each a short transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from referral.partners import links, notices, reminders, rounds
from referral.shared import tick
from referral.shared.database import directory_session, writing

AT_ONCE = 25
"""Organizations in one transaction, so that nobody waits long for the lock."""
STEPS: tuple[Callable[[Session, datetime, int], int], ...] = (
    rounds.open_due,
    rounds.follow_up,
    reminders.remind_due,
    notices.tell_what_comes,
)


def run(at: datetime) -> None:
    """Do all that is due at a moment, once, however late and however often it is asked."""
    with writing(directory_session()) as session:
        rounds.lock_rounds(session)
        rounds.end_answered(session, at)
        rounds.end_reminded(session, at)
        links.forget_old(session, at)
    for step in STEPS:
        while _do(step, at) >= AT_ONCE:
            pass
    with writing(directory_session()) as session:
        rounds.move_to_calls(session, at)
        rounds.fill_call_list(session, at)


def _do(step: Callable[[Session, datetime, int], int], at: datetime) -> int:
    with writing(directory_session()) as session:
        return step(session, at, AT_ONCE)


def init_app(app: Flask) -> None:
    """Have the rounds run each day."""
    tick.register(app, tick.Job("rounds", timedelta(days=1), run))
