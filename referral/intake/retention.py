"""Until when each kind of record is kept, and how long before its end somebody is told; pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

DEFAULT_CASE_MONTHS = 24
"""Where an organization decided nothing."""
FEWEST_MONTHS, MOST_MONTHS = 1, 120
"""After it was closed, a file may be kept."""
WARNED = timedelta(days=30)
"""Those in charge see this long before what will be destroyed."""
LONGEST_STAY_MONTHS = 12
"""Once, and for a reason, a file may be kept longer by as much."""
REGISTER_YEARS = 5
"""What was communicated without consent, and incidents (Regulation A-2.1, r. 3.1, s. 8)."""
STALE_DRAFT = timedelta(days=90)
ANSWER = timedelta(days=30)
"""A person who asks about her own file has an answer within (P-39.1, s. 32)."""


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or before; the 31st becomes the last day of a shorter month."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def keep_until(closed_on: date, months: int = DEFAULT_CASE_MONTHS) -> date:
    """Return the last day on which a closed file is kept."""
    return add_months(closed_on, months)


def answer_by(received_on: date) -> date:
    """Return the last day on which a request is answered in time."""
    return received_on + ANSWER


def register_until(day: date) -> date:
    """Return the last day on which an entry of a register is kept."""
    return add_months(day, 12 * REGISTER_YEARS)


def move_end(wanted: date, today: date) -> date:
    """Return the day until which a closed file is kept after the rules changed: never without a warning."""
    return max(wanted, today + WARNED)


def latest_stay(ends_on: date) -> date:
    """Return the last day to which the end of a file may be put off."""
    return add_months(ends_on, LONGEST_STAY_MONTHS)


def is_over(ends_on: date | None, today: date) -> bool:
    """Say whether a record is to be destroyed: its last day is past."""
    return ends_on is not None and ends_on < today


def is_announced(ends_on: date | None, today: date) -> bool:
    """Say whether those in charge are told that a record will be destroyed."""
    return ends_on is not None and ends_on <= today + WARNED
