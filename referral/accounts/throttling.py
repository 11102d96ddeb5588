"""How often one may try in one name: kept in the database, so that all processes count together.

An attempt is counted before it is judged, so that many at once do not all see the first count; what
succeeds is forgotten. Addresses are not counted: a whole shelter may be behind one.
"""

from __future__ import annotations

import hmac
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from referral.accounts.models import Throttle
from referral.accounts.rules import FORGETTING, wait_after


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
    key = key_of(scope, name)
    row = session.get(Throttle, key, with_for_update=True)
    if row is None:
        row = Throttle(key=key, failures=0, failed_at=at, blocked_until=None)
        session.add(row)
    if row.blocked_until is not None and row.blocked_until > at:
        raise TooManyTriesError(row.blocked_until)
    if at - row.failed_at > FORGETTING:
        row.failures = 0
    row.failures += 1
    row.failed_at = at
    wait = wait_after(row.failures)
    row.blocked_until = at + wait if wait else None


def forget(session: Session, scope: str, name: str) -> None:
    """Forget what failed in a name: it was its owner."""
    session.execute(sa.delete(Throttle).where(Throttle.key == key_of(scope, name)))


def forget_old(session: Session, at: datetime) -> None:
    """Delete what failed long enough ago."""
    session.execute(sa.delete(Throttle).where(Throttle.failed_at < at - FORGETTING))
