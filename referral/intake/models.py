"""Tables of case files.

In clear is what queues need: status, owner, deputy, dates, urgency, parties. Whatever tells of the
person is in a column ``sealed``, which only the key of the very thing opens (``intake.safe``).
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.intake.vocabulary import (
    Basis,
    CaseEventKind,
    CaseStatus,
    CertificateKind,
    DestructionReason,
    EndOfPacket,
    FollowUpKind,
    FollowUpStatus,
    Item,
    RightsKind,
    Urgency,
)
from referral.shared.database import CasesBase, Identified

CODE = sa.String(12)
NAME = sa.String(40)
NOTICE = sa.String(16)
LONGEST_GRANT = 90
"""Days."""


def _case_key() -> Mapped[uuid.UUID]:
    return mapped_column(sa.ForeignKey("case_file.id"), index=True)


class Case(Identified, CasesBase):
    """The file that one organization keeps; of an erased one only this row remains, which tells nothing."""

    __tablename__ = "case_file"

    code: Mapped[str] = mapped_column(CODE, unique=True)
    organization_id: Mapped[uuid.UUID]
    status: Mapped[CaseStatus] = mapped_column(default=CaseStatus.DRAFT)
    owner_id: Mapped[uuid.UUID]
    deputy_id: Mapped[uuid.UUID | None]
    urgency: Mapped[Urgency | None]
    next_step_on: Mapped[date | None]
    next_step_sealed: Mapped[bytes | None]
    returns_to_id: Mapped[uuid.UUID | None]
    returns_on: Mapped[date | None]
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closure_sealed: Mapped[bytes | None]
    keep_until: Mapped[date | None]
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    answers: Mapped[list[Answer]] = relationship(back_populates="case")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint(
            "status <> 'open' OR "
            "(deputy_id IS NOT NULL AND next_step_on IS NOT NULL AND opened_at IS NOT NULL)",
            name="open_has_deputy_and_next_step",
        ),
        sa.CheckConstraint("deputy_id IS NULL OR deputy_id <> owner_id", name="deputy_is_another"),
        sa.CheckConstraint("(returns_to_id IS NULL) = (returns_on IS NULL)", name="return_is_whole"),
        # Lists are sorted from these alone: a file's own row, with what is sealed, is read for those shown.
        sa.Index(
            "ix_case_file_of_organization", "organization_id", "status", "next_step_on", "urgency", "id"
        ),
        sa.Index(
            "ix_case_file_of_owner", "owner_id", "status", "next_step_on", "urgency", "organization_id", "id"
        ),
        sa.Index(
            "ix_case_file_of_deputy",
            "deputy_id",
            "status",
            "next_step_on",
            "urgency",
            "organization_id",
            "id",
        ),
        sa.Index("ix_case_file_newest", "organization_id", "status", "closed_at", "created_at", "id"),
        sa.Index(
            "ix_case_file_parties", "id", "organization_id", "status", "owner_id", "deputy_id", "urgency"
        ),
        sa.Index("ix_case_file_keep_until", "keep_until"),
        sa.Index("ix_case_file_returns_on", "returns_on"),
    )


class Answer(CasesBase):
    """What is known of one question of a file; versioned by itself, since two people may write at once."""

    __tablename__ = "answer"

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_file.id"), primary_key=True)
    name: Mapped[str] = mapped_column(NAME, primary_key=True)
    sealed: Mapped[bytes]
    version: Mapped[int] = mapped_column()
    changed_at: Mapped[datetime]
    changed_by: Mapped[uuid.UUID]

    case: Mapped[Case] = relationship(back_populates="answers")

    __mapper_args__ = {"version_id_col": version}


class VaultEntry(Identified, CasesBase):
    """A legal name, where an organization insists; under a key of its own, and never an item to share."""

    __tablename__ = "vault_entry"

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_file.id"), unique=True)
    sealed: Mapped[bytes]
    changed_at: Mapped[datetime]
    changed_by: Mapped[uuid.UUID]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class CaseEvent(Identified, CasesBase):
    """One line of a file's timeline; written once."""

    __tablename__ = "case_event"

    case_id: Mapped[uuid.UUID] = _case_key()
    occurred_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID | None]
    kind: Mapped[CaseEventKind]
    sealed: Mapped[bytes | None]


class Consent(Identified, CasesBase):
    """A grant: to whom, which items, why, until when. One reading may have made several."""

    __tablename__ = "consent"

    case_id: Mapped[uuid.UUID] = _case_key()
    reading_id: Mapped[uuid.UUID] = mapped_column(index=True)
    receiver_id: Mapped[uuid.UUID]
    days: Mapped[int]
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    notice_version: Mapped[str] = mapped_column(NOTICE)
    taken_by: Mapped[uuid.UUID]
    sealed: Mapped[bytes]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column()

    items: Mapped[list[ConsentItem]] = relationship(back_populates="consent")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint(f"days BETWEEN 1 AND {LONGEST_GRANT}", name="is_short"),
        sa.CheckConstraint("expires_at > given_at", name="ends_after_it_began"),
        sa.UniqueConstraint("id", "receiver_id"),
        sa.UniqueConstraint("id", "case_id"),
    )

    @property
    def scope(self) -> frozenset[Item]:
        """The items as a set, as the rules compare them."""
        return frozenset(each.item for each in self.items)


class ConsentItem(CasesBase):
    """One thing that may be shared under a consent; what is shared points here."""

    __tablename__ = "consent_item"

    consent_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("consent.id"), primary_key=True)
    item: Mapped[Item] = mapped_column(primary_key=True)

    consent: Mapped[Consent] = relationship(back_populates="items")


class Packet(Identified, CasesBase):
    """What was sent to one organization under one consent, sealed with a key of its own."""

    __tablename__ = "packet"

    case_id: Mapped[uuid.UUID] = _case_key()
    consent_id: Mapped[uuid.UUID]
    sender_id: Mapped[uuid.UUID]
    receiver_id: Mapped[uuid.UUID]
    sent_at: Mapped[datetime]
    sent_by: Mapped[uuid.UUID]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended: Mapped[EndOfPacket | None]
    is_elsewhere: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    version: Mapped[int] = mapped_column()

    items: Mapped[list[PacketItem]] = relationship(back_populates="packet")
    consent: Mapped[Consent] = relationship(
        viewonly=True, primaryjoin="Packet.consent_id == Consent.id", foreign_keys="Packet.consent_id"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.ForeignKeyConstraint(["consent_id", "receiver_id"], ["consent.id", "consent.receiver_id"]),
        sa.ForeignKeyConstraint(["consent_id", "case_id"], ["consent.id", "consent.case_id"]),
        sa.UniqueConstraint("id", "consent_id"),
        sa.Index("ix_packet_received", *("receiver_id", "is_elsewhere", "ended_at", "expires_at", "id")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name="end_is_whole"),
    )


class PacketItem(CasesBase):
    """One item of what was sent: it cannot be stored unless that very consent holds it."""

    __tablename__ = "packet_item"

    packet_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    item: Mapped[Item] = mapped_column(primary_key=True)
    consent_id: Mapped[uuid.UUID]
    sealed: Mapped[bytes]

    packet: Mapped[Packet] = relationship(back_populates="items")

    __table_args__ = (
        sa.ForeignKeyConstraint(["packet_id", "consent_id"], ["packet.id", "packet.consent_id"]),
        sa.ForeignKeyConstraint(["consent_id", "item"], ["consent_item.consent_id", "consent_item.item"]),
    )


class PacketReading(Identified, CasesBase):
    """Who of the receiving organization read which item, when; nobody known where by a link. Written once."""

    __tablename__ = "packet_reading"

    packet_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("packet.id"), index=True)
    item: Mapped[Item]
    read_by: Mapped[uuid.UUID | None]
    organization_id: Mapped[uuid.UUID]
    read_at: Mapped[datetime]


class Disclosure(Identified, CasesBase):
    """What was communicated without consent, and on what ground; written once."""

    __tablename__ = "disclosure"

    organization_id: Mapped[uuid.UUID] = mapped_column(index=True)
    case_id: Mapped[uuid.UUID] = _case_key()
    basis: Mapped[Basis]
    made_at: Mapped[datetime]
    author_id: Mapped[uuid.UUID]
    author_name: Mapped[str] = mapped_column(sa.String(200))
    sealed: Mapped[bytes]


class FollowUp(Identified, CasesBase):
    """A day on which somebody asks how she is, since she agreed to be asked."""

    __tablename__ = "follow_up"

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_file.id"))
    kind: Mapped[FollowUpKind]
    due_on: Mapped[date]
    status: Mapped[FollowUpStatus] = mapped_column(default=FollowUpStatus.PLANNED)
    sealed: Mapped[bytes | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.UniqueConstraint("case_id", "kind"),
        sa.Index("ix_follow_up_case_id_status_due_on", "case_id", "status", "due_on"),
        sa.Index("ix_follow_up_status_due_on_case_id", "status", "due_on", "case_id"),
    )


class RightsRequest(Identified, CasesBase):
    """What a person asked about her own file, and by when it is to be answered."""

    __tablename__ = "rights_request"

    case_id: Mapped[uuid.UUID] = _case_key()
    organization_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[RightsKind]
    received_on: Mapped[date]
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None]
    sealed: Mapped[bytes | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Certificate(Identified, CasesBase):
    """That something was destroyed, when and why; ``completed_at`` once its key is gone."""

    __tablename__ = "certificate"

    organization_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[CertificateKind]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    code: Mapped[str | None] = mapped_column(CODE)
    reason: Mapped[DestructionReason]
    requested_by: Mapped[uuid.UUID | None]
    requested_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class Incident(Identified, CasesBase):
    """A confidentiality incident of an organization; its eight items are sealed."""

    __tablename__ = "incident"

    organization_id: Mapped[uuid.UUID] = mapped_column(index=True)
    learned_on: Mapped[date]
    is_serious: Mapped[bool | None]
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID]
    changed_at: Mapped[datetime]
    keep_until: Mapped[date] = mapped_column(index=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class OrganizationRules(CasesBase):
    """What an organization decided of its files; what it did not say follows ``rules.DEFAULTS``."""

    __tablename__ = "organization_rules"

    organization_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_months: Mapped[int]
    keeps_legal_names: Mapped[bool]
    privacy_contact: Mapped[str | None] = mapped_column(sa.String(200))
    changed_at: Mapped[datetime]
    changed_by: Mapped[uuid.UUID]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (sa.CheckConstraint("case_months BETWEEN 1 AND 120", name="months_are_few"),)
