"""Reads of what people told us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.models import Service
from referral.evidence.kinds import URGENCY, FlagAnswer, FlagStatus, UnmetReason
from referral.evidence.models import ListingFlag, UnmetNeed
from referral.evidence.receipts import hash_code


def list_waiting_flags(session: Session) -> Sequence[tuple[ListingFlag, Service]]:
    """Return what waits for review with its listing: what is unsafe first, then the oldest."""
    statement = (
        sa.select(ListingFlag, Service)
        .join(Service, Service.id == ListingFlag.service_id)
        .where(ListingFlag.status == FlagStatus.WAITING)
        .order_by(sa.case(URGENCY, value=ListingFlag.kind), ListingFlag.flagged_on, ListingFlag.id)
    )
    return [(flag, service) for flag, service in session.execute(statement)]


def find_flag(session: Session, flag_id: UUID) -> ListingFlag | None:
    """Return one flag, or None where there is none."""
    return session.get(ListingFlag, flag_id)


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever flagged is told: a code, and words in the language of the flag."""

    answer: FlagAnswer
    words: str
    language: str
    answered_on: date | None


def find_answer(session: Session, code: str) -> Told | None:
    """Return what came of the flag of a receipt; None while nothing did, and for a code that is none."""
    flag = session.scalars(
        sa.select(ListingFlag).where(ListingFlag.receipt_hash == hash_code(code))
    ).one_or_none()
    if flag is None or flag.answer is None:
        return None
    return Told(flag.answer, flag.answer_words, flag.language, flag.answered_on)


def count_unmet_needs(session: Session) -> Sequence[tuple[date, str | None, str, UnmetReason, int]]:
    """Return month, region, need, reason and how many, the newest month first."""
    columns = (UnmetNeed.month, UnmetNeed.region_code, UnmetNeed.need, UnmetNeed.reason)
    statement = (
        sa.select(*columns, sa.func.count()).group_by(*columns).order_by(UnmetNeed.month.desc(), *columns[1:])
    )
    return [
        (month, region, need, reason, count)
        for month, region, need, reason, count in session.execute(statement)
    ]


def count_needs_told(
    session: Session, begins: date, ends: date
) -> Sequence[tuple[str, str | None, str | None, int]]:
    """Return need, region, population and how many were told of the months from one day to before another."""
    columns = (UnmetNeed.need, UnmetNeed.region_code, UnmetNeed.clientele)
    statement = (
        sa.select(*columns, sa.func.count())
        .where(UnmetNeed.month >= begins, UnmetNeed.month < ends)
        .group_by(*columns)
    )
    return [(need, region, clientele, count) for need, region, clientele, count in session.execute(statement)]
