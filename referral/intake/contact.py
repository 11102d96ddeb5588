"""When somebody may be reached, as she said herself; pure. Hours are those of a clock on a wall in Québec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from referral.shared.clock import QUEBEC

DAY = timedelta(days=1)
AHEAD = 8
"""Days looked at: a rule says the same each week."""
NEVER = "none"
TELLING = frozenset({"detail", "ask_for", "words"})
"""Of a rule, what nobody needs to see while she may not be reached."""


class Block(StrEnum):
    """Why she may not be reached now."""

    UNKNOWN = "unknown"
    """Nothing is known of how."""
    NEVER = "never"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether she may be reached at a moment; ``opens_at`` is when, where it is not yet."""

    block: Block | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @property
    def allowed(self) -> bool:
        """Say whether nothing stands against it."""
        return self.block is None


def has_channel(rules: Mapping[str, Any] | None) -> bool:
    """Say whether there is a safe way at all to reach her."""
    return rules is not None and rules["channel"] != NEVER


def may_contact(rules: Mapping[str, Any] | None, at: datetime) -> Verdict:
    """Say whether she may be reached at a moment by her channel, and if not, from when."""
    if rules is None:
        return Verdict(Block.UNKNOWN)
    if not has_channel(rules):
        return Verdict(Block.NEVER)
    if not rules.get("days") and not rules.get("from"):
        return Verdict()
    moment, today = at.astimezone(UTC), at.astimezone(QUEBEC).date()
    spans = [_span(rules, today + n * DAY) for n in range(-1, AHEAD) if _is_day(rules, today + n * DAY)]
    open_now = [ends for begins, ends in spans if begins <= moment < ends]
    if open_now:
        return Verdict(closes_at=max(open_now) if rules.get("from") else None)
    later = [begins for begins, ends in spans if begins > moment and ends > begins]
    return Verdict(Block.TIME, min(later, default=None))


def shown_now(rules: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
    """Return what may be shown of a rule at a moment: while she may not be reached, no number, no words."""
    if may_contact(rules, at).allowed:
        return rules
    return {name: value for name, value in rules.items() if name not in TELLING}


def _is_day(rules: Mapping[str, Any], day: date) -> bool:
    return not rules.get("days") or day.weekday() in rules["days"]


def _span(rules: Mapping[str, Any], day: date) -> tuple[datetime, datetime]:
    """Return when the hours of a day begin and end; those past midnight belong to the day they began on."""
    if not rules.get("from"):
        return _moment(day, time.min), _moment(day + DAY, time.min)
    begins, ends = time.fromisoformat(rules["from"]), time.fromisoformat(rules["to"])
    return _moment(day, begins), _moment(day if ends > begins else day + DAY, ends)


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, QUEBEC).astimezone(UTC)
