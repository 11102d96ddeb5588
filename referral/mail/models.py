"""The outbox: each database that sends mail derives its own from the mixin."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from referral.mail.letters import LONGEST_KEY
from referral.shared.database import CasesBase, DirectoryBase, Identified

KIND = sa.String(64)
REASON = sa.String(64)


class OutboxRow(Identified):
    """A letter and what became of it.

    ``sealed`` holds recipient and text under a key that the database does not have, since a letter may
    hold a link that lets in; it is emptied once the letter is sent.
    """

    __tablename__ = "outbox"

    key: Mapped[str] = mapped_column(sa.String(LONGEST_KEY), unique=True)
    kind: Mapped[str] = mapped_column(KIND)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    sealed: Mapped[bytes | None]
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(REASON)


class Outbox(OutboxRow, DirectoryBase):
    """The letters of the directory."""


class CasesOutbox(OutboxRow, CasesBase):
    """The letters about case files, which say only that something waits."""


OUTBOXES: tuple[type[OutboxRow], ...] = (Outbox, CasesOutbox)
