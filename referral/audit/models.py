"""Tables of the audit; each database that has one derives its own three from the mixins."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from referral.audit.chain import Value
from referral.audit.events import LONGEST_NAME, LONGEST_TARGET
from referral.shared.database import CASES, DIRECTORY, CasesBase, DirectoryBase

MAC = sa.String(64)
MONTH = sa.String(7)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _newest_first(table: str, columns: tuple[str, ...]) -> tuple[sa.Index, ...]:
    return tuple(sa.Index(f"ix_{table}_{column}_number", column, "number") for column in columns)


class EventRow:
    """One act, at its number: numbers have no gap."""

    __tablename__ = "audit_event"

    number: Mapped[int] = mapped_column(COUNT, primary_key=True, autoincrement=False)
    segment: Mapped[str] = mapped_column(MONTH, index=True)
    occurred_at: Mapped[datetime]
    action: Mapped[str] = mapped_column(sa.String(32))
    target_type: Mapped[str] = mapped_column(sa.String(LONGEST_TARGET))
    target_id: Mapped[str | None] = mapped_column(sa.String(LONGEST_TARGET))
    actor: Mapped[str | None] = mapped_column(sa.String(LONGEST_NAME))
    user_id: Mapped[uuid.UUID | None]
    acting_for: Mapped[uuid.UUID | None]
    organization_id: Mapped[uuid.UUID | None]
    previous: Mapped[str] = mapped_column(MAC)
    mac: Mapped[str] = mapped_column(MAC)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[sa.Index, ...]:  # noqa: N805  # SQLAlchemy gives the class
        """Let an organization or a person find their own, newest first."""
        return _newest_first(cls.__tablename__, ("organization_id", "acting_for", "user_id"))


class HeadRow:
    """Where the chain ends: one row, locked while something is appended."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(COUNT)
    segment: Mapped[str] = mapped_column(MONTH)
    first_number: Mapped[int] = mapped_column(COUNT)
    first_previous: Mapped[str] = mapped_column(MAC)
    mac: Mapped[str] = mapped_column(MAC)
    seal: Mapped[str] = mapped_column(MAC)

    def sealed(self) -> tuple[Value, ...]:
        """Return what the seal covers."""
        return (self.number, self.segment, self.first_number, self.first_previous, self.mac)


class SegmentRow:
    """A month that is over: from where to where, and whether its rows were let go."""

    __tablename__ = "audit_segment"

    segment: Mapped[str] = mapped_column(MONTH, primary_key=True)
    first_number: Mapped[int] = mapped_column(COUNT)
    last_number: Mapped[int] = mapped_column(COUNT)
    first_previous: Mapped[str] = mapped_column(MAC)
    last_mac: Mapped[str] = mapped_column(MAC)
    expired_at: Mapped[datetime | None]
    seal: Mapped[str] = mapped_column(MAC)

    def sealed(self) -> tuple[Value, ...]:
        """Return what the seal covers."""
        return (
            self.segment,
            self.first_number,
            self.last_number,
            self.first_previous,
            self.last_mac,
            self.expired_at,
        )


class AuditEvent(EventRow, DirectoryBase):
    """An event of the directory."""


class AuditHead(HeadRow, DirectoryBase):
    """The end of the directory's chain."""


class AuditSegment(SegmentRow, DirectoryBase):
    """A month of the directory's chain."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The tables of one database's audit, under the database's name."""

    name: str
    event: type[EventRow]
    head: type[HeadRow]
    segment: type[SegmentRow]


class CasesAuditEvent(EventRow, CasesBase):
    """An event of the case files."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[sa.Index, ...]:  # noqa: N805  # SQLAlchemy gives the class
        """Let a file, too, find who looked at it."""
        return _newest_first(cls.__tablename__, ("organization_id", "acting_for", "user_id", "target_id"))


class CasesAuditHead(HeadRow, CasesBase):
    """The end of the case files' chain."""


class CasesAuditSegment(SegmentRow, CasesBase):
    """A month of the case files' chain."""


DIRECTORY_CHAIN = Chain(DIRECTORY, AuditEvent, AuditHead, AuditSegment)
CASES_CHAIN = Chain(CASES, CasesAuditEvent, CasesAuditHead, CasesAuditSegment)

CHAINS = (DIRECTORY_CHAIN, CASES_CHAIN)

COVERED = (
    "segment",
    "occurred_at",
    "action",
    "target_type",
    "target_id",
    "actor",
    "user_id",
    "acting_for",
    "organization_id",
)
"""Columns of an event that its MAC covers, besides its number and the MAC before it."""


def covered(chain: Chain, number: int, row: Mapping[str, Any]) -> tuple[Value, ...]:
    """Return what the MAC of an event covers, were it at that number."""
    return (chain.name, "event", number, row["previous"], *(row[name] for name in COVERED))
