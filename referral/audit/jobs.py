"""What the scheduled command does for the audit: look each day whether it is whole, let old months go."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, current_app

from referral.audit.models import DIRECTORY_CHAIN
from referral.audit.services import current_key, expire_segments
from referral.audit.verification import verify
from referral.audit.witness import note_witness, read_witness
from referral.shared import tick
from referral.shared.database import directory_session, writing

DAILY = timedelta(days=1)


class AuditNotWholeError(Exception):
    """Somebody altered the audit; ``relais audit verify`` says what."""


def verify_daily(_at: datetime) -> None:
    """Follow the chain and note where it ends; raises AuditNotWholeError and what reading the note raises."""
    path, name = current_app.config["AUDIT_WITNESS"], DIRECTORY_CHAIN.name
    verdict = verify(directory_session(), current_key(), read_witness(path, name))
    if not verdict.is_whole:
        raise AuditNotWholeError
    note_witness(path, name, verdict.end)


def expire_daily(_at: datetime) -> None:
    """Let go of the months that are older than the setting says."""
    with writing(directory_session()) as session:
        expire_segments(session, current_app.config["AUDIT_MONTHS"])


def init_app(app: Flask) -> None:
    """Have both done once a day."""
    tick.register(app, tick.Job("audit_verify", DAILY, verify_daily))
    tick.register(app, tick.Job("audit_expire", DAILY, expire_daily))
