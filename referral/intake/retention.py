"""Until when a closed file is kept; pure."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

DEFAULT_CASE_MONTHS = 24
"""Where an organization decided nothing."""


def keep_until(closed_on: date, months: int = DEFAULT_CASE_MONTHS) -> date:
    """Return the last day on which a file is kept; the 31st becomes the last day of a shorter month."""
    return closed_on + relativedelta(months=months)
