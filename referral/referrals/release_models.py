"""The table of what left an organization: kept as it left, so that it never leaves twice in two ways."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from referral.shared.database import CasesBase


class Subject(StrEnum):
    """Of which referrals a report is: those that an organization sent, or was sent."""

    SENT = "sent"
    RECEIVED = "received"


class ReportRelease(CasesBase):
    """What may leave of one period; the row of a year also says that it leaves by quarter."""

    __tablename__ = "report_release"

    organization_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject: Mapped[Subject] = mapped_column(primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)
    months: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    tables: Mapped[dict[str, Any] | None] = mapped_column(
        sa.JSON(none_as_null=True), doc="Shown numbers only; none for a year that leaves by quarter."
    )
