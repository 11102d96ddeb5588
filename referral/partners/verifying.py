"""Steps on the ladder of trust as vetters take them: the only way to *confirmed*."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue import services
from referral.catalogue.models import Service, Verification
from referral.catalogue.trust import Method, Trust
from referral.catalogue.vetting_models import Moved, SpokenTo, VerificationDetail
from referral.partners.merging import bring_back
from referral.partners.queue import forget_claims


class MovedOnError(Exception):
    """Somebody else took a step since the page was opened."""


@dataclass(frozen=True, slots=True)
class Step:
    """To where, how, with what outcome as a code, with whom, and the criteria that were checked."""

    wanted: Trust
    method: Method
    outcome: str
    spoken_to: SpokenTo | None = None
    criteria: tuple[str, ...] = ()


def take(  # noqa: PLR0913, PLR0917  # which listing, from where, to where, by whom, when
    session: Session, service_id: uuid.UUID, seen: Trust, step: Step, actor: Actor, at: datetime
) -> Verification:
    """Take a step, inside ``writing``; raises MovedOnError, IllegalStepError."""
    service = session.get_one(Service, service_id, with_for_update=True, populate_existing=True)
    if service.trust is not seen:
        raise MovedOnError
    if seen is Trust.RETIRED:
        bring_back(session, service_id)
    taken = services.take_step(session, service, step.wanted, step.method, actor.name, step.outcome, at)
    session.flush()
    session.add(
        VerificationDetail(
            verification_id=taken.id, spoken_to=step.spoken_to, criteria=";".join(step.criteria)
        )
    )
    forget_claims(session, service_id)
    record(
        session,
        Event(Action.CHANGE, "verification", service_id, actor, organization_id=service.organization_id),
    )
    return taken


def list_steps(
    session: Session, service_id: uuid.UUID
) -> Sequence[tuple[Verification, VerificationDetail | None]]:
    """Return the steps of a listing and of those that became part of it, the newest first."""
    before = sa.select(Moved.old_id).where(Moved.new_id == service_id)
    statement = (
        sa.select(Verification, VerificationDetail)
        .outerjoin(VerificationDetail, VerificationDetail.verification_id == Verification.id)
        .where(sa.or_(Verification.service_id == service_id, Verification.service_id.in_(before)))
        .order_by(Verification.occurred_at.desc())
    )
    return [(step, detail) for step, detail in session.execute(statement)]
