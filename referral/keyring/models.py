"""Tables of keys. Each is wrapped by the one above it; the master key itself is in a file, never here."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from referral.shared.database import KeysBase

FINGERPRINT = sa.String(8)


class Kind(StrEnum):
    """What a key opens."""

    CASE = "case"
    VAULT = "vault"
    PACKET = "packet"
    REFERRAL = "referral"
    DISCLOSURE = "disclosure"
    INCIDENT = "incident"


class MasterKey(KeysBase):
    """A master key by its fingerprint, with a copy that only the recovery code opens."""

    __tablename__ = "master_key"

    fingerprint: Mapped[str] = mapped_column(FINGERPRINT, primary_key=True)
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    salt: Mapped[bytes]
    wrapped: Mapped[bytes]


class OrganizationKey(KeysBase):
    """The key of an organization, wrapped by a master key."""

    __tablename__ = "organization_key"

    organization_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    master: Mapped[str] = mapped_column(sa.ForeignKey("master_key.fingerprint"), index=True)
    wrapped: Mapped[bytes]
    made_at: Mapped[datetime]


class DataKey(KeysBase):
    """The key of one thing, whose identifier it has; without it what is sealed is gone."""

    __tablename__ = "data_key"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    organization_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("organization_key.organization_id"), index=True
    )
    wrapped: Mapped[bytes]
    made_at: Mapped[datetime]
