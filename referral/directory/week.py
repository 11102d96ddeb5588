"""The hours of a week in a few words, the same wherever they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext, lazy_gettext

from referral.catalogue.listing import Listing, Opening
from referral.catalogue.schedules import WEEKDAYS
from referral.i18n.dates import say_date, say_time
from referral.i18n.locale import current_language

DAYS = {
    "MO": lazy_gettext("Mon."),
    "TU": lazy_gettext("Tue."),
    "WE": lazy_gettext("Wed."),
    "TH": lazy_gettext("Thu."),
    "FR": lazy_gettext("Fri."),
    "SA": lazy_gettext("Sat."),
    "SU": lazy_gettext("Sun."),
}


def say_week(listing: Listing, today: date | None = None) -> tuple[str, ...]:
    """Return when a service answers in a week, shortly and in neutral words; what is over is left out."""
    if listing.always_open:
        return (gettext("24 h"),)
    since = today or date.min
    holding = [each for each in listing.openings if (each.valid_to or date.max) >= since]
    in_order = sorted(
        holding, key=lambda each: each.valid_from == each.valid_to and each.valid_from is not None
    )
    said = [say_opening(each) for each in in_order]
    return tuple(dict.fromkeys(said + [say_closed(day) for day in listing.closed_on if day >= since]))


def say_opening(opening: Opening) -> str:
    """Return hours with their days and, where they do not hold always, their dates."""
    language = current_language()
    opens, closes = (say_time(moment, language) for moment in (opening.opens_at, opening.closes_at))
    hours = gettext("%(opens)s to %(closes)s", opens=opens, closes=closes)
    first, last = (say_date(day, language) if day else "" for day in (opening.valid_from, opening.valid_to))
    if first and first == last:
        return gettext("%(day)s only: %(hours)s", day=first, hours=hours)
    line = gettext("%(days)s %(hours)s", days=say_days(opening.byday), hours=hours)
    if first and last:
        return gettext("%(line)s, from %(first)s to %(last)s", line=line, first=first, last=last)
    if first:
        return gettext("%(line)s, from %(first)s on", line=line, first=first)
    return gettext("%(line)s, until %(last)s", line=line, last=last) if last else line


def say_closed(day: date) -> str:
    """Return that a service is closed on a day."""
    return gettext("%(day)s: closed", day=say_date(day, current_language()))


def say_days(days: Sequence[str]) -> str:
    """Return days of the week, those that follow each other as the first and the last."""
    places = sorted(WEEKDAYS.index(day) for day in days)
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ", ".join(_say_run(run) for run in runs)


def _say_run(run: Sequence[int]) -> str:
    first, last = (str(DAYS[WEEKDAYS[place]]) for place in (run[0], run[-1]))
    if len(run) == 1:
        return first
    return gettext("%(first)s to %(last)s", first=first, last=last)
