"""How long is left, or how late it is, as one says it; pure but for the language."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from referral.i18n.dates import say_date, say_time
from referral.i18n.locale import current_language
from referral.shared.clock import QUEBEC

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
BEFORE_MIDNIGHT = timedelta(microseconds=1)
"""What is due at the midnight that ends a day is due that day."""


def say_due(due_at: datetime, at: datetime) -> str:
    """Return « il reste 2 h » or « en retard de 3 jours »: minutes, then hours, then days of the calendar."""
    return _say_late(due_at, at) if due_at <= at else _say_left(due_at, at)


def say_by(due_at: datetime) -> str:
    """Return « au plus tard le 27 novembre 2026 », with the hour where it is not the end of that day."""
    last, language = (due_at - BEFORE_MIDNIGHT).astimezone(QUEBEC), current_language()
    day, hour = say_date(last.date(), language), due_at.astimezone(QUEBEC).time()
    if hour == time():
        return _("by %(day)s", day=day)
    return _("by %(day)s at %(hour)s", day=day, hour=say_time(hour, language))


def _say_left(due_at: datetime, at: datetime) -> str:
    left = due_at - at
    if left < HOUR:
        minutes = max(1, left // timedelta(minutes=1))
        return str(ngettext("%(num)d minute left", "%(num)d minutes left", minutes))
    if left < DAY:
        return str(ngettext("%(num)d hour left", "%(num)d hours left", left // HOUR))
    return str(ngettext("%(num)d day left", "%(num)d days left", max(1, _days_between(at, due_at))))


def _say_late(due_at: datetime, at: datetime) -> str:
    late = at - due_at
    if late < HOUR:
        minutes = max(1, late // timedelta(minutes=1))
        return str(ngettext("late by %(num)d minute", "late by %(num)d minutes", minutes))
    if late < DAY:
        return str(ngettext("late by %(num)d hour", "late by %(num)d hours", late // HOUR))
    return str(ngettext("late by %(num)d day", "late by %(num)d days", max(1, _days_between(due_at, at))))


def _days_between(first: datetime, last: datetime) -> int:
    days = ((each - BEFORE_MIDNIGHT).astimezone(QUEBEC).date() for each in (first, last))
    one, other = days
    return (other - one).days
