"""For which months a report is: a quarter, or April to March; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

QUARTER_MONTHS, YEAR_MONTHS = 3, 12
QUARTERS_OFFERED, YEARS_OFFERED = 9, 3
FIRST_MONTH = 4
"""The year of those who pay for services begins in April."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first of a month, for three months or twelve."""

    first: date
    months: int

    @property
    def code(self) -> str:
        """Its name in addresses."""
        return f"{self.first:%Y-%m}-{self.months}"

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


def list_periods(day: date) -> list[Period]:
    """Return the periods that are offered on a day: quarters, then years, the present one first."""
    quarters, years = [quarter_of(day)], [year_of(day)]
    while len(quarters) < QUARTERS_OFFERED:
        quarters.append(quarter_of(quarters[-1].first - timedelta(days=1)))
    while len(years) < YEARS_OFFERED:
        years.append(year_of(years[-1].first - timedelta(days=1)))
    return [*quarters, *years]


def _add(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
