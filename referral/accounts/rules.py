"""How long things last and how often one may try: pure rules, in one place."""

from __future__ import annotations

from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
IDLE_WARNING = timedelta(minutes=5)
"""Before the end of an idle session, so that there is time to answer."""
LONGEST_SESSION = timedelta(hours=12)
SIGNING_IN = timedelta(minutes=15)
"""For the second factor after the password, and for setting one up."""
FRESH = timedelta(minutes=10)
"""For exports, printing and whatever changes how one signs in."""
SEEN_STEP = timedelta(minutes=1)
"""A session's last moment is written no more often."""

INVITATION = timedelta(days=7)
RESET = timedelta(hours=1)
CHALLENGE = timedelta(minutes=5)
KEPT = timedelta(hours=8)
"""For what was typed when a session ended: in the page itself, sealed."""

FREE_FAILURES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
FORGETTING = timedelta(hours=24)
REFUSAL_STEP = timedelta(minutes=1)
"""Refusals of forms and of tries are recorded no more often for one person."""
STRANGERS_STEP = timedelta(hours=1)
"""Failed sign-ins in names that nobody has are recorded no more often, all together."""


def is_alive(started_at: datetime, seen_at: datetime, at: datetime, *, is_open: bool) -> bool:
    """Say whether a session still holds: neither idle nor old."""
    if not is_open:
        return at - started_at < SIGNING_IN
    return at - seen_at < IDLE and at - started_at < LONGEST_SESSION


def is_fresh(confirmed_at: datetime, at: datetime) -> bool:
    """Say whether somebody proved who she is a short while ago."""
    return at - confirmed_at < FRESH


def wait_after(failures: int) -> timedelta:
    """Return how long nobody may try again: none for the first few, then twice as long each time.

    It never becomes for ever, or anyone who knows a name could shut somebody out.
    """
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings: int = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
