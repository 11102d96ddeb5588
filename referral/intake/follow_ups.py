"""Days on which somebody asks how she is: planned while she agrees and can safely be reached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.intake.follow_up_days import due_day
from referral.intake.held import Held
from referral.intake.models import FollowUp
from referral.intake.safe import Safe
from referral.intake.vocabulary import CaseEventKind, CaseStatus, FollowUpKind, FollowUpStatus
from referral.shared.clock import QUEBEC

OVER = (FollowUpStatus.DONE, FollowUpStatus.NOT_REACHED)


class FollowUpGoneError(Exception):
    """A follow-up is not planned any more: somebody wrote what came of it, or it was called off."""


def day_of(at: datetime) -> date:
    """Return the day of a moment in Québec."""
    return at.astimezone(QUEBEC).date()


def list_follow_ups(session: Session, case_id: UUID) -> Sequence[FollowUp]:
    """Return the follow-ups of a file, the next first."""
    return session.scalars(
        sa.select(FollowUp).where(FollowUp.case_id == case_id).order_by(FollowUp.due_on, FollowUp.kind)
    ).all()


def plan(held: Held, wanted: Collection[str], *, reachable: bool) -> None:
    """Plan what she agrees to and call off what she does not; what was done stays.

    Nothing is planned in a file that is not open, nor where there is no safe way to reach her.
    """
    case, today = held.case, day_of(held.at)
    agreed = set(wanted) if reachable and case.status is CaseStatus.OPEN else set()
    known = {row.kind: row for row in list_follow_ups(held.session, case.id)}
    for kind in FollowUpKind:
        row = known.get(kind)
        if kind not in agreed:
            if row is not None and row.status is FollowUpStatus.PLANNED:
                row.status = FollowUpStatus.CANCELLED
        elif row is None or row.status is FollowUpStatus.CANCELLED:
            _plan(held, kind, row, today)
    held.session.flush()


def _plan(held: Held, kind: FollowUpKind, row: FollowUp | None, today: date) -> None:
    opened_at = held.case.opened_at or held.at
    due_on = due_day(kind, day_of(opened_at), today)
    if row is None:
        held.session.add(FollowUp(case_id=held.case.id, kind=kind, due_on=due_on))
    else:
        row.status, row.due_on = FollowUpStatus.PLANNED, due_on


def tell_outcome(held: Held, follow_up_id: UUID, *, reached: bool, words: str) -> None:
    """Write down that somebody asked her, or could not reach her, and what she said, sealed.

    Raises FollowUpGoneError.
    """
    row = held.session.get(FollowUp, follow_up_id, with_for_update=True, populate_existing=True)
    is_open = held.case.status is CaseStatus.OPEN
    if row is None or row.case_id != held.case.id or row.status is not FollowUpStatus.PLANNED or not is_open:
        raise FollowUpGoneError
    row.status = FollowUpStatus.DONE if reached else FollowUpStatus.NOT_REACHED
    row.done_at, row.done_by = held.at, held.user_id
    row.sealed = held.safe.seal(_place(row.id), words) if words else None
    held.touch()
    held.tell(CaseEventKind.FOLLOWED_UP, {"follow_up": row.kind, "reached": reached})
    held.record()


def read_outcome(row: FollowUp, safe: Safe) -> str:
    """Return what was written of a follow-up."""
    return "" if row.sealed is None else str(safe.open(_place(row.id), row.sealed))


def _place(follow_up_id: UUID) -> str:
    return f"follow_up.{follow_up_id}"
