"""What the scheduled command does for the audit: look each day whether it is whole, let old months go."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy.orm import Session

from referral.audit.models import Chain
from referral.audit.services import current_key, expire_segments, list_chains
from referral.audit.verification import verify
from referral.audit.witness import note_witness, read_witness
from referral.shared import tick
from referral.shared.database import db, writing

DAILY = timedelta(days=1)


class AuditNotWholeError(Exception):
    """Somebody altered the audit; ``relais audit verify`` says what."""


def verify_daily(_at: datetime) -> None:
    """Follow each chain and note where it ends; raises AuditNotWholeError and what reading the note raises.

    One that is not whole keeps no other from being followed.
    """
    broken = [chain.name for chain in list_chains() if not _is_whole(chain)]
    if broken:
        raise AuditNotWholeError(", ".join(broken))


def _is_whole(chain: Chain) -> bool:
    path = current_app.config["AUDIT_WITNESS"]
    with Session(db.engines[chain.name]) as session:
        verdict = verify(session, current_key(), read_witness(path, chain.name), chain)
    if verdict.is_whole:
        note_witness(path, chain.name, verdict.end)
    return verdict.is_whole


def expire_daily(_at: datetime) -> None:
    """Let go of the months that are older than the setting says."""
    for chain in list_chains():
        with Session(db.engines[chain.name]) as session, writing(session, chain.name):
            expire_segments(session, current_app.config["AUDIT_MONTHS"], chain)


def init_app(app: Flask) -> None:
    """Have both done once a day."""
    tick.register(app, tick.Job("audit_verify", DAILY, verify_daily))
    tick.register(app, tick.Job("audit_expire", DAILY, expire_daily))
