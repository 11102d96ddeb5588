"""What the form of a listing shows, and whether somebody else changed the listing since it was opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from referral.catalogue.checking import FieldProblem
from referral.catalogue.fields import FIELDS, LACKS, Values, encode
from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory.cards import in_words, region_name
from referral.directory.week import DAYS
from referral.directory.words import MODES
from referral.geo.areas import REGIONS
from referral.i18n.locale import current_language
from referral.partners import territory
from referral.partners.editing import Problem, Reading, from_fields
from referral.partners.typed import Fields, rows_of, to_fields
from referral.partners.words import ANSWERS, HANDLING, LABELS, LACKS_WORDS, PHONE_KINDS, describe
from referral.shared.conflict import Conflict, Field, compare

SECTIONS = tuple(FIELDS)
DIGEST = 12
"""Hexadecimal digits that tell the values of one field apart."""
Digests = dict[str, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something wrong as it is shown: in which field, at which element of the page."""

    field: str
    anchor: str
    message: str


def say_problems(problems: Iterable[Problem | FieldProblem]) -> list[Wrong]:
    """Put what is wrong into words; what is wrong with a field as a whole is shown at its heading."""
    return [
        Wrong(
            name := each.field if isinstance(each, Problem) else each.name,
            each.input if isinstance(each, Problem) else f"f-{name}",
            _(each.reason, **each.values),
        )
        for each in problems
    ]


def digests_of(values: Values) -> Digests:
    """Return what tells the values of a listing apart as its form shows them."""
    return {name: _digest(name, value) for name, value in from_fields(to_fields(values)).values.items()}


def _digest(name: str, value: Any) -> str:
    return hashlib.sha256(encode(name, value).encode()).hexdigest()[:DIGEST]


def write_base(digests: Digests) -> str:
    """Return what a form remembers of the listing as it was opened."""
    return " ".join(f"{name}:{digest}" for name, digest in digests.items())


def read_base(text: str, current: Digests) -> Digests:
    """Return what a form remembers; a field that it does not name counts as it is now."""
    told = dict(part.split(":", 1) for part in text.split() if ":" in part)
    return {name: told.get(name, digest) for name, digest in current.items()}


def list_changed(reading: Reading, base: Digests) -> dict[str, Any]:
    """Return the fields that somebody changed since she opened the form."""
    return {name: value for name, value in reading.values.items() if _digest(name, value) != base[name]}


def find_conflict(reading: Reading, current: Values, base: Digests) -> Conflict | None:
    """Return both versions in words where somebody else changed the listing since; None where nobody did."""
    mine = {name: _digest(name, value) for name, value in reading.values.items()}
    sides = compare(mine, digests_of(current), base)
    if not sides.differing:
        return None
    language = current_language()
    return Conflict(
        tuple(
            Field(
                each.name,
                None,
                "; ".join(describe(each.name, current[each.name], language)),
                "; ".join(describe(each.name, reading.values[each.name], language)),
                each.side,
            )
            for each in sides.fields
        )
    )


def merge(reading: Reading, current: Values, conflict: Conflict) -> Fields:
    """Return a form with what each changed, and what I wrote where both did."""
    theirs = {field.name for field in conflict.differing if field.side == "theirs"}
    fields = to_fields({**reading.values, **{name: current[name] for name in theirs}})
    for name in ("note", "proposal"):
        fields[name] = reading.fields.get(name, "")
    return fields


def choices() -> dict[str, list[tuple[str, str]]]:
    """Return the codes that one may choose among, in words of the page."""
    found = {
        name: [(code, in_words(words)) for code, words in terms.items()] for name, terms in TAXONOMIES.items()
    }
    found["languages"].sort(key=lambda pair: (pair[0] not in {"fr", "en"}, pair[1]))
    found["regions"] = [(code, region_name(code)) for code in REGIONS]
    found["modes"] = _in_words(MODES)
    found["kinds"] = _in_words(PHONE_KINDS)
    found["answers"] = _in_words(ANSWERS)
    found["lacks"] = [(code, str(LACKS_WORDS[code])) for code in LACKS]
    return found


def _in_words(words: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(code, str(text)) for code, text in words.items()]


def context(fields: Fields, wrong: Iterable[Wrong] = ()) -> dict[str, Any]:
    """Return what the template of the form needs but for the listing itself."""
    told = list(wrong)
    return {
        "fields": fields,
        "wrong": told,
        "wrong_at": {each.anchor: each.message for each in told},
        "wrong_in": {each.field for each in told},
        "rows": lambda group: rows_of(fields, group),
        "choices": choices(),
        "days": _in_words(DAYS),
        "labels": LABELS,
        "handling": {name: HANDLING[field.handling] for name, field in FIELDS.items()},
        "is_public": {name: field.is_public for name, field in FIELDS.items()},
        "shapes": territory.draw_regions(),
        "picture": (territory.WIDTH, territory.HEIGHT),
    }
