"""What can be changed of a listing, in fields: the groups of facts that a person edits, reviews and dates.

The value of a field is one of the plain structures that a listing is made of, so that the same
value is shown in a form, kept in a proposed change, compared with another and written to the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from referral.catalogue.listing import Answer, Opening, PhoneNumber, SpokenLanguage, Text


class Handling(StrEnum):
    """What becomes of a change before readers see it."""

    AT_ONCE = "at-once"
    """Shown as soon as it is told: it ages within hours, and its harm is small."""
    REVIEW = "review"
    """Shown once a vetter agreed."""
    CALL_FIRST = "call-first"
    """Shown once a vetter called the number that was listed before: whoever stole an account
    must not lead frightened people to a number of his own."""


class Hours(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a service can be reached: always, by the week, or in words; and single days without any hours."""

    always_open: bool | None = None
    openings: tuple[Opening, ...] = ()
    description: Text = Text()
    closed_on: tuple[date, ...] = ()


class Ages(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom a service is for, in whole years; ``None`` where there is no limit."""

    minimum: int | None = None
    maximum: int | None = None


class ServedArea(msgspec.Struct, frozen=True, omit_defaults=True):
    """A region served whole, or one of its municipalities only."""

    region_code: str | None = None
    municipality: str | None = None


class Territory(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom a service takes by where they are: all of the province, or areas; in words where codes fail."""

    everywhere: bool = False
    areas: tuple[ServedArea, ...] = ()
    description: Text = Text()


class ForWorkers(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom workers call, which the public never sees; never part of an edition."""

    number: str | None = None
    description: Text = Text()


class Lacks(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an organization lacks: codes of ``LACKS``, and its own words; it feeds the report only."""

    codes: tuple[str, ...] = ()
    description: Text = Text()


LACKS = ("room", "staff", "money", "training", "other")


@dataclass(frozen=True, slots=True)
class Field:
    """A group of facts: its type, what becomes of its changes, and whether the public sees it."""

    name: str
    type: Any
    handling: Handling = Handling.REVIEW
    is_public: bool = True


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("name", Text),
        Field("description", Text),
        Field("phones", tuple[PhoneNumber, ...], Handling.CALL_FIRST),
        Field("email", str | None, Handling.CALL_FIRST),
        Field("website", str | None, Handling.CALL_FIRST),
        Field("referral_routes", tuple[str, ...], Handling.CALL_FIRST),
        Field("hours", Hours, Handling.AT_ONCE),
        Field("categories", tuple[str, ...]),
        Field("clientele", tuple[str, ...]),
        Field("ages", Ages),
        Field("languages", tuple[SpokenLanguage, ...]),
        Field("area", Territory),
        Field("eligibility", dict[str, Answer]),
        Field("cost", str | None),
        Field("required_documents", tuple[Text, ...]),
        Field("accessibility", dict[str, Answer]),
        Field("for_workers", ForWorkers, Handling.CALL_FIRST, is_public=False),
        Field("lacks", Lacks, Handling.AT_ONCE, is_public=False),
    )
}
"""In the order in which they are shown. Where a service is, and whether that is confidential, is not here:
that is a withdrawal, or a matter between two vetters and the organization's written agreement."""

Values = Mapping[str, Any]


class UnknownFieldError(KeyError):
    """A field that no listing has."""


def find_field(name: str) -> Field:
    """Return a field by its name; raises UnknownFieldError."""
    try:
        return FIELDS[name]
    except KeyError as error:
        raise UnknownFieldError(name) from error


def encode(name: str, value: Any) -> str:
    """Return the value of a field as text, the same for the same value."""
    field = find_field(name)
    return msgspec.json.encode(_plain(msgspec.convert(value, field.type)), order="sorted").decode()


def _plain(value: Any) -> Any:
    """Leave out what equals its default: msgspec itself leaves out only what is the very same object."""
    if isinstance(value, msgspec.Struct):
        return {
            part.name: _plain(held)
            for part in msgspec.structs.fields(value)
            if (held := getattr(value, part.name)) != part.default
        }
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def decode(name: str, text: str) -> Any:
    """Return a value from its text; raises msgspec.ValidationError where it is not one of that field."""
    return msgspec.json.decode(text, type=find_field(name).type)


def differing(before: Values, after: Values) -> dict[str, Any]:
    """Return what *after* would change, by field; fields that it does not name stay."""
    return {
        name: value
        for name, value in after.items()
        if name in FIELDS and encode(name, before[name]) != encode(name, value)
    }


def texts_of(value: Any) -> Iterable[Text]:
    """Return every bilingual text within a value."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts_of(getattr(value, name))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from texts_of(each)


def to_review(before: Any, after: Any) -> frozenset[str]:
    """Return the languages that a change left behind: the other one was rewritten and they were not."""
    left = set()
    olds, news = list(texts_of(before)), list(texts_of(after))
    for position, new in enumerate(news):
        old = olds[position] if position < len(olds) else Text()
        if new.fr != old.fr and new.en == old.en and new.fr:
            left.add("en")
        if new.en != old.en and new.fr == old.fr and new.en:
            left.add("fr")
    return frozenset(left)


def lacks_french(value: Any) -> bool:
    """Say whether a text is there in English only, which is not published."""
    return any(text.en and not text.fr for text in texts_of(value))
