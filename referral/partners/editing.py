"""What somebody sent with the form of a listing, read: the values by field, and what is wrong where; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from typing import Any

import phonenumbers

from referral.catalogue import columns
from referral.catalogue.columns import CLOCK
from referral.catalogue.fields import LACKS, Ages, ForWorkers, Hours, Lacks
from referral.catalogue.listing import Opening, PhoneNumber, SpokenLanguage, Text
from referral.catalogue.problems import N_, CellError
from referral.catalogue.schedules import WEEKDAYS
from referral.catalogue.vocabulary import TAXONOMIES
from referral.partners import territory
from referral.partners.typed import Fields, rows_of

MODES = ("spoken", "interpreter", "written")
SPACES = re.compile(r"[ \t\u00a0]+")

BAD_NUMBER = N_("This is not a phone number: write it as 514 555-0123.")
BAD_HOUR = N_("Write an hour as 08:30.")
NEEDS_BOTH = N_("Give both the hour of opening and that of closing.")
BAD_DATE = N_("Write a day as 2026-12-25.")
NEEDS_DATE = N_("Say on which day.")
NEEDS_LANGUAGE = N_("Choose the language.")
NEEDS_MODE = N_("Say how the language is offered.")
BAD_AGE = N_("An age is a whole number from 0 to 120.")
NEEDS_NUMBER = N_("A number is missing beside its words.")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an input of a field; ``reason`` is a msgid that ``values`` fill."""

    field: str
    input: str
    reason: str
    values: Mapping[str, object] = made(default_factory=dict, hash=False)


@dataclass(slots=True)
class Reading:
    """What somebody sent: the values by field, and what is wrong."""

    fields: Fields
    values: dict[str, Any] = made(default_factory=dict)
    problems: list[Problem] = made(default_factory=list)

    def line(self, name: str) -> str:
        """Return a text on one line, without the spaces around."""
        return " ".join(self.fields.get(name, "").split())

    def lines(self, name: str) -> str | None:
        """Return a text as it was typed, without doubled spaces; None for nothing."""
        text = self.fields.get(name, "").replace("\r\n", "\n").strip()
        return SPACES.sub(" ", text) or None

    def text(self, name: str) -> Text:
        """Return a text in both languages."""
        return Text(self.lines(f"{name}_fr"), self.lines(f"{name}_en"))

    def row_text(self, prefix: str) -> Text:
        """Return a text of a row in both languages."""
        return Text(self.line(f"{prefix}-fr") or None, self.line(f"{prefix}-en") or None)

    def refuse(self, name: str, at: str, reason: str, **values: object) -> None:
        """Note what is wrong with an input."""
        self.problems.append(Problem(name, at, reason, values))


def from_fields(fields: Fields) -> Reading:
    """Read what somebody sent; what cannot be read is named, and the rest is there."""
    reading = Reading(fields)
    for name, read in READERS.items():
        reading.values[name] = read(reading)
    return reading


def _read_number(reading: Reading, name: str, at: str, *, texting: bool = False) -> str | None:
    typed = reading.line(at)
    if not typed:
        return None
    try:
        return columns.parse_phone(typed, texting=texting)
    except CellError:
        pass
    try:
        parsed = phonenumbers.parse(typed, "CA")
    except phonenumbers.NumberParseException:
        reading.refuse(name, at, BAD_NUMBER)
        return None
    if not phonenumbers.is_valid_number(parsed) or parsed.extension:
        reading.refuse(name, at, BAD_NUMBER)
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _read_phones(reading: Reading) -> tuple[PhoneNumber, ...]:
    phones = []
    for row in rows_of(reading.fields, "phones"):
        prefix = f"phones-{row}"
        kind = _one_of(reading.line(f"{prefix}-kind"), ("voice", "text", "textphone"))
        number = _read_number(reading, "phones", f"{prefix}-number", texting=kind == "text")
        words = reading.row_text(prefix)
        if number:
            toll_free = kind == "voice" and columns.is_toll_free(number)
            phones.append(PhoneNumber(number, kind, toll_free, words))  # type: ignore[arg-type]  # one of three
        elif words != Text() and not reading.line(f"{prefix}-number"):
            reading.refuse("phones", f"{prefix}-number", NEEDS_NUMBER)
    return tuple(phones)


def _one_of(text: str, choices: tuple[str, ...]) -> str:
    return text if text in choices else choices[0]


def _read_hours(reading: Reading) -> Hours:
    always = True if reading.line("always") == "yes" else None
    openings = [_read_opening(reading, row) for row in rows_of(reading.fields, "openings")]
    singles, closed = _read_days(reading)
    in_order = sorted(
        [each for each in openings if each] + singles,
        key=lambda each: (str(each.valid_from or ""), each.byday, each.opens_at, each.closes_at),
    )
    return Hours(always, tuple(in_order), reading.text("hours"), tuple(sorted(closed)))


def _read_opening(reading: Reading, row: int) -> Opening | None:
    prefix = f"openings-{row}"
    days = tuple(day for day in WEEKDAYS if day in reading.fields.getlist(f"{prefix}-days"))
    span = _read_span(reading, prefix)
    first, last = (_read_date(reading, f"{prefix}-{side}") for side in ("first", "last"))
    if span is None:
        if days and not reading.line(f"{prefix}-opens") and not reading.line(f"{prefix}-closes"):
            reading.refuse("hours", f"{prefix}-opens", NEEDS_BOTH)
        return None
    return Opening(days, *span, first, last)


def _read_span(reading: Reading, prefix: str) -> tuple[Any, Any] | None:
    typed = [reading.line(f"{prefix}-{side}") for side in ("opens", "closes")]
    if not any(typed):
        return None
    if not all(typed):
        reading.refuse("hours", f"{prefix}-{'closes' if typed[0] else 'opens'}", NEEDS_BOTH)
        return None
    for side, text in zip(("opens", "closes"), typed, strict=True):
        if not CLOCK.fullmatch(text):
            reading.refuse("hours", f"{prefix}-{side}", BAD_HOUR)
            return None
    opens, closes = (columns.parse_time(text) for text in typed)
    return opens, closes


def _read_date(reading: Reading, at: str) -> date | None:
    typed = reading.line(at)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        reading.refuse("hours", at, BAD_DATE)
        return None


def _read_days(reading: Reading) -> tuple[list[Opening], set[date]]:
    singles, closed = [], set()
    for row in rows_of(reading.fields, "days"):
        prefix = f"days-{row}"
        is_closed = reading.line(f"{prefix}-closed") == "yes"
        span = None if is_closed else _read_span(reading, prefix)
        day = _read_date(reading, f"{prefix}-date")
        if day is None:
            if span and not reading.line(f"{prefix}-date"):
                reading.refuse("hours", f"{prefix}-date", NEEDS_DATE)
        elif is_closed:
            closed.add(day)
        elif span:
            singles.append(Opening((WEEKDAYS[day.weekday()],), *span, day, day))
        elif not reading.line(f"{prefix}-opens"):
            reading.refuse("hours", f"{prefix}-opens", NEEDS_BOTH)
    return singles, closed


def _read_languages(reading: Reading) -> tuple[SpokenLanguage, ...]:
    spoken = set()
    for row in rows_of(reading.fields, "languages"):
        prefix = f"languages-{row}"
        code = reading.line(f"{prefix}-code")
        modes = [mode for mode in MODES if mode in reading.fields.getlist(f"{prefix}-modes")]
        if modes and not code:
            reading.refuse("languages", f"{prefix}-code", NEEDS_LANGUAGE)
        elif code and not modes:
            reading.refuse("languages", f"{prefix}-modes", NEEDS_MODE)
        spoken |= {(code, mode) for mode in modes if code}
    return tuple(SpokenLanguage(code, mode) for code, mode in sorted(spoken))  # type: ignore[arg-type]  # of MODES


def _read_codes(name: str) -> Callable[[Reading], tuple[str, ...]]:
    return lambda reading: tuple(sorted(set(reading.fields.getlist(name))))


def _read_ages(reading: Reading) -> Ages:
    ages = []
    for at in ("age_min", "age_max"):
        typed = reading.line(at)
        if typed and not re.fullmatch(r"[0-9]{1,3}", typed):
            reading.refuse("ages", at, BAD_AGE)
            typed = ""
        ages.append(int(typed) if typed else None)
    return Ages(*ages)


def _read_answers(name: str) -> Callable[[Reading], dict[str, str]]:
    def read(reading: Reading) -> dict[str, str]:
        answers = {code: reading.line(f"{name}-{code}") for code in TAXONOMIES[name]}
        return {code: answer for code, answer in answers.items() if answer in {"yes", "no"}}

    return read


def _read_documents(reading: Reading) -> tuple[Text, ...]:
    texts = [reading.row_text(f"documents-{row}") for row in rows_of(reading.fields, "documents")]
    written = {text for text in texts if text != Text()}
    return tuple(sorted(written, key=lambda text: (text.fr or "", text.en or "")))


def _read_lacks(reading: Reading) -> Lacks:
    chosen = reading.fields.getlist("lacks")
    return Lacks(tuple(code for code in LACKS if code in chosen), reading.text("lacks"))


def _read_for_workers(reading: Reading) -> ForWorkers:
    return ForWorkers(_read_number(reading, "for_workers", "workers_number"), reading.text("workers"))


READERS: dict[str, Callable[[Reading], Any]] = {
    "name": lambda reading: reading.text("name"),
    "description": lambda reading: reading.text("description"),
    "phones": _read_phones,
    "email": lambda reading: reading.line("email") or None,
    "website": lambda reading: reading.line("website") or None,
    "referral_routes": _read_codes("referral_routes"),
    "hours": _read_hours,
    "categories": _read_codes("categories"),
    "clientele": _read_codes("clientele"),
    "ages": _read_ages,
    "languages": _read_languages,
    "area": lambda reading: territory.read(reading.fields),
    "eligibility": _read_answers("eligibility"),
    "cost": lambda reading: reading.line("cost") or None,
    "required_documents": _read_documents,
    "accessibility": _read_answers("accessibility"),
    "for_workers": _read_for_workers,
    "lacks": _read_lacks,
}
