"""What a letter is, and what no letter may hold: pure rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from referral.shared.bilingual import Language

LONGEST_KEY = 200
LONGEST_ADDRESS = 254
KIND = re.compile(r"[a-z][a-z0-9_]{0,62}")
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{LABEL}\.)+{LABEL}")
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""After the first failure, the second, and so on; then a letter is dead."""


class LetterError(ValueError):
    """A letter cannot be written; says which part is wrong and never repeats it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A letter to be written: ``kind`` names its template, ``key`` the one act that it tells of.

    A second message of the same key is the same letter: it is not sent twice.
    """

    kind: str
    to: str
    language: Language
    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: everything is written."""

    to: str
    subject: str
    body: str


def check_message(message: Message) -> None:
    """Refuse what could become a header, another recipient or a line of its own; raises LetterError."""
    if not KIND.fullmatch(message.kind):
        raise LetterError("kind")
    if not 0 < len(message.key) <= LONGEST_KEY:
        raise LetterError("key")
    if message.language not in ("fr", "en"):
        raise LetterError("language")
    check_address(message.to)
    for name, value in message.values.items():
        if not is_one_line(value):
            raise LetterError(name)


def check_address(address: str) -> None:
    """Refuse what is not one plain address; raises LetterError."""
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise LetterError("address")


def is_one_line(text: str) -> bool:
    """Say whether a text holds no line end, no control and no hidden character, also of Unicode."""
    return not any(unicodedata.category(character) in UNSEEN for character in text)


def split_letter(to: str, text: str) -> Letter:
    """Take the first line of a written template as the subject; raises LetterError."""
    subject, _, body = text.partition("\n")
    if not subject.strip() or not is_one_line(subject) or not body.strip():
        raise LetterError("template")
    return Letter(to, subject.strip(), body.strip("\n") + "\n")


def next_try(attempts: int, at: datetime) -> datetime | None:
    """Return when to try again after so many failures, or None when it was the last."""
    return at + WAITS[attempts - 1] if attempts <= len(WAITS) else None
