"""Withdrawal: what is taken from readers for safety goes at once, and is done when all have let go.

What somebody downloaded, printed or photographed cannot be called back: the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Session

from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.change_models import Withdrawal, WithdrawalKind
from referral.catalogue.changes import Author
from referral.catalogue.models import Service, ServiceStatus
from referral.catalogue.purging import hide_places, purge
from referral.catalogue.services import record_revision
from referral.edition.publishing import publish
from referral.edition.reader import READER
from referral.edition.readers import ReaderNote, note_contact, waiting_for
from referral.shared import tick
from referral.shared.database import directory_session, writing


def withdraw(
    session: Session, service: Service, kind: WithdrawalKind, author: Author, at: datetime
) -> Withdrawal:
    """Take a place or a whole listing from readers; the caller holds ``writing`` and then publishes.

    Whatever told of the place goes from the listing, its history, proposals and drafts.
    """
    told = hide_places(session, service)
    purge(session, service, told)
    if kind is WithdrawalKind.CLOSED:
        service.status = ServiceStatus.INACTIVE
    service.revision = record_revision(session, author.actor.name, f"withdrawal: {kind.value}", at)
    row = Withdrawal(
        service_id=service.id,
        kind=kind,
        asked_by=author.actor.name,
        user_id=author.actor.user_id,
        via=author.via,
        asked_at=at,
        revision=service.revision,
    )
    session.add(row)
    session.flush()
    record(
        session,
        Event(Action.CHANGE, "withdrawal", row.id, author.actor, organization_id=service.organization_id),
    )
    return row


def carry_out(session: Session, at: datetime) -> list[ReaderNote]:
    """Publish without anything older, note what is done, and return the readers that are waited for."""
    publish(session, forget_others=True)
    current_app.extensions[READER].current()  # this process is a reader too
    note_done(session, at)
    return readers_waited_for(session)


def note_done(session: Session, at: datetime) -> None:
    """Note as done what every reader has let go of. Must not be called inside ``writing``."""
    root = folder()
    with writing(session):
        for row in list_open(session):
            if not waiting_for(root, row.revision):
                row.done_at = at


def list_open(session: Session) -> Sequence[Withdrawal]:
    """Return the withdrawals that some reader has not let go of yet."""
    return session.scalars(
        sa.select(Withdrawal).where(Withdrawal.done_at.is_(None)).order_by(Withdrawal.asked_at)
    ).all()


def readers_waited_for(session: Session) -> list[ReaderNote]:
    """Return the readers that still show something withdrawn, by name."""
    waiting = {
        reader.name: reader for row in list_open(session) for reader in waiting_for(folder(), row.revision)
    }
    return [waiting[name] for name in sorted(waiting)]


def folder() -> Path:
    """Return where editions and the notes of their readers are."""
    root: Path = current_app.config["EDITION_DIR"]
    return root


def follow_up(at: datetime) -> None:
    """Publish again what a withdrawal could not, note what is done, and give readers a sign of life."""
    note_contact(folder(), at)
    session = directory_session()
    if list_open(session):
        carry_out(session, at)


def init_app(app: Flask) -> None:
    """Have the scheduled command follow up withdrawals."""
    tick.register(app, tick.Job("withdrawals", timedelta(0), follow_up))
