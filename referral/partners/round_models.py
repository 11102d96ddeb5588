"""Tables of the rounds: links of letters, what is to be verified and what came of it, and reminders."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.catalogue.models import OfService, Organization, Service
from referral.shared.database import DirectoryBase, Identified

HASH = sa.String(64)


class Purpose(StrEnum):
    """The one thing that a link of a letter is good for."""

    CONFIRM = "confirm"
    EDIT = "edit"
    REMINDERS = "reminders"


class Stage(StrEnum):
    """Where a round stands with one listing."""

    WRITTEN = "written"
    """A letter left; its answer is waited for."""
    FOLLOWED_UP = "followed-up"
    TO_CALL = "to-call"
    ENDED = "ended"


class Reason(StrEnum):
    """Why a listing is to be verified."""

    NEVER_CONFIRMED = "never-confirmed"
    DUE = "due"
    ASKED = "asked"
    """The organization has something to change, or wishes to be called."""
    REMINDED = "reminded"
    """A reminder that it chose; it is not followed up."""


class Outcome(StrEnum):
    """What came of a round."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    NO_LISTING = "no-listing"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"


class Channel(StrEnum):
    """By which way somebody was tried."""

    PHONE = "phone"
    TEXT = "text"
    MAIL = "mail"
    OTHER = "other"


class Answered(StrEnum):
    """How a try ended."""

    REACHED = "reached"
    NO_ANSWER = "no-answer"
    MESSAGE_LEFT = "message-left"
    WRONG_NUMBER = "wrong-number"


class Means(StrEnum):
    """How an organization wishes to be reminded."""

    MAIL = "mail"
    CALL = "call"
    ROUND_ONLY = "round-only"


class ListingLink(Identified, DirectoryBase):
    """A link of a letter to an organization; only hashes of its token, code and key are here.

    The code is read aloud by a vetter; the key is what the page of whoever typed it holds from then on.
    """

    __tablename__ = "listing_link"

    organization_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    purpose: Mapped[Purpose]
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    sent_count: Mapped[int] = mapped_column(default=0, doc="Forms sent since ``sent_since``.")
    sent_since: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(HASH)
    code_by: Mapped[str | None]
    code_expires_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    key_hash: Mapped[str | None] = mapped_column(HASH)
    key_expires_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship()


class VerificationRound(Identified, OfService, DirectoryBase):
    """One listing in one round; a listing is in one open round at most."""

    __tablename__ = "verification_round"
    __table_args__ = (
        sa.Index(
            "uq_verification_round_open",
            "service_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    organization_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    reason: Mapped[Reason]
    stage: Mapped[Stage] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    letter_key: Mapped[str | None]
    written_at: Mapped[datetime | None]
    followed_up_at: Mapped[datetime | None]
    to_call_at: Mapped[datetime | None]
    call_week: Mapped[date | None] = mapped_column(index=True, doc="The Monday of the list that it is on.")
    wants: Mapped[str] = mapped_column(
        default="", doc="What the organization asked for: ``change``, ``call``."
    )
    outcome: Mapped[Outcome | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    service: Mapped[Service] = relationship()
    attempts: Mapped[list[CallAttempt]] = relationship(
        order_by="CallAttempt.tried_at", cascade="all, delete-orphan"
    )


class CallAttempt(Identified, DirectoryBase):
    """One try to reach an organization; nobody's name but the vetter's is kept."""

    __tablename__ = "call_attempt"

    round_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("verification_round.id", ondelete="CASCADE"), index=True
    )
    channel: Mapped[Channel]
    answered: Mapped[Answered]
    tried_by: Mapped[str]
    tried_at: Mapped[datetime]


class ReminderChoice(DirectoryBase):
    """How and how often an organization is reminded between rounds; without a row, by the round only."""

    __tablename__ = "reminder_choice"

    organization_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organization.id"), primary_key=True)
    means: Mapped[Means]
    months: Mapped[int]
    language: Mapped[str] = mapped_column(sa.String(2))
    chosen_by: Mapped[str]
    chosen_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]


class OverdueNotice(Identified, OfService, DirectoryBase):
    """That an organization and the vetters were told what will become of a listing, and from which day."""

    __tablename__ = "overdue_notice"
    __table_args__ = (sa.UniqueConstraint("service_id", "kind", "assured_date"),)

    kind: Mapped[str] = mapped_column(sa.String(8), doc="``last`` or ``hidden``.")
    assured_date: Mapped[date]
    from_day: Mapped[date] = mapped_column(index=True)
    told_at: Mapped[datetime]

    service: Mapped[Service] = relationship()
