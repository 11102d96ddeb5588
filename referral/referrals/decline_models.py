"""The table of declines that speak of a listing: how many, of which service; no key to a person."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from referral.shared.database import CasesBase


class ListingDecline(CasesBase):
    """How often a service was declined for admission or territory since its listing was last reviewed."""

    __tablename__ = "listing_decline"

    service_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    declines: Mapped[int] = mapped_column(doc="Since the last review that they opened.")
    reviews: Mapped[int] = mapped_column(default=0, doc="Reviews that they opened.")

    __table_args__ = (sa.CheckConstraint("declines >= 0 AND reviews >= 0", name="is_counted"),)
