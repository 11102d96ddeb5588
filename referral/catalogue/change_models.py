"""Tables of what people change in listings: what waits for review, what was, and what holds tonight only."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.catalogue.models import OfService, Service, bilingual
from referral.shared.bilingual import Bilingual
from referral.shared.database import DirectoryBase, Identified
from referral.shared.versions import Versioned


class Via(StrEnum):
    """How a change came to us."""

    ACCOUNT = "account"
    LINK = "link"
    HOUSE_PHONE = "house-phone"
    SHEET = "sheet"
    VETTER = "vetter"


class ProposalStatus(StrEnum):
    """Where a proposal stands; all but the first two are the end of it."""

    WAITING = "waiting"
    SENT_BACK = "sent-back"
    DECIDED = "decided"
    TAKEN_BACK = "taken-back"


class ChangeStatus(StrEnum):
    """Where the change of one field stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken-back"


class RoomState(StrEnum):
    """Room tonight, in the four answers that a house can give in one tap."""

    FULL = "full"
    ROOM = "room"
    WAITING_LIST = "waiting-list"
    ASK = "ask"


class Audience(StrEnum):
    """Who may know about room: anyone, or workers who signed in."""

    PUBLIC = "public"
    PARTNERS = "partners"


class Proposal(Identified, Versioned, DirectoryBase):
    """What one person would change in one listing, at one time."""

    __tablename__ = "proposal"

    service_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    proposed_by: Mapped[str]
    user_id: Mapped[uuid.UUID | None]
    via: Mapped[Via]
    proposed_at: Mapped[datetime]
    status: Mapped[ProposalStatus] = mapped_column(default=ProposalStatus.WAITING, index=True)
    note: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]

    service: Mapped[Service] = relationship()
    changes: Mapped[list[ProposedChange]] = relationship(
        back_populates="proposal", cascade="all, delete-orphan", order_by="ProposedChange.field"
    )


class ProposedChange(Identified, OfService, DirectoryBase):
    """A change of one field that waits for review; values as ``fields.encode`` writes them.

    ``called_*`` say who reached the organization on the way that was listed before;
    ``first_approved_by`` is the first of the two people whom a confidential listing needs.
    """

    __tablename__ = "proposed_change"

    proposal_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    field: Mapped[str]
    value_before: Mapped[str | None]
    value_after: Mapped[str | None]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    status: Mapped[ChangeStatus] = mapped_column(default=ChangeStatus.WAITING)
    called_number: Mapped[str | None]
    called_by: Mapped[str | None]
    called_at: Mapped[datetime | None]
    first_approved_by: Mapped[uuid.UUID | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship(back_populates="changes")


class FieldChange(Identified, OfService, DirectoryBase):
    """What a field was before and after, who changed it, how and when; only a withdrawal takes values out."""

    __tablename__ = "field_change"

    field: Mapped[str]
    value_before: Mapped[str | None]
    value_after: Mapped[str | None]
    changed_by: Mapped[str]
    via: Mapped[Via]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    proposal_id: Mapped[uuid.UUID | None]


class LanguageToReview(Identified, OfService, DirectoryBase):
    """A text whose other language changed and which did not: French and English are out of step."""

    __tablename__ = "language_to_review"
    __table_args__ = (sa.UniqueConstraint("service_id", "field", "language"),)

    field: Mapped[str]
    language: Mapped[str] = mapped_column(sa.String(2))
    since: Mapped[datetime]


class ListingDraft(Identified, OfService, DirectoryBase):
    """What somebody typed into the form of a listing and did not send yet; one for a person and a listing."""

    __tablename__ = "listing_draft"
    __table_args__ = (sa.UniqueConstraint("service_id", "user_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    typed: Mapped[str] = mapped_column(sa.Text, doc="The fields of the form, as JSON.")
    listing_version: Mapped[int]
    saved_at: Mapped[datetime]


class ServiceCapacity(Identified, OfService, DirectoryBase):
    """Room, as last told by the organization; it fades with its age. Each telling is a row of its own."""

    __tablename__ = "service_capacity"
    __table_args__ = (sa.Index("ix_service_capacity_latest", "service_id", "updated_at"),)

    unit: Mapped[str]
    state: Mapped[RoomState]
    audience: Mapped[Audience] = mapped_column(default=Audience.PARTNERS)
    told_by: Mapped[str] = mapped_column(default="")
    via: Mapped[Via] = mapped_column(default=Via.ACCOUNT)
    updated_at: Mapped[datetime] = mapped_column(index=True)


class RoomAudience(DirectoryBase):
    """Whom an organization lets know whether there is room; until it chooses, workers who signed in."""

    __tablename__ = "room_audience"

    service_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    audience: Mapped[Audience] = mapped_column(default=Audience.PARTNERS)
    chosen_by: Mapped[str]
    chosen_at: Mapped[datetime]


class TemporaryClosure(Identified, OfService, DirectoryBase):
    """A time in which a service does not answer as usual; told at once, ended by its day or by a person."""

    __tablename__ = "temporary_closure"

    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason_code: Mapped[str | None] = mapped_column(sa.String(32))
    reason: Mapped[Bilingual] = bilingual("reason")
    told_by: Mapped[str]
    via: Mapped[Via]
    told_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None] = mapped_column(doc="When somebody last said that it still lasts.")
    ended_at: Mapped[datetime | None]


class ServiceForWorkers(OfService, DirectoryBase):
    """What only workers who signed in may read of a service, and what the organization says that it lacks."""

    __tablename__ = "service_for_workers"

    service_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[str | None]
    description: Mapped[Bilingual] = bilingual("description")
    lacks: Mapped[str] = mapped_column(default="", doc="Codes, separated by semicolons.")
    lacks_description: Mapped[Bilingual] = bilingual("lacks_description")


class WithdrawalKind(StrEnum):
    """What is taken from readers at once."""

    CONFIDENTIAL = "confidential"
    """Where the service is becomes confidential; the rest of the listing stays."""
    CLOSED = "closed"
    """The whole listing goes, for safety."""
    NAME = "name"
    """Somebody's name goes from all that is kept of the listing."""


class Withdrawal(Identified, OfService, DirectoryBase):
    """Something taken from readers for safety; done once every reader shows an edition without it."""

    __tablename__ = "withdrawal"

    kind: Mapped[WithdrawalKind]
    asked_by: Mapped[str]
    user_id: Mapped[uuid.UUID | None]
    via: Mapped[Via]
    asked_at: Mapped[datetime]
    revision: Mapped[int]
    done_at: Mapped[datetime | None] = mapped_column(index=True)
