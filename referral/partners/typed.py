"""A listing as the texts of a form: what one sees when it opens, and what a draft keeps; pure."""

from __future__ import annotations

from collections.abc import Iterable

import phonenumbers
from werkzeug.datastructures import MultiDict

from referral.catalogue.checking import MOST_ITEMS
from referral.catalogue.fields import Hours, Values
from referral.catalogue.listing import Opening, PhoneNumber, SpokenLanguage, Text
from referral.catalogue.vocabulary import TAXONOMIES
from referral.partners import territory

Fields = MultiDict[str, str]
TERMS = ("categories", "clientele", "referral_routes")
GROUPS: dict[str, str] = {
    "phones": "number",
    "openings": "opens",
    "days": "date",
    "languages": "code",
    "documents": "fr",
}
"""Rows of which one may add more, each with the input that a browser always sends of it."""
LONGEST_ROW = 3


def rows_of(fields: Fields, group: str) -> list[int]:
    """Return the numbers of the rows that a form holds, in order."""
    begin, end = f"{group}-", f"-{GROUPS[group]}"
    middles = [name.removeprefix(begin).removesuffix(end) for name in fields if name.startswith(begin)]
    numbers = {
        int(text) for text in middles if len(text) <= LONGEST_ROW and text.isascii() and text.isdigit()
    }
    return sorted(numbers)[: MOST_ITEMS + 1]


def add_row(fields: Fields, group: str) -> None:
    """Give a form one more row, where it does not hold too many yet."""
    rows = rows_of(fields, group)
    if len(rows) <= MOST_ITEMS:
        fields[f"{group}-{(rows[-1] if rows else -1) + 1}-{GROUPS[group]}"] = ""


def complete(fields: Fields) -> Fields:
    """Give every group of a form a row to type into."""
    for group in GROUPS:
        if not rows_of(fields, group):
            add_row(fields, group)
    return fields


def to_fields(values: Values) -> Fields:
    """Return the values of a listing as the texts of a form."""
    fields: Fields = MultiDict()
    for name in ("name", "description"):
        _put_text(fields, name, values[name])
    fields["email"], fields["website"] = values["email"] or "", values["website"] or ""
    for name in TERMS:
        fields.setlist(name, list(values[name]))
    for name in ("eligibility", "accessibility"):
        for code in TAXONOMIES[name]:
            fields[f"{name}-{code}"] = values[name].get(code, "unknown")
    ages = values["ages"]
    fields["age_min"], fields["age_max"] = (
        "" if age is None else str(age) for age in (ages.minimum, ages.maximum)
    )
    fields["cost"] = values["cost"] or ""
    _put_phones(fields, values["phones"])
    _put_hours(fields, values["hours"])
    _put_languages(fields, values["languages"])
    for row, each in enumerate(values["required_documents"]):
        _put_row_text(fields, f"documents-{row}", each)
    territory.put(fields, values["area"])
    workers, lacks = values["for_workers"], values["lacks"]
    fields["workers_number"] = say_number(workers.number) if workers.number else ""
    _put_text(fields, "workers", workers.description)
    fields.setlist("lacks", list(lacks.codes))
    _put_text(fields, "lacks", lacks.description)
    return fields


def say_number(number: str) -> str:
    """Return a number as one types it."""
    if not number.startswith("+1"):
        return number
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)


def _put_text(fields: Fields, name: str, value: Text) -> None:
    fields[f"{name}_fr"], fields[f"{name}_en"] = value.fr or "", value.en or ""


def _put_row_text(fields: Fields, prefix: str, value: Text) -> None:
    fields[f"{prefix}-fr"], fields[f"{prefix}-en"] = value.fr or "", value.en or ""


def _put_phones(fields: Fields, phones: Iterable[PhoneNumber]) -> None:
    for row, each in enumerate(phones):
        fields[f"phones-{row}-number"] = say_number(each.number)
        fields[f"phones-{row}-kind"] = each.type
        _put_row_text(fields, f"phones-{row}", each.description)


def _put_hours(fields: Fields, hours: Hours) -> None:
    fields["always"] = "yes" if hours.always_open else "no"
    _put_text(fields, "hours", hours.description)
    weekly = [each for each in hours.openings if not is_single(each)]
    for row, each in enumerate(weekly):
        prefix = f"openings-{row}"
        fields.setlist(f"{prefix}-days", list(each.byday))
        fields[f"{prefix}-opens"], fields[f"{prefix}-closes"] = (
            f"{at:%H:%M}" for at in (each.opens_at, each.closes_at)
        )
        fields[f"{prefix}-first"], fields[f"{prefix}-last"] = (
            day.isoformat() if day else "" for day in (each.valid_from, each.valid_to)
        )
    singles = [(each.valid_from, each) for each in hours.openings if is_single(each)]
    for row, (day, opening) in enumerate([*singles, *((day, None) for day in hours.closed_on)]):
        prefix = f"days-{row}"
        fields[f"{prefix}-date"] = day.isoformat() if day else ""
        fields[f"{prefix}-closed"] = "no" if opening else "yes"
        fields[f"{prefix}-opens"] = f"{opening.opens_at:%H:%M}" if opening else ""
        fields[f"{prefix}-closes"] = f"{opening.closes_at:%H:%M}" if opening else ""


def is_single(opening: Opening) -> bool:
    """Say whether hours hold on one day only."""
    return opening.valid_from is not None and opening.valid_from == opening.valid_to


def _put_languages(fields: Fields, languages: Iterable[SpokenLanguage]) -> None:
    by_code: dict[str, list[str]] = {}
    for each in languages:
        by_code.setdefault(each.code, []).append(each.mode)
    for row, (code, modes) in enumerate(by_code.items()):
        fields[f"languages-{row}-code"] = code
        fields.setlist(f"languages-{row}-modes", modes)
