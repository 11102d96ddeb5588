"""Tables of agreements between organizations: they hold nothing of anybody who is helped."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral.intake.agreement_terms import Aggregate
from referral.shared.database import CasesBase, Identified

NAME = sa.String(200)
VERSION = sa.String(16)
STANDS = sa.text("ended_at IS NULL")


class Agreement(Identified, CasesBase):
    """What two organizations agree on before anything is sent; a pair has one that stands at most.

    Written once, but for its end. It is in force from the second signature on.
    """

    __tablename__ = "agreement"

    first_id: Mapped[uuid.UUID]
    second_id: Mapped[uuid.UUID] = mapped_column(index=True)
    text_version: Mapped[str] = mapped_column(VERSION)
    proposed_at: Mapped[datetime]
    proposed_for: Mapped[uuid.UUID]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None]
    ended_for: Mapped[uuid.UUID | None]
    ended_name: Mapped[str | None] = mapped_column(NAME)

    aggregates: Mapped[list[AgreementAggregate]] = relationship(back_populates="agreement")
    signatures: Mapped[list[AgreementSignature]] = relationship(
        back_populates="agreement", order_by="AgreementSignature.signed_at"
    )

    __table_args__ = (
        sa.CheckConstraint("first_id < second_id", name="pair_is_in_order"),
        sa.CheckConstraint("proposed_for IN (first_id, second_id)", name="a_party_proposed"),
        sa.CheckConstraint("ended_for IS NULL OR ended_for IN (first_id, second_id)", name="a_party_ended"),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_for IS NULL) "
            "AND (ended_at IS NULL) = (ended_name IS NULL)",
            name="end_is_whole",
        ),
        sa.Index(
            "ix_agreement_first_id_second_id",
            "first_id",
            "second_id",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
    )


class AgreementAggregate(CasesBase):
    """One thing that both may count together; written once."""

    __tablename__ = "agreement_aggregate"

    agreement_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agreement.id"), primary_key=True)
    aggregate: Mapped[Aggregate] = mapped_column(primary_key=True)

    agreement: Mapped[Agreement] = relationship(back_populates="aggregates")


class AgreementSignature(CasesBase):
    """That a lead signed for one of the two, and whose word it needs for a release; written once."""

    __tablename__ = "agreement_signature"

    agreement_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agreement.id"), primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    signed_at: Mapped[datetime]
    signed_by: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(NAME)
    approver: Mapped[str] = mapped_column(NAME)

    agreement: Mapped[Agreement] = relationship(back_populates="signatures")
