"""Dates, hours and ages as one says them."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Literal

from babel.dates import format_date
from flask_babel import gettext, lazy_gettext, ngettext

from referral.i18n.locale import FORMATS
from referral.i18n.typography import NO_BREAK
from referral.shared.bilingual import Language

Unit = Literal["days", "months", "years", "this_month", "this_year", "unknown"]
YEAR, MONTH = 1, 2


def say_date(day: date, language: Language) -> str:
    """Return « 24 novembre 2026 » or “November 24, 2026”; the first of a month is « 1er »."""
    text = format_date(day, "long", locale=FORMATS[language])
    if language == "fr":
        text = re.sub(r"^1 ", "1er ", text).replace(" ", NO_BREAK)
    return text


def say_partial_date(text: str, language: Language) -> str:
    """Return a date as precise as its source gave it: a year, a month or a day.

    What is none of these is returned as it is, since it came from a source.
    """
    parts = text.split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(parts) == YEAR:
            return text
        if len(parts) == MONTH:
            month = date(numbers[0], numbers[1], 1)
            return format_date(month, "MMMM y", locale=FORMATS[language]).replace(" ", NO_BREAK)
        return say_date(date(*numbers), language)
    except (ValueError, TypeError):
        return text


def say_time(moment: time, language: Language) -> str:
    """Return « 8 h 30 » or “8:30 am”, without points: a sentence may end with it."""
    if language == "fr":
        minutes = f"{NO_BREAK}{moment.minute:02}" if moment.minute else ""
        return f"{moment.hour}{NO_BREAK}h{minutes}"
    half = "am" if moment.hour < 12 else "pm"  # noqa: PLR2004 (noon)
    return f"{moment.hour % 12 or 12}:{moment.minute:02}{NO_BREAK}{half}"


def say_age(unit: Unit, number: int) -> str:
    """Return how long ago something was, in the language in force, no more precisely than is known."""
    fixed = {
        "this_month": lazy_gettext("this month"),
        "this_year": lazy_gettext("this year"),
        "unknown": lazy_gettext("on an unknown date"),
    }
    if unit in fixed:
        return str(fixed[unit])
    if unit == "days":
        return str(ngettext("%(num)d day ago", "%(num)d days ago", number) if number else gettext("today"))
    if unit == "months":
        return str(ngettext("%(num)d month ago", "%(num)d months ago", number))
    return str(ngettext("%(num)d year ago", "%(num)d years ago", number))
