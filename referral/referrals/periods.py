"""For which months a report is: a quarter, or April to March; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

QUARTER_MONTHS, YEAR_MONTHS = 3, 12
FIRST_MONTH = 4
"""The year of those who pay for services begins in April."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first of a month, for three months or twelve."""

    first: date
    months: int

    @property
    def last(self) -> date:
        """The last day."""
        return _add(self.first, self.months) - timedelta(days=1)

    def has_ended(self, today: date) -> bool:
        """Say whether nothing can be counted in it any more: only then may it leave the organization."""
        return today > self.last

    def quarters(self) -> tuple[Period, ...]:
        """Return its quarters, itself where it is one."""
        return tuple(
            Period(_add(self.first, months), QUARTER_MONTHS)
            for months in range(0, self.months, QUARTER_MONTHS)
        )


def quarter_of(day: date) -> Period:
    """Return the quarter of a day."""
    return Period(date(day.year, day.month - (day.month - 1) % QUARTER_MONTHS, 1), QUARTER_MONTHS)


def year_of(day: date) -> Period:
    """Return April to March around a day."""
    return Period(date(day.year - (day.month < FIRST_MONTH), FIRST_MONTH, 1), YEAR_MONTHS)


def _add(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
