"""What was sent, what was received, and who read which item of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from referral.intake.models import Packet, PacketReading
from referral.intake.vocabulary import Item

MOST_COUNTED = 99
"""Of more it is said « 99+ »."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Who read what of a packet, when."""

    item: Item
    read_by: UUID | None
    organization_id: UUID
    read_at: datetime


def list_sent(session: Session, case_id: UUID) -> Sequence[Packet]:
    """Return what was sent of a file, the latest first."""
    statement = sa.select(Packet).where(Packet.case_id == case_id).options(selectinload(Packet.items))
    return session.scalars(statement.order_by(Packet.sent_at.desc(), Packet.id)).all()


def list_readings(session: Session, packets: Collection[UUID]) -> dict[UUID, list[Reading]]:
    """Return who read what of each packet, the latest first."""
    found: dict[UUID, list[Reading]] = {}
    statement = sa.select(PacketReading).where(PacketReading.packet_id.in_(packets))
    for row in session.scalars(statement.order_by(PacketReading.read_at.desc(), PacketReading.item)):
        reading = Reading(row.item, row.read_by, row.organization_id, row.read_at)
        found.setdefault(row.packet_id, []).append(reading)
    return found


def list_received(session: Session, receiver_id: UUID, limit: int, offset: int = 0) -> Sequence[Packet]:
    """Return what an organization received: what it can read first, then what ended, the latest first."""
    statement = (
        sa.select(Packet)
        .where(*_received(receiver_id))
        .order_by(Packet.ended_at.is_not(None), Packet.sent_at.desc(), Packet.id)
    )
    return session.scalars(statement.limit(limit).offset(offset)).all()


def count_received(session: Session, receiver_id: UUID) -> int:
    """Return how many packets an organization received."""
    return session.scalars(sa.select(sa.func.count(Packet.id)).where(*_received(receiver_id))).one()


def _received(receiver_id: UUID) -> list[sa.ColumnElement[bool]]:
    """Select what an organization received and what is listed nowhere else."""
    return [Packet.receiver_id == receiver_id, Packet.is_elsewhere == sa.false()]


def count_unread(session: Session, receiver_id: UUID, at: datetime) -> int:
    """Return how many packets nobody of an organization opened yet, of those that it can read.

    Never more than one above ``MOST_COUNTED``.
    """
    was_read = sa.exists().where(PacketReading.packet_id == Packet.id)
    readable = (*_received(receiver_id), Packet.ended_at.is_(None), Packet.expires_at > at)
    some = sa.select(Packet.id).where(*readable, ~was_read).limit(MOST_COUNTED + 1).subquery()
    return session.scalars(sa.select(sa.func.count()).select_from(some)).one()
