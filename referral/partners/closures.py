"""Temporary closures: told at once, ended by their day or by a person. Callers write."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.capacity import REASONS, day_of, is_over, is_to_ask
from referral.catalogue.change_models import TemporaryClosure, Via
from referral.catalogue.changes import Author, is_confidential_service
from referral.catalogue.confidentiality import address_traces, url_traces
from referral.catalogue.models import Service
from referral.shared.bilingual import Bilingual

PER_PAGE = 20
NO_WORDS = Bilingual(None, None)
LONGEST_REASON = 200
FARTHEST = timedelta(days=366)
CLOSURE_EVENTS = {Via.HOUSE_PHONE: "closure by house phone"}


class ClosureRefusedError(ValueError):
    """A closure that cannot be told so; ``reason`` is a code of ``REFUSALS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REFUSALS = ("ends-before", "past", "far", "no-reason", "no-french", "long", "tells-place", "overlaps")


@dataclass(frozen=True, slots=True)
class Told:
    """A closure as somebody tells it; without ``ends_on``, until further notice."""

    starts_on: date
    ends_on: date | None = None
    reason_code: str | None = None
    reason: Bilingual = NO_WORDS


def check(told: Told, today: date, *, confidential: bool, needs_reason: bool = True) -> None:
    """Refuse what cannot be: raises ClosureRefusedError."""
    _check_days(told, today)
    texts = [text for text in (told.reason.fr, told.reason.en) if text]
    if needs_reason and told.reason_code not in REASONS and not texts:
        raise ClosureRefusedError("no-reason")
    if told.reason.en and not told.reason.fr:
        raise ClosureRefusedError("no-french")
    if any(len(text) > LONGEST_REASON for text in texts):
        raise ClosureRefusedError("long")
    if confidential and any(address_traces(text) or url_traces(text) for text in texts):
        raise ClosureRefusedError("tells-place")


def _check_days(told: Told, today: date) -> None:
    if told.ends_on is not None and told.ends_on < told.starts_on:
        raise ClosureRefusedError("ends-before")
    if told.starts_on < today:
        raise ClosureRefusedError("past")
    if max(told.starts_on, told.ends_on or told.starts_on) > today + FARTHEST:
        raise ClosureRefusedError("far")


def close(  # noqa: PLR0913  # what, of which service, by whom, when
    session: Session,
    service: Service,
    told: Told,
    author: Author,
    at: datetime,
    *,
    needs_reason: bool = True,
) -> TemporaryClosure:
    """Keep a closure, shown from the next page on; raises ClosureRefusedError.

    The service is locked first: of two people at once the second is told that it is closed already.
    """
    session.execute(sa.select(Service.id).where(Service.id == service.id).with_for_update())
    confidential = is_confidential_service(service)
    check(told, day_of(at), confidential=confidential, needs_reason=needs_reason)
    if any(_overlap(told, other) for other in list_current(session, [service.id], at)):
        raise ClosureRefusedError("overlaps")
    closure = TemporaryClosure(
        service_id=service.id,
        starts_on=told.starts_on,
        ends_on=told.ends_on,
        reason_code=told.reason_code if told.reason_code in REASONS else None,
        reason=told.reason,
        told_by=author.actor.name,
        via=author.via,
        told_at=at,
        confirmed_at=None,
        ended_at=None,
    )
    session.add(closure)
    session.flush()
    _record(session, Action.CREATE, closure, service.organization_id, author)
    return closure


def close_until_told(session: Session, service: Service, author: Author, at: datetime) -> TemporaryClosure:
    """Close from today until further notice, in one tap: why can be said later.

    What was to begin later is replaced, since it is within.
    """
    for other in list_current(session, [service.id], at):
        end(session, other, service.organization_id, author, at)
    return close(session, service, Told(day_of(at)), author, at, needs_reason=False)


def _overlap(told: Told, other: TemporaryClosure) -> bool:
    begins, ends = other.starts_on, other.ends_on
    return (ends is None or told.starts_on <= ends) and (told.ends_on is None or begins <= told.ends_on)


def end(
    session: Session, closure: TemporaryClosure, organization_id: UUID, author: Author, at: datetime
) -> bool:
    """End a closure before its day; False where somebody did so first."""
    if closure.ended_at is not None:
        return False
    closure.ended_at = at
    _record(session, Action.CHANGE, closure, organization_id, author)
    return True


def confirm(
    session: Session, closure: TemporaryClosure, organization_id: UUID, author: Author, at: datetime
) -> None:
    """Keep that somebody said that it still lasts, so that nobody asks again for a while."""
    closure.confirmed_at = at
    _record(session, Action.CHANGE, closure, organization_id, author)


def find_closure(session: Session, service_id: UUID, closure_id: UUID) -> TemporaryClosure | None:
    """Return a closure of a service, locked."""
    found = session.get(TemporaryClosure, closure_id, with_for_update=True, populate_existing=True)
    return found if found is not None and found.service_id == service_id else None


def list_current(session: Session, service_ids: Collection[UUID], at: datetime) -> Sequence[TemporaryClosure]:
    """Return the closures of some services that last or are to come, the first to begin first."""
    return [
        each
        for each in session.scalars(
            sa.select(TemporaryClosure)
            .where(TemporaryClosure.service_id.in_(service_ids), TemporaryClosure.ended_at.is_(None))
            .order_by(TemporaryClosure.starts_on, TemporaryClosure.told_at)
        )
        if not is_over(each.ends_on, each.ended_at, day_of(at))
    ]


def list_past(session: Session, service_id: UUID, at: datetime, page: int = 1) -> Sequence[TemporaryClosure]:
    """Return a page of the closures of a service that are over, the latest first."""
    day = day_of(at)
    over = sa.or_(TemporaryClosure.ended_at.is_not(None), TemporaryClosure.ends_on < day)
    return session.scalars(
        sa.select(TemporaryClosure)
        .where(TemporaryClosure.service_id == service_id, over)
        .order_by(TemporaryClosure.told_at.desc(), TemporaryClosure.id)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    ).all()


def is_asked_about(closure: TemporaryClosure, at: datetime, after: timedelta) -> bool:
    """Say whether to ask the organization if a closure still lasts."""
    return closure.ended_at is None and is_to_ask(
        closure.starts_on, closure.ends_on, closure.confirmed_at, at, after
    )


def list_to_ask(
    session: Session, at: datetime, after: timedelta, organization_id: UUID | None = None
) -> list[tuple[TemporaryClosure, Service]]:
    """Return the closures without end that are to be asked about, the longest first; of one or of all."""
    statement = (
        sa.select(TemporaryClosure, Service)
        .join(Service, Service.id == TemporaryClosure.service_id)
        .where(
            TemporaryClosure.ended_at.is_(None),
            TemporaryClosure.ends_on.is_(None),
            TemporaryClosure.starts_on <= day_of(at) - after,
        )
        .order_by(TemporaryClosure.starts_on, TemporaryClosure.id)
    )
    if organization_id is not None:
        statement = statement.where(Service.organization_id == organization_id)
    return [(one, of) for one, of in session.execute(statement).all() if is_asked_about(one, at, after)]


def count_to_ask(session: Session, actor: Actor, at: datetime, after: timedelta) -> int:
    """Return how many closures wait for an answer of the organization that somebody acts for."""
    return len(list_to_ask(session, at, after, actor.acting_for)) if actor.acting_for else 0


def _record(
    session: Session, action: Action, closure: TemporaryClosure, organization_id: UUID, author: Author
) -> None:
    kind = CLOSURE_EVENTS.get(author.via, "closure")
    record(session, Event(action, kind, closure.service_id, author.actor, organization_id))
