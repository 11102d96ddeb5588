"""What a request asks of the directory: from its sealed address, else from plain arguments.

The results, the map and its points read it here, so that they always answer the same search.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import g, request

from referral.search.filters import FILTERS
from referral.shared.clock import now
from referral.web.sealing import UnreadableSealError, current_sealer

SEAL = "s"
ASKED = ("q", "near", "sort", *FILTERS)
TYPED = {"lang_mode": "lang", "child_ages": "child_age"}
"""Controls of the form that are part of another criterion."""
LONGEST = 501
"""Characters kept of one value: one more than the form takes, so that it can say so."""
MOST_VALUES = 40

LAST_PAGE = 100_000

Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, with the seal that carries it on; ``is_unreadable`` when its own opens no more."""

    fields: Fields
    token: str | None = None
    is_unreadable: bool = False


def asked_fields() -> Fields:
    """Return what this request asks, by name of criterion; empty values are left out."""
    return _asked().fields


def search_token() -> str | None:
    """Return the seal to carry on in addresses, or None where nothing is asked."""
    return _asked().token


def seal_is_unreadable() -> bool:
    """Say whether this request came with a seal that nobody can open any more."""
    return _asked().is_unreadable


def page_given() -> int | None:
    """Return the page of results in this address; None where there is none or it makes no sense.

    As a number: what was written there is never repeated in links.
    """
    page = request.args.get("page", type=int)
    return page if page is not None and 1 <= page <= LAST_PAGE else None


def carried_query(**more: object) -> str:
    """Return the query of an address that asks the same: sealed, whatever way it was asked."""
    kept = [
        (name, text)
        for name, text in request.args.items(multi=True)
        if name not in (*ASKED, *TYPED, SEAL) and name not in more
    ]
    token = search_token()
    given = [(name, str(value)) for name, value in more.items() if value]
    return urlencode([*([(SEAL, token)] if token else []), *kept, *given])


def seal_fields(fields: Mapping[str, Sequence[str]]) -> str | None:
    """Seal a search; None where it asks nothing."""
    return current_sealer().seal(fields, now()) if fields else None


def tidy(pairs: Iterable[tuple[str, str]]) -> Fields:
    """Keep the criteria that we know, trimmed, each value once, the parts of a control put together."""
    fields: Fields = {}
    for name, text in pairs:
        value = " ".join(text.split())[:LONGEST]
        values = fields.setdefault(name, []) if value and name in (*ASKED, *TYPED) else []
        if value not in values and len(values) < MOST_VALUES:
            values.append(value)
    return _joined({name: values for name, values in fields.items() if values})


def _joined(fields: Fields) -> Fields:
    """Write the language with its mode as one value, and the ages of children one by one."""
    mode = fields.pop("lang_mode", [""])[0]
    if mode and "lang" in fields:
        first, *others = fields["lang"]
        fields["lang"] = [f"{first.partition(':')[0]}:{mode}", *others]
    typed = " ".join(fields.pop("child_ages", [])).replace(",", " ").replace(";", " ").split()
    if typed:
        fields["child_age"] = list(dict.fromkeys([*fields.get("child_age", []), *typed]))
    return fields


def _asked() -> Asked:
    kept: Asked | None = g.get("asked")
    if kept is None:
        kept = g.asked = _read()
    return kept


def _read() -> Asked:
    token = request.args.get(SEAL)
    if token:
        try:
            opened = current_sealer().open(token)
        except UnreadableSealError:
            return Asked({}, is_unreadable=True)
        fields = tidy((name, text) for name, texts in opened.items() for text in texts)
        return Asked(fields, token if fields else None)
    fields = tidy(request.args.items(multi=True))
    return Asked(fields, seal_fields(fields))
