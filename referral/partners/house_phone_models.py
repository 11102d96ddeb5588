"""Tables of the telephones that houses keep: each tells only of the services that were chosen for it."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.shared.database import DirectoryBase, Identified

HASH = sa.String(64)


class HousePhone(Identified, DirectoryBase):
    """A telephone of a house: first a code that waits to be typed, then a cookie; only hashes are kept."""

    __tablename__ = "house_phone"

    organization_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    made_by: Mapped[str] = mapped_column(sa.String(120))
    made_at: Mapped[datetime]
    code_hash: Mapped[str | None] = mapped_column(HASH, unique=True)
    code_expires_at: Mapped[datetime]
    token_hash: Mapped[str | None] = mapped_column(HASH, unique=True)
    device: Mapped[str] = mapped_column(sa.String(64), default="")
    paired_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(sa.String(120))
    revoked_at: Mapped[datetime | None]

    services: Mapped[list[HousePhoneService]] = relationship(cascade="all, delete-orphan")


class HousePhoneService(DirectoryBase):
    """A service of which a telephone may tell."""

    __tablename__ = "house_phone_service"

    house_phone_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("house_phone.id", ondelete="CASCADE"), primary_key=True
    )
    service_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("service.id", ondelete="CASCADE"), primary_key=True, index=True
    )
