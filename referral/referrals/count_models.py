"""The table of counters: how many referrals came where. No key to a person, a file or a referral."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from referral.referrals.delays import Delay
from referral.referrals.status import ReferralStatus
from referral.shared.database import CasesBase

CODE = sa.String(64)
NOT_KNOWN = ""
"""In place of a code: columns of the key hold no null, which databases do not compare alike."""


class Step(StrEnum):
    """What is counted of a referral, each once: when it first came there."""

    SENT = "sent"
    ANSWERED = "answered"
    BEGAN = "began"
    ENDED = "ended"


class ReferralCount(CasesBase):
    """How many referrals are alike in all that is counted; one row for each likeness."""

    __tablename__ = "referral_count"

    month: Mapped[date] = mapped_column(primary_key=True, doc="The first of the month of the step.")
    step: Mapped[Step] = mapped_column(primary_key=True)
    sender_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    receiver_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    need: Mapped[str] = mapped_column(CODE, primary_key=True)
    population: Mapped[str] = mapped_column(CODE, primary_key=True)
    age_band: Mapped[str] = mapped_column(CODE, primary_key=True)
    delay_to_answer: Mapped[Delay] = mapped_column(primary_key=True)
    delay_to_service: Mapped[Delay] = mapped_column(primary_key=True)
    outcome: Mapped[ReferralStatus] = mapped_column(primary_key=True, doc="What it came to at that step.")
    reason: Mapped[str] = mapped_column(CODE, primary_key=True)
    count: Mapped[int]

    __table_args__ = (sa.CheckConstraint("count > 0", name="is_counted"),)
