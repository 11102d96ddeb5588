"""What leaves an organization: made once for a period that ended, kept, and given as it was kept ever after.

A year leaves whole or by quarter, as its first release decides: were both to leave, one would tell what the
other hides. A year that leaves by quarter is the sum of what its quarters show.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from referral.evidence.releasing import Release, add_up
from referral.referrals.counting import Counted, list_counts
from referral.referrals.periods import Period, year_of
from referral.referrals.release_models import ReportRelease, Subject
from referral.referrals.reports import from_plain, make_release, to_plain


class NotEndedError(Exception):
    """The period still runs: what is counted in it changes."""


class LeavesOtherwiseError(Exception):
    """A quarter is asked for, of a year that left whole."""


class Stand(StrEnum):
    """How a period stands: what may be done, or why nothing can."""

    RUNS = "runs"
    FREE = "free"
    OF_QUARTERS = "of-quarters"
    """A year of which a quarter left: it can leave as their sum."""
    WHOLE = "whole"
    """A quarter of a year that left whole: it cannot leave any more."""
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose report, of what and when."""

    organization_id: uuid.UUID
    subject: Subject
    period: Period


def list_counted(session: Session, asked: Asked) -> list[Counted]:
    """Return true counts of a period, for inside the organization only."""
    is_sender = asked.subject is Subject.SENT
    period = asked.period
    return list(list_counts(session, asked.organization_id, period.first, period.last, is_sender=is_sender))


def find_release(session: Session, asked: Asked) -> Release | None:
    """Return what left of a period; None where nothing did."""
    row = _find(session, asked, asked.period)
    if row is None:
        return None
    if row.tables is not None:
        return from_plain(row.tables)
    parts = [_find(session, asked, quarter) for quarter in asked.period.quarters()]
    kept = [from_plain(part.tables) for part in parts if part is not None and part.tables is not None]
    return add_up(kept) if len(kept) == len(parts) else None


def stand_of(session: Session, asked: Asked, today: date) -> Stand:
    """Say how a period stands."""
    if find_release(session, asked) is not None:
        return Stand.LEFT
    if not asked.period.has_ended(today):
        return Stand.RUNS
    year = _find(session, asked, year_of(asked.period.first))
    if year is None:
        return Stand.FREE
    if asked.period.months == year.months:
        return Stand.OF_QUARTERS
    return Stand.FREE if year.tables is None else Stand.WHOLE


def let_leave(session: Session, asked: Asked, at: datetime, today: date) -> None:
    """Make and keep what leaves of a period, inside ``writing``; what left already stays as it is.

    Raises NotEndedError, LeavesOtherwiseError.
    """
    period, year = asked.period, year_of(asked.period.first)
    if not period.has_ended(today):
        raise NotEndedError
    is_year = period == year
    _keep(session, asked, year, at, make_release(list_counted(session, asked)) if is_year else None)
    is_whole = session.scalars(_of(asked, year)).one().tables is not None
    if is_whole:
        if not is_year:
            raise LeavesOtherwiseError
        return
    for quarter in period.quarters():
        of_quarter = Asked(asked.organization_id, asked.subject, quarter)
        _keep(session, asked, quarter, at, make_release(list_counted(session, of_quarter)))


def _keep(session: Session, asked: Asked, period: Period, at: datetime, released: Release | None) -> None:
    """Keep a release unless there is one: of two at once the second waits, then finds the first's."""
    dialect = postgresql if session.get_bind(ReportRelease).dialect.name == "postgresql" else sqlite
    row = dialect.insert(ReportRelease).values(
        organization_id=asked.organization_id,
        subject=asked.subject,
        first=period.first,
        months=period.months,
        made_at=at,
        tables=None if released is None else to_plain(released),
    )
    session.execute(row.on_conflict_do_nothing())


def _of(asked: Asked, period: Period) -> sa.Select[ReportRelease]:
    return sa.select(ReportRelease).where(
        ReportRelease.organization_id == asked.organization_id,
        ReportRelease.subject == asked.subject,
        ReportRelease.first == period.first,
        ReportRelease.months == period.months,
    )


def _find(session: Session, asked: Asked, period: Period) -> ReportRelease | None:
    return session.scalars(_of(asked, period)).one_or_none()
