"""What the scheduled command does for mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy.orm import Session

from referral.mail.queries import count_all_unsent, list_outboxes
from referral.mail.sending import FileSender, Sender, SmtpSender
from referral.mail.services import deliver_due, forget_old
from referral.shared import tick
from referral.shared.database import db, writing

log = structlog.get_logger(__name__)


class ServerUnreachableError(Exception):
    """The mail server did not answer; letters wait."""


def make_sender(config: Mapping[str, Any]) -> Sender | None:
    """Return the way that letters leave by; None where no setting says one."""
    if config["MAIL_HOST"] is not None:
        return SmtpSender(
            config["MAIL_HOST"],
            config["MAIL_PORT"],
            config["MAIL_FROM"],
            config["MAIL_USER"],
            config["MAIL_PASSWORD"],
            config["MAIL_TLS"] == "tls",
        )
    if config["MAIL_DIR"] is not None:
        return FileSender(config["MAIL_DIR"], config["MAIL_FROM"])
    return None


def deliver(at: datetime) -> None:
    """Send what is due from every outbox; raises ServerUnreachableError, so that it is seen."""
    sender = make_sender(current_app.config)
    if sender is None:
        if waiting := count_all_unsent().waiting:
            log.warning("mail_has_no_way_out", count=waiting)
        return
    for outbox, name in list_outboxes():
        with Session(db.engines[name]) as session:
            delivery = deliver_due(session, sender, at, outbox)
        if delivery.dead:
            log.warning("mail_dead", count=delivery.dead)
        if delivery.is_unreachable:
            raise ServerUnreachableError


def forget(at: datetime) -> None:
    """Delete what is over."""
    for outbox, name in list_outboxes():
        with Session(db.engines[name]) as session, writing(session, name):
            forget_old(session, at, outbox)


def init_app(app: Flask) -> None:
    """Have letters sent at each run."""
    tick.register(app, tick.Job("mail", timedelta(0), deliver))
    tick.register(app, tick.Job("mail_forget", timedelta(days=1), forget))
