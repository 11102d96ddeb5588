"""Tables of accounts. Secrets are kept as hashes, or sealed with a key that is not in the database."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_security import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import JSON

from referral.access.policy import Role
from referral.shared.database import DirectoryBase, Identified

HASH = sa.String(64)


class Stage(StrEnum):
    """How far someone has come in signing in."""

    FACTOR = "factor"
    """The password was right; the second factor is still to come."""
    SETUP = "setup"
    """Nothing can be done yet but to choose a second factor."""
    OPEN = "open"


class LinkKind(StrEnum):
    """What a one-time link lets its holder do."""

    INVITATION = "invitation"
    RESET = "reset"


class User(Identified, DirectoryBase, UserMixin):  # type: ignore[misc]  # Flask-Security's mixin has no column types
    """Somebody who signs in; several may share one mailbox, so that only ``username`` tells them apart."""

    __tablename__ = "user_account"

    username: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str | None] = mapped_column(sa.String(254))  # type: ignore[assignment]  # the mixin wants one
    language: Mapped[str] = mapped_column(sa.String(2))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(HASH, unique=True, default=lambda: uuid.uuid4().hex)
    password: Mapped[str | None] = mapped_column(sa.String(255))
    password_changed_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(sa.Text)
    totp_counter: Mapped[int | None] = mapped_column(sa.BigInteger)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Membership.created_at"
    )
    passkeys: Mapped[list[Passkey]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Passkey.created_at"
    )

    @property
    def has_factor(self) -> bool:
        """Say whether there is something besides the password; recovery codes only stand in for it."""
        return self.totp_secret is not None or bool(self.passkeys)


class Membership(Identified, DirectoryBase):
    """A role that someone has in an organization, or for the installation where that is None."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "organization_id", "role"),
        sa.Index(
            "uq_membership_installation",
            "user_id",
            "role",
            unique=True,
            sqlite_where=sa.text("organization_id IS NULL"),
            postgresql_where=sa.text("organization_id IS NULL"),
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    role: Mapped[Role]
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="memberships")


class Invitation(Identified, DirectoryBase):
    """A place that waits for somebody: no account exists before it is accepted."""

    __tablename__ = "invitation"

    username: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(2))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    role: Mapped[Role]
    invited_by: Mapped[str] = mapped_column(sa.String(120))
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When it was accepted or withdrawn."""


class PasswordReset(Identified, DirectoryBase):
    """A link to choose a new password.

    ``user_id`` is None only in a decoy, which never outlives a savepoint.
    """

    __tablename__ = "password_reset"

    user_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Passkey(Identified, DirectoryBase):
    """A key that someone's device keeps; ours is only its public half."""

    __tablename__ = "passkey"

    user_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="passkeys")


class PasskeyChallenge(Identified, DirectoryBase):
    """What a passkey must sign, once: for a person who is known, or for whoever signs in."""

    __tablename__ = "passkey_challenge"

    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    challenge: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class UserSession(Identified, DirectoryBase):
    """One sign-in on one device; the cookie holds a token of which only the hash is here."""

    __tablename__ = "user_session"

    user_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    stage: Mapped[Stage]
    device: Mapped[str] = mapped_column(sa.String(64))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime]
    """When the person last proved that it is she."""
    has_chosen: Mapped[bool] = mapped_column(default=False)
    """Whether she said for whom she acts, or had no choice."""
    acting_for: Mapped[uuid.UUID | None]
    waiting_secret: Mapped[str | None] = mapped_column(sa.Text)
    """Of the authenticator application that is being set up, sealed."""


class Throttle(DirectoryBase):
    """How often something failed in somebody's name; the name is a keyed hash, since it may be nobody's."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(HASH, primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]
