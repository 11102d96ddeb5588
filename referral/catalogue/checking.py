"""Whether the values of a listing's fields may stand: the rules of the import, for what people type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from referral.catalogue import columns
from referral.catalogue.confidentiality import address_traces, url_traces
from referral.catalogue.fields import (
    LACKS,
    Ages,
    ForWorkers,
    Hours,
    Lacks,
    Territory,
    Values,
    lacks_french,
    texts_of,
)
from referral.catalogue.listing import PhoneNumber, SpokenLanguage, Text
from referral.catalogue.problems import N_, CellError
from referral.catalogue.schedules import WEEKDAYS
from referral.geo.areas import REGIONS

LONGEST_TEXT = 2000
MOST_ITEMS = 40
OLDEST = 120

NO_NAME = N_("A name in French is needed.")
TOO_LONG = N_("This is longer than %(most)s characters.")
TOO_MANY = N_("There are more than %(most)s of them.")
NO_FRENCH = N_("French is needed: this text is in English only.")
TELLS_OF_A_PLACE = N_("The place is confidential, and this may give it away: %(trace)s")
AGES_CROSSED = N_("The lowest age is above the highest.")
BAD_AGE = N_("An age is a whole number from 0 to 120.")
SAME_TIMES = N_(
    "The hours of a day open and close at one time: for the whole day, say that it is always open."
)
NO_DAYS = N_("Say on which days these hours hold.")
DATES_CROSSED = N_("The last day is before the first.")
NO_WAY = N_("At least one number, address or website is needed to reach the service.")
NO_CATEGORY = N_("At least one kind of help is needed.")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with a field; ``reason`` is a msgid that ``values`` fill."""

    name: str
    reason: str
    values: dict[str, object] = field(default_factory=dict, hash=False)


class ValuesRefusedError(ValueError):
    """Some values cannot stand; nothing was kept."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__("; ".join(f"{each.name}: {each.reason}" for each in problems))
        self.problems = problems


def check_values(values: Values, *, confidential: bool) -> None:
    """Check the fields that are given; raises ValuesRefusedError with all that is wrong."""
    problems = []
    for name, value in values.items():
        try:
            CHECKS[name](value)
            _check_texts(value)
            if confidential:
                _check_secrecy(name, value)
        except CellError as error:
            problems.append(FieldProblem(name, error.reason, dict(error.values)))
    if problems:
        raise ValuesRefusedError(tuple(problems))


def is_reachable(values: Values) -> bool:
    """Say whether there is a way to reach the service."""
    return bool(values["phones"] or values["email"] or values["website"])


def _check_texts(value: Any) -> None:
    for text in texts_of(value):
        for written in (text.fr, text.en):
            if written and len(written) > LONGEST_TEXT:
                raise CellError(TOO_LONG, most=LONGEST_TEXT)
    if lacks_french(value):
        raise CellError(NO_FRENCH)


def _check_secrecy(name: str, value: Any) -> None:
    words = [written for text in texts_of(value) for written in (text.fr, text.en) if written]
    traces = [trace for each in words for trace in address_traces(each)]
    if name in {"website", "email"}:
        traces += url_traces(value)
    if traces:
        raise CellError(TELLS_OF_A_PLACE, trace=traces[0])


def _check_name(value: Text) -> None:
    if not value.fr:
        raise CellError(NO_NAME)


def _check_nothing(_value: Any) -> None:
    """Leave a value to what is checked of every one."""


def _check_phones(value: tuple[PhoneNumber, ...]) -> None:
    _check_count(value)
    for each in value:
        columns.parse_phone(each.number, texting=each.type == "text")


def _check_email(value: str | None) -> None:
    columns.parse_email(value or "")


def _check_website(value: str | None) -> None:
    columns.parse_url(value or "")


def _check_hours(value: Hours) -> None:
    _check_count(value.openings)
    _check_count(value.closed_on)
    for each in value.openings:
        if not each.byday or not set(each.byday) <= set(WEEKDAYS):
            raise CellError(NO_DAYS)
        if each.opens_at == each.closes_at:
            raise CellError(SAME_TIMES)
        if each.valid_from and each.valid_to and each.valid_to < each.valid_from:
            raise CellError(DATES_CROSSED)


def _check_codes_of(taxonomy: str, *, needed: bool = False) -> Callable[[tuple[str, ...]], None]:
    def check(value: tuple[str, ...]) -> None:
        columns.parse_codes(";".join(value), taxonomy)
        if needed and not value:
            raise CellError(NO_CATEGORY)

    return check


def _check_ages(value: Ages) -> None:
    given = [age for age in (value.minimum, value.maximum) if age is not None]
    if any(not 0 <= age <= OLDEST for age in given):
        raise CellError(BAD_AGE)
    if value.minimum is not None and value.maximum is not None and value.minimum > value.maximum:
        raise CellError(AGES_CROSSED)


def _check_languages(value: tuple[SpokenLanguage, ...]) -> None:
    _check_count(value)
    for each in value:
        columns.parse_code(each.code, "languages")


def _check_area(value: Territory) -> None:
    for each in value.areas:
        if each.region_code is not None and each.region_code not in REGIONS:
            raise CellError(columns.BAD_REGION, text=each.region_code)


def _check_answers_of(taxonomy: str) -> Callable[[dict[str, str]], None]:
    def check(value: dict[str, str]) -> None:
        for code in value:
            columns.parse_code(code, taxonomy)

    return check


def _check_cost(value: str | None) -> None:
    if value:
        columns.parse_code(value, "costs")


def _check_documents(value: tuple[Text, ...]) -> None:
    _check_count(value)


def _check_for_workers(value: ForWorkers) -> None:
    columns.parse_phone(value.number or "")


def _check_lacks(value: Lacks) -> None:
    for code in value.codes:
        if code not in LACKS:
            raise CellError(columns.UNKNOWN_CODE, code=code, taxonomy="lacks")


def _check_count(value: tuple[Any, ...]) -> None:
    if len(value) > MOST_ITEMS:
        raise CellError(TOO_MANY, most=MOST_ITEMS)


CHECKS: dict[str, Callable[[Any], None]] = {
    "name": _check_name,
    "description": _check_nothing,
    "phones": _check_phones,
    "email": _check_email,
    "website": _check_website,
    "referral_routes": _check_codes_of("referral_routes"),
    "hours": _check_hours,
    "categories": _check_codes_of("categories", needed=True),
    "clientele": _check_codes_of("clientele"),
    "ages": _check_ages,
    "languages": _check_languages,
    "area": _check_area,
    "eligibility": _check_answers_of("eligibility"),
    "cost": _check_cost,
    "required_documents": _check_documents,
    "accessibility": _check_answers_of("accessibility"),
    "for_workers": _check_for_workers,
    "lacks": _check_lacks,
}
