"""How long something took, in bands of days on Québec's calendar: never a moment; pure."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from referral.shared.clock import QUEBEC


class Delay(StrEnum):
    """From the sending to the answer, or to the service; the last ones: it ended before there was any."""

    SAME_DAY = "same-day"
    ONE_DAY = "1-day"
    DAYS_2_3 = "2-3-days"
    DAYS_4_7 = "4-7-days"
    DAYS_8_14 = "8-14-days"
    MORE = "15-days-or-more"
    BEFORE_ANSWER = "before-answer"
    BEFORE_SERVICE = "before-service"


MOST = (
    (0, Delay.SAME_DAY),
    (1, Delay.ONE_DAY),
    (3, Delay.DAYS_2_3),
    (7, Delay.DAYS_4_7),
    (14, Delay.DAYS_8_14),
)


def delay_between(sent: datetime, then: datetime) -> Delay:
    """Return the band of the days that lie between two moments; the earlier may be either."""
    days = abs((day_of(then) - day_of(sent)).days)
    return next((band for most, band in MOST if days <= most), Delay.MORE)


def delay_to_answer(sent: datetime, answered: datetime | None) -> Delay:
    """Return how long the answer took, or that there was none before it ended."""
    return Delay.BEFORE_ANSWER if answered is None else delay_between(sent, answered)


def delay_to_service(sent: datetime, began: datetime | None) -> Delay:
    """Return how long it took until the service began, or that it ended before."""
    return Delay.BEFORE_SERVICE if began is None else delay_between(sent, began)


def day_of(moment: datetime) -> date:
    """Return the day of a moment in Québec."""
    return moment.astimezone(QUEBEC).date()
