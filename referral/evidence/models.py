"""Tables of what people tell us; neither holds anything of who told it."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from referral.evidence.kinds import AgeBand, FlagAnswer, FlagKind, FlagStatus, UnmetReason
from referral.shared.database import DirectoryBase, Identified


class ListingFlag(Identified, DirectoryBase):
    """Something that a reader says is wrong with a listing, held until a person looks at it."""

    __tablename__ = "listing_flag"

    service_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FlagKind]
    note: Mapped[str]
    language: Mapped[str] = mapped_column(sa.String(2))
    flagged_on: Mapped[date]
    status: Mapped[FlagStatus] = mapped_column(default=FlagStatus.WAITING, index=True)
    receipt_hash: Mapped[str | None] = mapped_column(
        sa.String(64), unique=True, doc="Of the code that whoever flagged was given."
    )
    answer: Mapped[FlagAnswer | None]
    answer_words: Mapped[str] = mapped_column(default="", doc="In the language of the flag.")
    answered_on: Mapped[date | None]
    answered_by: Mapped[str | None]


class UnmetNeed(Identified, DirectoryBase):
    """A need that nothing met: where, in which month, what and why. No key to a person."""

    __tablename__ = "unmet_need"

    month: Mapped[date]
    region_code: Mapped[str | None] = mapped_column(sa.String(2))
    need: Mapped[str]
    clientele: Mapped[str | None]
    exploitation: Mapped[str | None]
    age_band: Mapped[AgeBand | None]
    reason: Mapped[UnmetReason]
