"""Colleagues of an organization: who can own a file, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Role
from referral.accounts.models import Membership, User

KEEPERS = (Role.INTAKE_WORKER, Role.ORGANIZATION_LEAD)


def list_colleagues(session: Session, organization_id: UUID) -> dict[UUID, str]:
    """Return who may keep files there, by name; the directory's session is given."""
    rows = session.execute(
        sa.select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization_id, Membership.role.in_(KEEPERS), User.active)
        .distinct()
        .order_by(User.name, User.id)
    )
    return {row.id: row.name for row in rows}


def list_leads(session: Session, organization_id: UUID) -> list[UUID]:
    """Return who leads there; the directory's session is given."""
    statement = (
        sa.select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == organization_id,
            Membership.role == Role.ORGANIZATION_LEAD,
            User.active,
        )
        .order_by(User.name, User.id)
    )
    return list(session.scalars(statement))


def name_people(session: Session, people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of people, also of those who left."""
    wanted = {each for each in people if each is not None}
    if not wanted:
        return {}
    rows = session.execute(sa.select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}
