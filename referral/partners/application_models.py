"""Table of organizations that ask to be listed; nothing of it is published, and what is abandoned goes."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from referral.catalogue.models import bilingual
from referral.shared.bilingual import Bilingual
from referral.shared.database import DirectoryBase, Identified


class ApplicationStatus(StrEnum):
    """Where an application stands."""

    WAITING = "waiting"
    """Our team is to look at it."""
    ASKED = "asked"
    """The organization is to answer a question."""
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Application(Identified, DirectoryBase):
    """What an organization says of itself, who may be reached about it, and what came of it.

    ``answers`` hold the form as JSON, by field. ``first_accepted_by`` is the first of the two people whom
    a confidential place needs.
    """

    __tablename__ = "application"

    receipt_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    language: Mapped[str] = mapped_column(sa.String(2))
    status: Mapped[ApplicationStatus] = mapped_column(default=ApplicationStatus.WAITING, index=True)
    name: Mapped[Bilingual] = bilingual("name")
    region_code: Mapped[str | None] = mapped_column(sa.String(2))
    is_confidential: Mapped[bool]
    answers: Mapped[str] = mapped_column(sa.Text)
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]
    sent_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    question: Mapped[str] = mapped_column(sa.Text, default="")
    reply: Mapped[str] = mapped_column(sa.Text, default="")
    first_accepted_by: Mapped[uuid.UUID | None]
    reason: Mapped[str | None] = mapped_column(sa.String(32))
    decided_by: Mapped[str | None]
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="SET NULL")
    )
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
