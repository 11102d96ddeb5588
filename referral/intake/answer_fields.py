"""How the answer to each question is typed in a form, and what was typed is read as an answer; pure.

Every field is called ``<question>-<field>``. ``show_value`` and ``read_typed`` undo each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from referral.intake.notices import NOTICE_VERSION
from referral.intake.questions import (
    ValueRefusedError,
    check_value,
)
from referral.intake.vocabulary import Need, Said

SAIDS = {Said.DECLINED.value: Said.DECLINED, Said.UNKNOWN.value: Said.UNKNOWN}
CHOSEN_WITH_SAID = frozenset({"age_band", "under_14", "urgency"})
"""Where one group of buttons holds both the choices and *prefers not to say*, *not known*, *not asked*."""
LONGEST_NUMBER = 4
DIGEST_LENGTH = 16
Field = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of one question, as a form sent them or as a page shows them."""

    question: str
    fields: Mapping[str, Sequence[str]]

    def all(self, name: str) -> list[str]:
        """Return what stands in every field of that name."""
        return list(self.fields.get(f"{self.question}-{name}", ()))

    def one(self, name: str) -> str:
        """Return the text of a field, without the spaces around; empty where there is none."""
        return next(iter(self.all(name)), "").strip()

    def line(self, name: str) -> str:
        """Return the same without the doubled spaces within."""
        return " ".join(self.one(name).split())

    def has(self, name: str, value: str = "") -> bool:
        """Say whether a box is ticked."""
        ticked = self.all(name)
        return value in ticked if value else bool(ticked)


def _line(name: str) -> Callable[[Typed], Any]:
    return lambda typed: typed.line(name) or None


def _choice(typed: Typed) -> Any:
    said = typed.one("said")
    return None if said in SAIDS else said or None


def _read_notice(typed: Typed) -> Any:
    language = typed.one("language")
    return {"version": typed.one("version") or NOTICE_VERSION, "language": language} if language else None


def _read_under_14(typed: Typed) -> Any:
    capacity, line = _choice(typed), typed.line("line")
    if not capacity and not line:
        return None
    return {"capacity": capacity} | ({"line": line} if line else {})


def _read_languages(typed: Typed) -> Any:
    spoken = list(dict.fromkeys(code.strip() for code in typed.all("spoken") if code.strip()))
    interpreter = typed.has("interpreter")
    return {"spoken": spoken, "interpreter": interpreter} if spoken or interpreter else None


def _read_contact(typed: Typed) -> Any:
    value: dict[str, Any] = {
        name: text
        for name in ("channel", "detail", "ask_for", "from", "to", "words")
        if (text := typed.line(name))
    }
    if days := typed.all("days"):
        value["days"] = sorted({_number(day) for day in days}, key=str)
    if not value and not typed.has("voicemail"):
        return None
    return value | {"voicemail": typed.has("voicemail")}


def _number(text: str) -> int | str:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_NUMBER else plain


def _read_urgency(typed: Typed) -> Any:
    level, reason = _choice(typed), typed.line("reason")
    return {"level": level, "reason": reason} if level or reason else None


def _read_needs(typed: Typed) -> Any:
    return {need.value: state for need in Need if (state := typed.one(need))} or None


def _read_limits(typed: Typed) -> Any:
    value: dict[str, Any] = {}
    if gender := typed.one("gender"):
        value["gender"] = gender
    if children := typed.one("children"):
        value["children"] = _number(children)
    if ages := typed.line("children_ages"):
        value["children_ages"] = ages
    if flags := typed.all("flags"):
        value["flags"] = list(dict.fromkeys(flags))
    return _or_none_of_it(typed, value)


def _or_none_of_it(typed: Typed, value: Any) -> Any:
    """Take « nothing of this », which is an answer, and no answer at all for what they are."""
    if not typed.has("none"):
        return value or None
    if value:
        raise ValueRefusedError("both")
    return value


def _read_regions(typed: Typed) -> Any:
    value: dict[str, Any] = {"now": typed.one("now")} if typed.one("now") else {}
    for name in ("wanted", "avoid"):
        if codes := typed.all(name):
            value[name] = sorted(set(codes))
    return value or None


def _read_organizations(typed: Typed) -> Any:
    return list(dict.fromkeys(_identifier(text) for text in typed.all("ids"))) or None


def _identifier(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return text


def _read_follow_up(typed: Typed) -> Any:
    return _or_none_of_it(typed, list(dict.fromkeys(typed.all("kinds"))))


def _read_note(typed: Typed) -> Any:
    return typed.one("text").replace("\r\n", "\n").replace("\r", "\n") or None


READERS: Mapping[str, Callable[[Typed], Any]] = {
    "notice": _read_notice,
    "nickname": _line("text"),
    "age_band": _choice,
    "under_14": _read_under_14,
    "languages": _read_languages,
    "safe_contact": _read_contact,
    "urgency": _read_urgency,
    "needs": _read_needs,
    "limits": _read_limits,
    "regions": _read_regions,
    "organizations_to_avoid": _read_organizations,
    "follow_up": _read_follow_up,
    "note": _read_note,
}


def read_typed(typed: Typed) -> tuple[Said, Any] | None:
    """Return what was typed as what it says; None where the question was not asked.

    Raises ValueRefusedError: ``both`` where an answer stands beside *prefers not to say* or *not known*.
    """
    chosen = typed.one("said")
    said, value = SAIDS.get(chosen), READERS[typed.question](typed)
    if chosen and said is None and typed.question not in CHOSEN_WITH_SAID:
        raise ValueRefusedError("unknown-choice")
    if said is not None:
        if value is not None:
            raise ValueRefusedError("both")
        return said, None
    if value is None:
        return None
    check_value(typed.question, value)
    return Said.ANSWERED, value


def show_value(question: str, said: Said | None, value: Any) -> Typed:
    """Return the fields that a page shows for what is known of a question."""
    fields: dict[str, list[str]] = {}
    pairs = _pairs(question, value) if said is Said.ANSWERED else [("said", said or "")]
    for name, text in pairs:
        fields.setdefault(f"{question}-{name}", []).append(text)
    return Typed(question, fields)


def _pairs(question: str, value: Any) -> Iterator[Field]:
    if question in {"nickname", "note"}:
        yield "text", value
    elif question == "age_band":
        yield "said", value
    elif question in {"under_14", "urgency"}:
        yield "said", value["capacity" if question == "under_14" else "level"]
        yield from _flat({name: value.get(name) for name in ("line", "reason")})
    elif question == "organizations_to_avoid":
        yield from _flat({"ids": value})
    elif question == "follow_up":
        yield from _flat({"kinds": value} if value else {"none": "1"})
    else:
        yield from _flat(value or {"none": "1"})


def _flat(value: Mapping[str, Any]) -> Iterator[Field]:
    """Give one field for each text, and one for each thing of a list; nothing for what is not there."""
    for name, each in value.items():
        if each is True:
            yield name, "1"
        elif isinstance(each, list):
            yield from ((name, str(one)) for one in each)
        elif each is not None and each is not False and each != "":
            yield name, str(each)


def digest_of(answer: tuple[Said, Any] | None) -> str:
    """Return a mark of an answer, by which a form that comes back tells what was changed in it."""
    plain = json.dumps(answer, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:DIGEST_LENGTH]
