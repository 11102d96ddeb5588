"""« Nothing has changed »: an organization says that its listing still holds. Callers write."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.change_models import Via
from referral.catalogue.changes import Author
from referral.catalogue.models import Service, Verification
from referral.catalogue.services import CONFIRMED, take_step
from referral.catalogue.trust import BY_ITSELF, OWN_STEPS, Method
from referral.shared.clock import QUEBEC

NOTHING_CHANGED = "nothing has changed"


class NotForYouError(Exception):
    """What one of ours took from readers, only one of ours brings back."""


def confirm_unchanged(session: Session, service: Service, author: Author, at: datetime) -> bool:
    """Keep that a listing still holds; says whether it is confirmed by that, or one of ours must verify it.

    Pressing twice on one day counts once. Raises NotForYouError.
    """
    wanted = OWN_STEPS.get(service.trust)
    if wanted is None:
        raise NotForYouError
    if not _is_told_today(session, service, at):
        method = Method.LINK if author.via is Via.LINK else Method.ACCOUNT
        take_step(session, service, wanted, method, author.actor.name, NOTHING_CHANGED, at)
        record(
            session,
            Event(
                Action.CHANGE, "listing", service.id, author.actor, organization_id=service.organization_id
            ),
        )
        session.flush()
    return wanted in CONFIRMED


def _is_told_today(session: Session, service: Service, at: datetime) -> bool:
    last = session.scalars(
        sa.select(Verification)
        .where(Verification.service_id == service.id)
        .order_by(Verification.occurred_at.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.method not in BY_ITSELF or last.to_trust is not service.trust:
        return False
    return last.occurred_at.astimezone(QUEBEC).date() == at.astimezone(QUEBEC).date()
