"""Who is not to be listed: organizations that refuse, persons who asked that their name go.

Only keyed hashes are kept: of the words of a name, in order of the alphabet, and of telephone numbers.
docs/adr/0016-do-not-list.md says what that protects and what it does not.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.checking import FieldProblem, ValuesRefusedError
from referral.catalogue.columns import parse_phone
from referral.catalogue.naming import runs_of, words_of
from referral.catalogue.problems import N_, CellError
from referral.catalogue.vetting_models import DoNotList, DoNotListMark, RefusalKind
from referral.shared.keys import derive_key

PURPOSE = "do-not-list"
NAME, PHONE = "name", "phone"
LEAST_WORDS, MOST_WORDS = 2, 10
NUMBER = re.compile(r"\+?\d[\d\s().\-\u00a0]{8,}\d")
DIGITS = 10

ORGANIZATION_REFUSES = N_("The register of who is not to be listed holds this organization.")
PERSON_REFUSES = N_("The register of who is not to be listed holds a person who is named here.")
NUMBER_REFUSES = N_("The register of who is not to be listed holds this telephone number.")


def mark_of(subject: str, text: str) -> str:
    """Return the mark of a name or a number, which nobody reads without the key."""
    return hmac.digest(derive_key(PURPOSE), f"{subject} {text}".encode(), "sha256").hex()


def key_check() -> str:
    """Return what tells one key from another."""
    return mark_of("check", "")


def name_mark(name: str) -> tuple[str, int]:
    """Return the mark of a name and how many words it has."""
    words = words_of(name)
    return mark_of(NAME, " ".join(words)), len(words)


def phone_mark(number: str) -> str:
    """Return the mark of a number, as a telephone dials it."""
    return mark_of(PHONE, number)


@dataclass(frozen=True, slots=True)
class Register:
    """Marks of who is not to be listed now."""

    organizations: Mapping[str, int] = field(default_factory=dict)
    persons: Mapping[str, int] = field(default_factory=dict)
    phones: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.organizations or self.persons or self.phones)

    def find(self, values: Mapping[str, Any]) -> list[FieldProblem]:
        """Return which of some values, by field, name or lead to somebody who is not to be listed."""
        problems = []
        for name, value in values.items():
            texts = list(strings_of(value))
            if any(self._calls(text) for text in texts):
                problems.append(FieldProblem(name, NUMBER_REFUSES))
            elif any(_holds(text, self.persons) for text in texts):
                problems.append(FieldProblem(name, PERSON_REFUSES))
            elif "name" in name and any(_holds(text, self.organizations) for text in texts):
                problems.append(FieldProblem(name, ORGANIZATION_REFUSES))
        return problems

    def _calls(self, text: str) -> bool:
        return bool(self.phones) and any(phone_mark(number) in self.phones for number in numbers_in(text))


def _holds(text: str, marks: Mapping[str, int]) -> bool:
    return any(
        mark_of(NAME, " ".join(run)) in marks
        for length in set(marks.values())
        for run, _start, _end in runs_of(text, length)
    )


def numbers_in(text: str) -> Iterable[str]:
    """Return the telephone numbers of a text, as a telephone dials them."""
    for found in NUMBER.findall(text):
        digits = re.sub(r"\D", "", found)
        try:
            number = parse_phone(f"+1{digits}" if len(digits) == DIGITS else f"+{digits}")
        except CellError:
            continue
        if number:
            yield number


def strings_of(value: Any) -> Iterable[str]:
    """Return every text within a value, whatever it is made of."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from strings_of(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings_of(each)
    elif value is not None:
        plain = msgspec.to_builtins(value)
        if isinstance(plain, str | dict | list):
            yield from strings_of(plain)


def read_register(session: Session) -> Register:
    """Return the marks of who is not to be listed, made with the key of now."""
    rows = session.execute(
        sa.select(DoNotList.kind, DoNotListMark.subject, DoNotListMark.mark, DoNotListMark.words)
        .join(DoNotListMark, DoNotListMark.entry_id == DoNotList.id)
        .where(DoNotList.ended_at.is_(None))
    ).all()
    names: dict[RefusalKind, dict[str, int]] = {kind: {} for kind in RefusalKind}
    for kind, subject, mark, words in rows:
        if subject == NAME:
            names[kind][mark] = words
    phones = frozenset(mark for _, subject, mark, _ in rows if subject == PHONE)
    return Register(names[RefusalKind.ORGANIZATION], names[RefusalKind.PERSON], phones)


def check_not_refused(session: Session, values: Mapping[str, Any]) -> None:
    """Refuse values that name or lead to who is not to be listed; raises ValuesRefusedError.

    Fields whose name holds *name* are also compared with organizations.
    """
    register = read_register(session)
    if register and (problems := register.find(values)):
        raise ValuesRefusedError(tuple(problems))
