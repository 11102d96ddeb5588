"""The hours of a week in a few words, the same wherever they are shown."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, lazy_gettext

from referral.catalogue.listing import Listing, Opening
from referral.catalogue.schedules import WEEKDAYS
from referral.i18n.dates import say_time
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


def say_week(listing: Listing) -> tuple[str, ...]:
    """Return when a service answers in a week, shortly and in neutral words."""
    if listing.always_open:
        return (gettext("24 h"),)
    return tuple(dict.fromkeys(_say_opening(each) for each in listing.openings))


def _say_opening(opening: Opening) -> str:
    opens, closes = (say_time(moment, current_language()) for moment in (opening.opens_at, opening.closes_at))
    hours = gettext("%(opens)s to %(closes)s", opens=opens, closes=closes)
    return gettext("%(days)s %(hours)s", days=say_days(opening.byday), hours=hours)


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
