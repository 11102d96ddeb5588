"""When a listing is verified, who is called first, and when one may give up: pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from referral.catalogue.freshness import Months, day_after, is_urgent, standing, thresholds_for
from referral.partners.round_models import Answered, Channel, Reason

FOLLOW_UP = timedelta(weeks=3)
"""After a letter that nobody answered."""
CALL = timedelta(weeks=1)
"""After the follow-up."""
REST = timedelta(days=90)
"""After a round that ended without a confirmation, before another begins."""
REMINDED = timedelta(days=30)
"""For an answer to a reminder, which is not followed up."""
NOTICE = timedelta(days=30)
"""Before a listing is ranked last, and before it is hidden."""
LEAST_TRIES, LEAST_CHANNELS = 3, 2
CHOICES = (1, 3, 6)
"""Months between reminders."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a listing decides when it is verified."""

    service_id: UUID
    organization_id: UUID
    categories: frozenset[str]
    always_open: bool | None
    assured: date | None

    @property
    def is_urgent(self) -> bool:
        """Whether wrong facts cost most here."""
        return is_urgent(self.categories, always_open=self.always_open)


@dataclass(frozen=True, slots=True)
class Coming:
    """What will become of a listing, from which day on: ``last`` or ``hidden``."""

    kind: str
    from_day: date


def is_due(facts: Facts, months: Months, today: date) -> bool:
    """Say whether a confirmation is to be renewed; what was never confirmed waits for a call instead."""
    thresholds = thresholds_for(facts.categories, always_open=facts.always_open, months=months)
    return standing(facts.assured, thresholds, today) not in {"unconfirmed", "fresh"}


def list_coming(assured: date, months: Months, today: date) -> list[Coming]:
    """Return what will happen within the time of notice; what is past is told too, by whoever comes late."""
    found = []
    for kind, count in (("last", months.last), ("hidden", months.hidden)):
        from_day = day_after(assured, count)
        if from_day - NOTICE <= today:
            found.append(Coming(kind, from_day))
    return found


def priority(facts: Facts, reason: Reason, since: datetime | None) -> tuple[bool, bool, date, str, str]:
    """Order calls: who asked first, then what costs most where it is wrong, then the oldest confirmation.

    Among those the ones shown as confirmed come before those that say themselves that they are not.
    """
    return (
        reason is not Reason.ASKED,
        not facts.is_urgent,
        facts.assured or date.max,
        since.isoformat() if since else "9999",
        str(facts.service_id),
    )


def monday_of(day: date) -> date:
    """Return the first day of the week of a call list."""
    return day - timedelta(days=day.weekday())


def may_give_up(tries: Iterable[tuple[Channel, Answered]]) -> bool:
    """Say whether enough was tried, in enough ways, to say that nobody can be reached."""
    failed = [channel for channel, answered in tries if answered is not Answered.REACHED]
    return len(failed) >= LEAST_TRIES and len(set(failed)) >= LEAST_CHANNELS


def is_reminder_due(last: date, months: int, today: date) -> bool:
    """Say whether it is time to remind, so many months after the last time."""
    return day_after(last, months) <= today
