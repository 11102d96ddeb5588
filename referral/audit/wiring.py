"""Gives the audit its key and its place among what the application does."""

from __future__ import annotations

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from referral.access.guard import Refusal, on_refusal
from referral.audit import jobs
from referral.audit import models as _tables  # noqa: F401  # known to the metadata from here on
from referral.audit.events import Action, Event
from referral.audit.services import KEY, record_apart
from referral.shared.turns import TooLongAWaitError

log = structlog.get_logger(__name__)


def init_app(app: Flask) -> None:
    """Keep the key where only this process has it, and record what is refused."""
    key = app.config["AUDIT_KEY"]
    if app.config["DIRECTORY_URL"] is None or key is None:
        return
    app.extensions[KEY] = key.encode()
    on_refusal(app, record_refusal)
    jobs.init_app(app)


def record_refusal(refusal: Refusal) -> None:
    """Record what was refused to somebody known; visitors without an account leave no trace.

    Nothing is shown on a refusal, so that a database which does not answer only loses the event,
    and says so in the log.
    """
    if refusal.actor is None:
        return
    target = refusal.target
    try:
        record_apart(
            Event(
                Action.REFUSAL,
                refusal.permission.value,
                target.user_id,
                refusal.actor,
                target.organization_id,
            )
        )
    except (SQLAlchemyError, TooLongAWaitError) as error:
        log.warning("refusal_not_recorded", exc_info=error)
