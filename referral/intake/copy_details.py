"""What is sealed of a consent, of what was sent and of the timeline, in the words of the copy.

What is kept is a code for each choice; she reads the words of it. Whatever has another shape stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.directory.cards import language_name
from referral.intake import consent_words
from referral.intake.answer_words import say_given
from referral.intake.answers import Given
from referral.intake.holdings import DESTROYED
from referral.intake.packets import QUESTION_OF
from referral.intake.parts import Row
from referral.intake.rights_forms import KINDS
from referral.intake.timeline import say_more
from referral.intake.vocabulary import Said

COPIES: dict[str, LazyString] = {
    "given": _l("given to you"),
    "refused": _l("offered; you did not want it"),
    "dangerous": _l("not given: to carry it would have been dangerous"),
}
CHOICES: dict[str, Mapping[Any, LazyString]] = {
    "purpose": consent_words.PURPOSES,
    "copy": COPIES,
    "way": consent_words.WAYS,
    "basis": consent_words.BASES,
    "kind": KINDS,
}
"""Of the fields of a sealed text, those that hold a code, and its words."""
KEEPERS: dict[str, LazyString] = {
    "owner": _l("Owner: %(name)s."),
    "deputy": _l("Deputy: %(name)s."),
}
Names = Mapping[UUID, str]


def name_detail(row: Row, people: Names, places: Names) -> Row:
    """Return a line of the timeline in which people and organizations have their names."""
    detail = row["content"]
    if not isinstance(detail, Mapping):
        return row
    named = dict(detail)
    if "receiver" in named:
        named["receiver"] = places.get(UUID(named["receiver"]), named["receiver"])
    for each in KEEPERS.keys() & named.keys():
        named[each] = [people.get(UUID(who), who) if who else None for who in named[each]]
    return {**row, "content": named}


def ids_of(rows: list[Row], *names: str) -> set[UUID]:
    """Return whom the timeline names under these names."""
    found = [
        row["content"].get(name) for row in rows if isinstance(row["content"], Mapping) for name in names
    ]
    flat = [each for one in found for each in (one if isinstance(one, list | tuple) else [one])]
    return {UUID(each) for each in flat if each}


def spread_consent(row: Row, codes: Mapping[str, Mapping[Any, LazyString]]) -> Row:
    """Return a consent whose sealed part stands field by field, in words."""
    told = row["content"]
    if not isinstance(told, Mapping):
        return row
    words = {**CHOICES, **codes}
    said = {name: _choice(words.get(name), value) for name, value in told.items()}
    if isinstance(told.get("language"), str):
        said["language"] = language_name(told["language"])
    return {**{name: value for name, value in row.items() if name != "content"}, **said}


def say_item(row: Row) -> Row:
    """Return a thing that was sent, as the organization that received it reads it."""
    value = row["content"]
    if value is None or value == DESTROYED:
        return row
    return {**row, "content": _said_or(value, lambda: say_given(QUESTION_OF[row["item"]], _given(value)))}


def say_event(row: Row, items: Mapping[Any, LazyString]) -> Row:
    """Return a line of the timeline with its detail in words."""
    detail = row["content"]
    if not isinstance(detail, Mapping):
        return row
    return {**row, "content": _said_or(detail, lambda: " · ".join(_say_detail(row, dict(detail), items)))}


def _say_detail(row: Row, detail: dict[str, Any], items: Mapping[Any, LazyString]) -> Iterator[str]:
    for name in KEEPERS.keys() & detail.keys():
        was, is_now = detail[name]
        if was != is_now and is_now:
            yield str(KEEPERS[name]) % {"name": is_now}
    if "owner" not in detail and (said := say_more(row["kind"], detail, {}, {})):
        yield said
    for name in ("receiver", "recipient"):
        if detail.get(name):
            yield str(detail[name])
    yield from (str(items.get(each, each)) for each in detail.get("items", ()))
    yield from (str(_choice(CHOICES[name], detail[name])) for name in CHOICES if detail.get(name))


def _choice(words: Mapping[Any, LazyString] | None, value: Any) -> Any:
    return str(words[value]) if words is not None and isinstance(value, str) and value in words else value


def _given(value: Any) -> Given:
    return Given(Said.ANSWERED, value)


def _said_or(value: Any, say: Callable[[], str]) -> Any:
    try:
        return say()
    except (AttributeError, KeyError, LookupError, TypeError, ValueError):
        return value
