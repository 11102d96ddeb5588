"""What templates call to show texts, addresses and numbers."""

from __future__ import annotations

from datetime import date, time
from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask, request
from markupsafe import Markup, escape

from referral.i18n.dates import say_date, say_partial_date, say_time
from referral.i18n.lists import say_list, say_number
from referral.i18n.locale import current_language, in_language
from referral.i18n.typography import set_text
from referral.shared.bilingual import Bilingual, Language
from referral.shared.tick import tick_is_late
from referral.web.helplines import EMERGENCY, HelpLine, load_help_lines

EXITS: dict[Language, str] = {"fr": "https://meteo.gc.ca/", "en": "https://weather.gc.ca/"}


class InTwoLanguages(Protocol):
    """A text in French, in English, or in both."""

    @property
    def fr(self) -> str | None:
        """The French text."""

    @property
    def en(self) -> str | None:
        """The English text."""


def localize(text: InTwoLanguages) -> Markup:
    """Return a text in the page's language, else in the other, then marked as such."""
    language = current_language()
    found, found_in = Bilingual(text.fr, text.en).best(language)
    shown = escape(set_text(found, found_in))
    if found_in == language or not found:
        return shown
    return Markup('<span lang="{}">{}</span>').format(found_in, shown)


def say_day(day: date) -> str:
    """Return a date in the page's language."""
    return say_date(day, current_language())


def say_day_of_source(text: str) -> str:
    """Return a date that may be partial in the page's language."""
    return say_partial_date(text, current_language())


def say_hour(moment: time) -> str:
    """Return an hour in the page's language."""
    return say_time(moment, current_language())


def count(number: float) -> str:
    """Return a number in the page's language."""
    return say_number(number, current_language())


def enumerate_words(items: list[str]) -> str:
    """Return an enumeration in the page's language."""
    return say_list(items, current_language())


def host_of(address: str) -> str:
    """Return the name of a site, as one would type it."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


def other_language(query: str | None = None) -> tuple[Language, str]:
    """Return the other language and the address of this page in it, with its query or the one given."""
    other: Language = "en" if current_language() == "fr" else "fr"
    asked = request.query_string.decode("utf-8", "replace") if query is None else query
    return other, in_language(request.path, asked, other)


def exit_address() -> str:
    """Return where the exit leads: the weather, as many people look at it."""
    return EXITS[current_language()]


def emergency_line() -> HelpLine:
    """Return the line for immediate danger."""
    return next(line for line in load_help_lines() if line.code == EMERGENCY)


def init_app(app: Flask) -> None:
    """Teach templates our words."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        localize=localize,
        day=say_day,
        source_day=say_day_of_source,
        hour=say_hour,
        count=count,
        enumerate_words=enumerate_words,
        host=host_of,
    )
    app.jinja_env.globals.update(
        help_lines=load_help_lines,
        emergency_line=emergency_line,
        other_language=other_language,
        exit_address=exit_address,
        tick_is_late=tick_is_late,
    )
