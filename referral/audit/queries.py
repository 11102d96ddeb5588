"""Reads of the audit: what an organization may know of who looked at its things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.audit.events import Action
from referral.audit.models import DIRECTORY_CHAIN, Chain

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """Who did what, when; ``words.say`` makes a sentence of it."""

    number: int
    occurred_at: datetime
    action: Action
    target_type: str
    target_id: str | None
    actor: str | None
    user_id: UUID | None
    acting_for: UUID | None
    organization_id: UUID | None


def make_line(row: Mapping[str, Any]) -> Line:
    """Return a row as a line."""
    return Line(**{**row, "action": Action(row["action"])})


def list_for_organization(
    session: Session,
    organization_id: UUID,
    before: int | None = None,
    limit: int = PAGE,
    chain: Chain = DIRECTORY_CHAIN,
) -> Sequence[Line]:
    """Return what was done to an organization's things, and by those who acted for it; newest first.

    ``before`` is the number of the last line of the page above.
    """
    event = chain.event
    columns = [getattr(event, name) for name in Line.__slots__]
    concerned = [event.organization_id == organization_id, event.acting_for == organization_id]
    pages = [
        sa.select(event.number)
        .where(condition, *([event.number < before] if before is not None else []))
        .order_by(event.number.desc())
        .limit(limit)
        .subquery()
        for condition in concerned
    ]
    numbers = sa.union(*(sa.select(page.c.number) for page in pages)).subquery()
    statement = (
        sa.select(*columns)
        .where(event.number.in_(sa.select(numbers.c.number)))
        .order_by(event.number.desc())
        .limit(limit)
    )
    return [make_line(row._asdict()) for row in session.execute(statement)]


def list_of_person(
    session: Session,
    user_id: UUID,
    actions: Sequence[Action],
    limit: int = PAGE,
    chain: Chain = DIRECTORY_CHAIN,
) -> Sequence[Line]:
    """Return what a person did, of some acts, newest first: her own sign-ins, for instance."""
    event = chain.event
    columns = [getattr(event, name) for name in Line.__slots__]
    statement = (
        sa.select(*columns)
        .where(event.user_id == user_id, event.action.in_([action.value for action in actions]))
        .order_by(event.number.desc())
        .limit(limit)
    )
    return [make_line(row._asdict()) for row in session.execute(statement)]
