"""Which accounts are a demonstration's: those made while its setting was on carry a mark.

A demonstration refuses a database that holds any other account, and never begins in one that holds
organizations of the real directory.
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from config import ConfigError
from referral.accounts.models import User
from referral.catalogue.models import Organization
from referral.shared.database import DIRECTORY, db

MARK = "de30de30de30de30"
"""First half of the hidden identifier of an account of a demonstration; chance makes none like it."""
FICTIONAL = "exemple"


class NotFictionalError(Exception):
    """The database holds what is not of a demonstration; says what."""


def mark_accounts() -> None:
    """Have every account marked that is made where the setting is on."""
    if not sa.event.contains(User, "init", mark):
        sa.event.listen(User, "init", mark)


def mark(_user: User, _args: Any, values: dict[str, Any]) -> None:
    """Give a new account the identifier of a demonstration."""
    if current_app and current_app.config["DEMO"]:
        values.setdefault("fs_uniquifier", MARK + uuid.uuid4().hex[len(MARK) :])


def check_database() -> None:
    """Refuse a database that holds somebody's real account; raises ConfigError. Leaves no connection open."""
    engine = db.engines[DIRECTORY]
    try:
        with Session(engine) as session:
            has_tables = sa.inspect(session.connection()).has_table(User.__tablename__)
            refused = has_tables and has_real_account(session)
    finally:
        engine.dispose()
    if refused:
        raise ConfigError(
            "RELAIS_DEMO lets anyone in without a password: the database holds accounts of real people"
        )


def has_real_account(session: Session) -> bool:
    """Say whether there is an account that no demonstration made."""
    real = sa.select(User.id).where(~User.fs_uniquifier.startswith(MARK))
    return session.scalar(real.limit(1)) is not None


def check_fictional(session: Session) -> None:
    """Refuse to put fictional people beside what is real; raises NotFictionalError."""
    if has_real_account(session):
        raise NotFictionalError("account")
    real = sa.select(Organization.id).where(~Organization.slug.contains(FICTIONAL))
    if session.scalar(real.limit(1)) is not None:
        raise NotFictionalError("organization")
