"""What an intake asks: each question once, with what it is for; pure.

What an answer holds is plain data (lists, numbers, texts), as it is sealed. ``check_value`` says
whether it may be kept; the form, a later correction and an import all ask it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from referral.intake.vocabulary import AgeBand, FollowUpKind, Item, Need, NeedState, Urgency

LONGEST_LINE = 140
LONGEST_NAME = 60
LONGEST_NOTE = 500
MOST_CHILDREN = 15
MOST_LANGUAGES = 8
MOST_AVOIDED = 20
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")
REGION_CODE = re.compile(r"0[1-9]|1[0-7]")
CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
CHANNELS = ("phone", "text", "email", "in-person", "through-someone", "none")
GENDERS = ("woman", "man", "trans-woman", "trans-man", "non-binary")
LIMIT_FLAGS = ("wheelchair", "pets", "substances", "no-papers", "no-health-card", "pregnant")
DAYS = range(7)


class ValueRefusedError(ValueError):
    """An answer cannot be kept; ``reason`` is a code of ``REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REASONS = (
    "unknown-choice",
    "too-long",
    "several-lines",
    "too-many",
    "not-a-number",
    "no-reason",
    "hours",
    "no-detail",
    "empty",
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its name, what checks its answer, and the item under which the answer may travel.

    Without an item it never leaves the organization.
    """

    name: str
    check: Callable[[Any], None]
    item: Item | None = None


def _refuse_unless(condition: object, reason: str) -> None:
    if not condition:
        raise ValueRefusedError(reason)


def check_text(value: Any, longest: int = LONGEST_LINE, *, lines: bool = False) -> None:
    """Refuse what is no short text; of several lines only where that is allowed."""
    _refuse_unless(isinstance(value, str) and value.strip(), "empty")
    _refuse_unless(len(value) <= longest, "too-long")
    allowed = "\n" if lines else ""
    _refuse_unless(all(sign.isprintable() or sign in allowed for sign in value), "several-lines")


def _among(choices: object) -> Callable[[Any], None]:
    known = frozenset(str(each) for each in choices)  # type: ignore[attr-defined]

    def check(value: Any) -> None:
        _refuse_unless(isinstance(value, str) and value in known, "unknown-choice")

    return check


def check_languages(value: Any) -> None:
    """Take ``{"spoken": [ISO 639 codes, best first], "interpreter": bool}``; to sign is ``fcs``, ``ase``."""
    _refuse_unless(isinstance(value, dict) and set(value) == {"spoken", "interpreter"}, "unknown-choice")
    spoken = value["spoken"]
    _refuse_unless(isinstance(spoken, list) and spoken, "empty")
    _refuse_unless(len(spoken) <= MOST_LANGUAGES and len(set(spoken)) == len(spoken), "too-many")
    _refuse_unless(all(LANGUAGE_CODE.fullmatch(str(code)) for code in spoken), "unknown-choice")
    _refuse_unless(isinstance(value["interpreter"], bool), "unknown-choice")


def check_needs(value: Any) -> None:
    """Take ``{need: state}``; a need that is absent was not discussed."""
    _refuse_unless(isinstance(value, dict) and value, "empty")
    known, states = set(Need), set(NeedState)
    _refuse_unless(all(need in known and state in states for need, state in value.items()), "unknown-choice")


def check_limits(value: Any) -> None:
    """Take ``{"gender": code?, "children": number?, "children_ages": text?, "flags": [codes]}``."""
    _refuse_unless(
        isinstance(value, dict) and set(value) <= {"gender", "children", "children_ages", "flags"},
        "unknown-choice",
    )
    if value.get("gender") is not None:
        _among(GENDERS)(value["gender"])
    children = value.get("children")
    _refuse_unless(
        children is None
        or (isinstance(children, int) and not isinstance(children, bool) and 0 <= children <= MOST_CHILDREN),
        "not-a-number",
    )
    if value.get("children_ages"):
        check_text(value["children_ages"], LONGEST_NAME)
    flags = value.get("flags", [])
    _refuse_unless(isinstance(flags, list) and set(map(str, flags)) <= set(LIMIT_FLAGS), "unknown-choice")


def check_regions(value: Any) -> None:
    """Take ``{"now": code?, "wanted": [codes], "avoid": [codes]}``, of the seventeen regions."""
    _refuse_unless(isinstance(value, dict) and set(value) <= {"now", "wanted", "avoid"}, "unknown-choice")
    codes: list[Any] = [value["now"]] if value.get("now") else []
    for name in ("wanted", "avoid"):
        listed = value.get(name, [])
        _refuse_unless(isinstance(listed, list), "unknown-choice")
        codes += listed
    _refuse_unless(codes, "empty")
    _refuse_unless(all(REGION_CODE.fullmatch(str(code)) for code in codes), "unknown-choice")


def check_organizations(value: Any) -> None:
    """Take identifiers of organizations, as texts."""
    _refuse_unless(isinstance(value, list) and value, "empty")
    _refuse_unless(len(value) <= MOST_AVOIDED, "too-many")
    for each in value:
        try:
            UUID(str(each))
        except ValueError:
            raise ValueRefusedError("unknown-choice") from None


def check_contact(value: Any) -> None:
    """Take how she may be reached: a channel, its detail, and what is safe.

    ``{"channel": code, "detail": text?, "ask_for": text?, "days": [0 to 6, Monday first], "from": "HH:MM"?,
    "to": "HH:MM"?, "voicemail": bool, "words": text?}``; without days every day, without hours at any hour.
    """
    names = {"channel", "detail", "ask_for", "days", "from", "to", "voicemail", "words"}
    _refuse_unless(isinstance(value, dict) and set(value) <= names, "unknown-choice")
    _among(CHANNELS)(value.get("channel"))
    needs_detail = value["channel"] in {"phone", "text", "email"}
    _refuse_unless(value.get("detail") or not needs_detail, "no-detail")
    for name in ("detail", "ask_for", "words"):
        if value.get(name):
            check_text(value[name])
    days = value.get("days", [])
    _refuse_unless(isinstance(days, list) and all(day in DAYS for day in days), "unknown-choice")
    _check_hours(value.get("from"), value.get("to"))
    _refuse_unless(isinstance(value.get("voicemail", False), bool), "unknown-choice")


def _check_hours(begins: Any, ends: Any) -> None:
    _refuse_unless(bool(begins) == bool(ends), "hours")
    if begins:
        _refuse_unless(
            CLOCK.fullmatch(str(begins)) and CLOCK.fullmatch(str(ends)) and begins != ends, "hours"
        )


def check_urgency(value: Any) -> None:
    """Take ``{"level": code, "reason": one line}``: never a level without its reason."""
    _refuse_unless(isinstance(value, dict) and set(value) == {"level", "reason"}, "no-reason")
    _among(Urgency)(value["level"])
    _refuse_unless(isinstance(value["reason"], str) and value["reason"].strip(), "no-reason")
    check_text(value["reason"])


def check_follow_up(value: Any) -> None:
    """Take the follow-ups that she agrees to; an empty list is a no."""
    _refuse_unless(isinstance(value, list) and set(map(str, value)) <= set(FollowUpKind), "unknown-choice")


def check_minor(value: Any) -> None:
    """Take ``{"capacity": code, "line": text?}``: who consents for a child under 14."""
    _refuse_unless(isinstance(value, dict) and set(value) <= {"capacity", "line"}, "unknown-choice")
    _among(("parent", "childs-benefit"))(value.get("capacity"))
    if value["capacity"] == "childs-benefit":
        _refuse_unless(value.get("line"), "no-reason")
    if value.get("line"):
        check_text(value["line"])


def check_notice(value: Any) -> None:
    """Take ``{"version": text, "language": code}``: which text on her rights was read to her, and how."""
    _refuse_unless(isinstance(value, dict) and set(value) == {"version", "language"}, "unknown-choice")
    check_text(value["version"], 16)
    _refuse_unless(LANGUAGE_CODE.fullmatch(str(value["language"])), "unknown-choice")


QUESTIONS: tuple[Question, ...] = (
    Question("notice", check_notice),
    Question("nickname", lambda value: check_text(value, LONGEST_NAME)),
    Question("age_band", _among(AgeBand), Item.AGE_BAND),
    Question("under_14", check_minor),
    Question("languages", check_languages, Item.LANGUAGES),
    Question("safe_contact", check_contact, Item.SAFE_CONTACT),
    Question("urgency", check_urgency, Item.URGENCY),
    Question("needs", check_needs, Item.NEEDS),
    Question("limits", check_limits, Item.LIMITS),
    Question("regions", check_regions, Item.REGIONS),
    Question("organizations_to_avoid", check_organizations),
    Question("follow_up", check_follow_up),
    Question("note", lambda value: check_text(value, LONGEST_NOTE, lines=True)),
)
BY_NAME: Mapping[str, Question] = {question.name: question for question in QUESTIONS}
"""In the order in which they are asked; any other order does as well."""


def check_value(name: str, value: Any) -> None:
    """Refuse what cannot be kept as the answer to a question; raises ValueRefusedError."""
    BY_NAME[name].check(value)
