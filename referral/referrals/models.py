"""Tables of referrals, in the database of case files.

In clear is what queues need: parties, status, urgency, whose turn it is and by when. What tells of the
person (need, reasons, words) is sealed with the referral's own key, which both organizations use.
"""

from __future__ import annotations

import uuid
from datetime import datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.intake.vocabulary import Urgency
from referral.referrals.status import ReferralStatus, Side
from referral.shared.database import CasesBase, Identified

HASH = sa.String(64)


class Via(StrEnum):
    """By which way a move, a message or an answer came."""

    ACCOUNT = "account"
    LINK = "link"
    CALL = "call"
    SYSTEM = "system"


class Called(StrEnum):
    """How a call ended."""

    REACHED = "reached"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"


class Referral(Identified, CasesBase):
    """One need of one person, asked of one organization, for one purpose, under one consent.

    What is sent is in two packets: what answering needs, and what only an acceptance opens. With
    ``by_call`` the organization has no account: whoever called writes its answers down.
    """

    __tablename__ = "referral"

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    sender_id: Mapped[uuid.UUID]
    receiver_id: Mapped[uuid.UUID]
    service_id: Mapped[uuid.UUID | None]
    by_call: Mapped[bool] = mapped_column(default=False)
    status: Mapped[ReferralStatus] = mapped_column(default=ReferralStatus.DRAFT)
    urgency: Mapped[Urgency]
    owner_id: Mapped[uuid.UUID]
    handler_id: Mapped[uuid.UUID | None]
    turn: Mapped[Side | None]
    due_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    was_accepted: Mapped[bool] = mapped_column(default=False)
    consent_id: Mapped[uuid.UUID | None]
    public_packet_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("packet.id"))
    private_packet_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("packet.id"))
    receiver_case_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("case_file.id"))
    group_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    chosen_at: Mapped[datetime | None]
    previous_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("referral.id"))
    created_at: Mapped[datetime]
    requested_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None]
    version: Mapped[int] = mapped_column()

    events: Mapped[list[ReferralEvent]] = relationship(
        back_populates="referral", order_by="ReferralEvent.occurred_at"
    )
    messages: Mapped[list[ReferralMessage]] = relationship(
        back_populates="referral", order_by="ReferralMessage.sent_at"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.ForeignKeyConstraint(["consent_id", "receiver_id"], ["consent.id", "consent.receiver_id"]),
        sa.ForeignKeyConstraint(["consent_id", "case_id"], ["consent.id", "consent.case_id"]),
        sa.CheckConstraint(
            "status IN ('draft', 'cancelled', 'entered-in-error') OR "
            "(consent_id IS NOT NULL AND requested_at IS NOT NULL)",
            name="sent_has_consent",
        ),
        sa.CheckConstraint(
            "by_call OR status IN ('draft', 'cancelled', 'entered-in-error') OR public_packet_id IS NOT NULL",
            name="sent_has_packet",
        ),
        sa.CheckConstraint("sender_id <> receiver_id", name="between_two"),
        sa.Index(
            "ix_referral_sent_queue",
            *("sender_id", "turn", "status", "urgency", "due_at", "owner_id", "case_id", "id"),
        ),
        sa.Index(
            "ix_referral_received_queue",
            *("receiver_id", "turn", "status", "urgency", "due_at", "handler_id", "by_call", "id"),
        ),
        sa.Index(
            "ix_referral_owned_queue",
            *("owner_id", "sender_id", "turn", "status", "urgency", "due_at", "case_id", "id"),
        ),
        sa.Index(
            "ix_referral_handled_queue",
            *("receiver_id", "handler_id", "turn", "status", "urgency", "due_at", "by_call", "id"),
        ),
        sa.Index(
            "ix_referral_sent_due",
            *("sender_id", "due_at", "status", "urgency", "owner_id", "turn", "id"),
        ),
        sa.Index(
            "ix_referral_received_due",
            *("receiver_id", "due_at", "status", "urgency", "handler_id", "turn", "by_call", "id"),
        ),
        sa.Index("ix_referral_public_packet_id", "public_packet_id"),
        sa.Index("ix_referral_private_packet_id", "private_packet_id"),
        sa.Index("ix_referral_previous_id", "previous_id"),
        sa.Index("ix_referral_due_at", "due_at"),
    )


class ReferralEvent(Identified, CasesBase):
    """One move of a referral; written once."""

    __tablename__ = "referral_event"

    referral_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("referral.id"), index=True)
    occurred_at: Mapped[datetime]
    side: Mapped[Side]
    via: Mapped[Via]
    user_id: Mapped[uuid.UUID | None]
    from_status: Mapped[ReferralStatus]
    to_status: Mapped[ReferralStatus]
    sealed: Mapped[bytes | None]

    referral: Mapped[Referral] = relationship(back_populates="events")


class ReferralMessage(Identified, CasesBase):
    """Words inside a referral, which both sides see; written once."""

    __tablename__ = "referral_message"

    referral_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("referral.id"), index=True)
    sent_at: Mapped[datetime]
    side: Mapped[Side]
    via: Mapped[Via]
    user_id: Mapped[uuid.UUID | None]
    sealed: Mapped[bytes]

    referral: Mapped[Referral] = relationship(back_populates="messages")


class ReferralCall(Identified, CasesBase):
    """A telephone call about a referral: before an urgent one is sent, or to whoever has no account."""

    __tablename__ = "referral_call"

    referral_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("referral.id"), index=True)
    called_at: Mapped[datetime]
    called_by: Mapped[uuid.UUID]
    answered: Mapped[Called]
    sealed: Mapped[bytes | None]


class ReferralLink(Identified, CasesBase):
    """A way to answer without an account: a link, and a code that is said on the listed number."""

    __tablename__ = "referral_link"

    referral_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("referral.id"), index=True)
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    code_hash: Mapped[str | None] = mapped_column(HASH)
    tries: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    code_given_at: Mapped[datetime | None]
    spent_at: Mapped[datetime | None]


class OnCallHours(Identified, CasesBase):
    """When an organization reads what it is sent; none entered: not known, the sender calls."""

    __tablename__ = "on_call_hours"

    organization_id: Mapped[uuid.UUID] = mapped_column(index=True)
    weekday: Mapped[int]
    opens_at: Mapped[time]
    closes_at: Mapped[time]

    __table_args__ = (
        sa.UniqueConstraint("organization_id", "weekday", "opens_at"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="is_weekday"),
    )
