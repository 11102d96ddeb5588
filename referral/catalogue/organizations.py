"""Names of organizations, for those who act in their name."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.models import Organization
from referral.shared.bilingual import Bilingual


def list_names(session: Session, ids: Collection[UUID] | None = None) -> dict[UUID, Bilingual]:
    """Return the names of some organizations that exist, or of all."""
    statement = sa.select(Organization)
    if ids is not None:
        statement = statement.where(Organization.id.in_(ids))
    return {each.id: each.name for each in session.scalars(statement)}


def find_by_slug(session: Session, slug: str) -> Organization | None:
    """Return the organization of a short name, as import sheets write it."""
    return session.scalars(sa.select(Organization).where(Organization.slug == slug)).one_or_none()
