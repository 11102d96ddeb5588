"""How often one may try in one name: kept in the database, so that all processes count together.

An attempt is counted before it is judged, so that many at once do not all see the first count; what
succeeds is forgotten. Addresses are not counted: a whole shelter may be behind one.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from referral.accounts.models import Throttle
from referral.accounts.rules import FORGETTING, wait_after
from referral.shared.database import DIRECTORY, db


class TooManyTriesError(Exception):
    """Nobody may try in this name before a moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many tries")
        self.until = until


def key_of(scope: str, name: str) -> str:
    """Return what stands for a name, which may be a secret typed in the wrong field."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(secret, f"relais.throttle {scope} {name}".encode(), "sha256").hex()


def count_attempt(session: Session, scope: str, name: str, at: datetime) -> None:
    """Count an attempt, inside ``writing``; raises TooManyTriesError where it may not be made."""
    row = _lock(session, key_of(scope, name), at)
    if row.blocked_until is not None and row.blocked_until > at:
        raise TooManyTriesError(row.blocked_until)
    if at - row.failed_at > FORGETTING:
        row.failures = 0
    row.failures += 1
    row.failed_at = at
    wait = wait_after(row.failures)
    row.blocked_until = at + wait if wait else None


def count_untold(session: Session, scope: str, name: str, at: datetime, step: timedelta) -> int:
    """Count something that is told no more often than a step; returns how many to tell of now, often none."""
    row = _lock(session, key_of(scope, name), at)
    row.failures += 1
    if row.blocked_until is not None and row.blocked_until > at:
        return 0
    untold, row.failures = row.failures, 0
    row.failed_at, row.blocked_until = at, at + step
    return untold


def _lock(session: Session, key: str, at: datetime) -> Throttle:
    """Return the row of a key, locked; of many at once that find none, one makes it and the others wait."""
    dialect = postgresql if db.engines[DIRECTORY].dialect.name == "postgresql" else sqlite
    row = {"key": key, "failures": 0, "failed_at": at, "blocked_until": None}
    session.execute(dialect.insert(Throttle).values(**row).on_conflict_do_nothing())
    return session.get_one(Throttle, key, with_for_update=True, populate_existing=True)


def forget(session: Session, scope: str, name: str) -> None:
    """Forget what failed in a name: it was its owner. The row stays for those who wait for it."""
    session.execute(
        sa.update(Throttle).where(Throttle.key == key_of(scope, name)).values(failures=0, blocked_until=None)
    )


def forget_old(session: Session, at: datetime) -> None:
    """Delete what failed long enough ago."""
    session.execute(sa.delete(Throttle).where(Throttle.failed_at < at - FORGETTING))
