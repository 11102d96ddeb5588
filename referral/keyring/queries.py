"""Reads of the store of keys, for whoever runs the installation: how many and which, never a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.keyring.models import DataKey, Kind, MasterKey, OrganizationKey


@dataclass(frozen=True, slots=True)
class Master:
    """A master key whose file is needed, and how many organizations' keys it wraps."""

    fingerprint: str
    made_at: datetime
    organizations: int


def list_needed(session: Session) -> Sequence[Master]:
    """Return the master keys that wrap today or still wrap something, the newest first."""
    wrapped = sa.func.count(OrganizationKey.organization_id)
    statement = (
        sa.select(MasterKey.fingerprint, MasterKey.made_at, wrapped)
        .outerjoin(OrganizationKey, OrganizationKey.master == MasterKey.fingerprint)
        .group_by(MasterKey.fingerprint, MasterKey.made_at, MasterKey.retired_at)
        .having(sa.or_(MasterKey.retired_at.is_(None), wrapped > 0))
        .order_by(MasterKey.made_at.desc())
    )
    return [Master(*row) for row in session.execute(statement)]


def list_fingerprints(session: Session) -> frozenset[str]:
    """Return every master key that the store ever knew."""
    return frozenset(session.scalars(sa.select(MasterKey.fingerprint)))


def count_things(session: Session) -> dict[Kind, int]:
    """Count the keys of things by kind."""
    counted = sa.select(DataKey.kind, sa.func.count()).group_by(DataKey.kind)
    found = dict(session.execute(counted).all())
    return {kind: found.get(kind, 0) for kind in Kind}


def list_made_before(session: Session, moment: datetime) -> dict[UUID, Kind]:
    """Return the things whose keys were made before a moment."""
    statement = sa.select(DataKey.id, DataKey.kind).where(DataKey.made_at < moment)
    return dict(session.execute(statement).all())
