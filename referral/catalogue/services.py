"""Writes of the catalogue: steps on the ladder of trust, and the directory's revisions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.models import Revision, Service, Verification
from referral.catalogue.trust import Method, Trust, check_step
from referral.shared.clock import QUEBEC

CONFIRMED = frozenset({Trust.VERIFIED, Trust.VETTED})


def lock_directory(session: Session) -> None:
    """Let no one else change the directory until this transaction ends; SQLite has only one writer anyway."""
    if session.get_bind(Revision).dialect.name == "postgresql":
        session.connection(bind_arguments={"mapper": Revision}).exec_driver_sql(
            "LOCK TABLE revision IN SHARE ROW EXCLUSIVE MODE"
        )


def record_revision(session: Session, actor: str, reason: str, at: datetime) -> int:
    """Note that the directory changes, and return the number that every changed row must carry."""
    lock_directory(session)
    number = (session.scalar(sa.select(sa.func.max(Revision.number))) or 0) + 1
    session.add(Revision(number=number, occurred_at=at, actor=actor, reason=reason))
    session.flush()
    return number


def take_step(  # noqa: PLR0913, PLR0917 - who, how, when, with what outcome: each is asked for
    session: Session,
    service: Service,
    wanted: Trust,
    method: Method,
    actor: str,
    outcome: str,
    at: datetime,
) -> Verification:
    """Move a listing on the ladder and keep who did, how, when and with what outcome.

    A confirmation by a person is also the listing's date of assurance. Raises IllegalStepError.
    """
    step = make_step(service.id, service.trust, wanted, method)
    step.actor, step.outcome, step.occurred_at = actor, outcome, at
    service.trust = wanted
    if wanted in CONFIRMED:
        service.assured_date = at.astimezone(QUEBEC).date()
    service.revision = record_revision(session, actor, f"{step.from_trust} to {step.to_trust}", at)
    session.add(step)
    return step


def make_step(service_id: UUID, current: Trust, wanted: Trust, method: Method) -> Verification:
    """Return the event of a step that the ladder allows, still without actor; raises IllegalStepError."""
    check_step(current, wanted, method)
    return Verification(service_id=service_id, from_trust=current, to_trust=wanted, method=method)
