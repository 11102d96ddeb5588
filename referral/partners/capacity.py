"""Room, told by an organization's people or by its house phone; each telling is a row. Callers write."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.capacity import Fading, holds, unit_of
from referral.catalogue.change_models import Audience, RoomAudience, RoomState, ServiceCapacity, Via
from referral.catalogue.changes import Author
from referral.catalogue.models import Service
from referral.catalogue.trust import Trust
from referral.shared.bilingual import Bilingual

PER_PAGE = 20
GONE = (Trust.RETIRED, Trust.SUSPENDED)
ROOM_EVENTS = {Via.HOUSE_PHONE: "room by house phone"}
"""Kinds of what the audit says was changed, by how it was told."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What was told last of a service's room: by whom, how and when; ``holds`` until it fades."""

    state: RoomState
    told_by: str
    via: Via
    told_at: datetime
    holds: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A service of an organization, with what was told last."""

    service_id: UUID
    name: Bilingual
    last: Telling | None
    audience: Audience


def find_service(session: Session, service_id: UUID) -> Service | None:
    """Return a service that is listed; None for one that is not or no more."""
    service = session.get(Service, service_id)
    return service if service is not None and service.trust not in GONE else None


def categories_of(service: Service) -> list[str]:
    """Return the codes of what a service helps with."""
    terms = (each.taxonomy_term for each in service.attributes)
    return [term.code for term in terms if term.taxonomy == "categories"]


def tell_room(
    session: Session, service: Service, state: RoomState, author: Author, at: datetime
) -> ServiceCapacity:
    """Keep what was told of room, as a row with its moment; it is shown from the next page on."""
    telling = ServiceCapacity(
        service_id=service.id,
        unit=unit_of(categories_of(service)),
        state=state,
        audience=audience_of(session, service.id),
        told_by=author.actor.name,
        via=author.via,
        updated_at=at,
    )
    session.add(telling)
    kind = ROOM_EVENTS.get(author.via, "room")
    record(session, Event(Action.CHANGE, kind, service.id, author.actor, service.organization_id))
    return telling


def audience_of(session: Session, service_id: UUID) -> Audience:
    """Return whom a service lets know; workers who signed in, until it chooses."""
    chosen = session.get(RoomAudience, service_id)
    return chosen.audience if chosen is not None else Audience.PARTNERS


def choose_audience(
    session: Session, service: Service, audience: Audience, actor: Actor, at: datetime
) -> None:
    """Keep whom a service lets know; it counts at once, for what was told before too."""
    session.merge(RoomAudience(service_id=service.id, audience=audience, chosen_by=actor.name, chosen_at=at))
    record(session, Event(Action.CHANGE, "room audience", service.id, actor, service.organization_id))


def count_services(session: Session, organization_id: UUID) -> int:
    """Return how many services an organization has of which it may tell."""
    statement = sa.select(sa.func.count()).select_from(Service)
    return session.scalar(statement.where(*_listed(organization_id))) or 0


def list_services(
    session: Session, organization_id: UUID, page: int = 1, per_page: int = PER_PAGE
) -> Sequence[Service]:
    """Return a page of an organization's services, in the order of their names."""
    statement = (
        sa.select(Service)
        .where(*_listed(organization_id))
        .options(selectinload(Service.attributes))
        .order_by(sa.func.coalesce(Service.name_fr, Service.name_en), Service.id)  # type: ignore[attr-defined]
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return session.scalars(statement).all()


def _listed(organization_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (Service.organization_id == organization_id, Service.trust.not_in(GONE))


def list_rooms(session: Session, services: Collection[Service], at: datetime, fading: Fading) -> list[Room]:
    """Return what was told last of each of some services, in their order."""
    ids = [service.id for service in services]
    last = {}
    for row in session.scalars(
        sa.select(ServiceCapacity)
        .where(ServiceCapacity.service_id.in_(ids), ServiceCapacity.updated_at > at - 2 * fading.longest)
        .order_by(ServiceCapacity.updated_at)
    ):
        last[row.service_id] = Telling(
            row.state, row.told_by, row.via, row.updated_at, holds(row.updated_at, row.unit, at, fading)
        )
    chosen = {
        row.service_id: row.audience
        for row in session.scalars(sa.select(RoomAudience).where(RoomAudience.service_id.in_(ids)))
    }
    return [
        Room(each.id, each.name, last.get(each.id), chosen.get(each.id, Audience.PARTNERS))
        for each in services
    ]
