"""Answers of a file, sealed one by one; each has a version, so that two who write at once both see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.intake import follow_ups
from referral.intake.contact import has_channel
from referral.intake.held import Held
from referral.intake.models import Answer
from referral.intake.questions import QUESTIONS, check_value
from referral.intake.safe import Safe
from referral.intake.vocabulary import CaseStatus, Said, Urgency

FOLLOWED = frozenset({"follow_up", "safe_contact"})
"""Answers on which follow-ups depend."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of one question; ``value`` only where it was answered."""

    said: Said
    value: Any = None
    version: int = 0


class AnswerConflictError(Exception):
    """Somebody else changed an answer meanwhile; nothing was saved of what was sent."""

    def __init__(self, name: str, theirs: Given | None) -> None:
        super().__init__(name)
        self.name = name
        self.theirs = theirs


class NobodyError(Exception):
    """An answer is given by a person."""


class CaseClosedError(Exception):
    """A file that is closed or erased is not changed."""


def read_answers(session: Session, case_id: UUID, safe: Safe) -> dict[str, Given]:
    """Return what is known of each question, in the order of the questions; not asked is left out."""
    rows = session.scalars(sa.select(Answer).where(Answer.case_id == case_id))
    found = {row.name: open_answer(row, safe) for row in rows}
    return {question.name: found[question.name] for question in QUESTIONS if question.name in found}


def open_answer(row: Answer, safe: Safe) -> Given:
    """Return what a row holds."""
    plain = safe.open(place_of(row.name), row.sealed)
    return Given(Said(plain["said"]), plain.get("value"), row.version)


def place_of(name: str) -> str:
    """Return the place that a sealed answer is bound to."""
    return f"answer.{name}"


def save_answers(held: Held, given: Mapping[str, Given | None]) -> list[str]:
    """Keep answers, each against the version that it was written upon; return the names that changed.

    ``None`` takes an answer back: *not asked* again. A version of nought says that there was none.
    Raises ValueRefusedError, AnswerConflictError, CaseClosedError; then the caller keeps nothing of it.
    """
    if held.case.status not in {CaseStatus.DRAFT, CaseStatus.OPEN}:
        raise CaseClosedError
    rows = held.session.scalars(sa.select(Answer).where(Answer.case_id == held.case.id))
    known = {row.name: row for row in rows}
    changed = [name for name, each in given.items() if _save(held, name, each, known.get(name))]
    if changed:
        held.touch()
    if not FOLLOWED.isdisjoint(changed):
        plan_follow_ups(held)
    return changed


def plan_follow_ups(held: Held) -> None:
    """Have follow-ups planned or called off, as the answers now say."""
    known = read_answers(held.session, held.case.id, held.safe)
    agreed = known["follow_up"].value if "follow_up" in known else None
    contact = known["safe_contact"].value if "safe_contact" in known else None
    follow_ups.plan(held, agreed or (), reachable=has_channel(contact))


def _save(held: Held, name: str, given: Given | None, row: Answer | None) -> bool:
    known = open_answer(row, held.safe) if row is not None else None
    if known == given or (known and given and (known.said, known.value) == (given.said, given.value)):
        return False
    if given is None:
        held.session.delete(row)
    else:
        if given.version != (known.version if known is not None else 0):
            raise AnswerConflictError(name, known)
        _write(held, name, given, row)
    if name == "urgency":
        is_set = given is not None and given.said is Said.ANSWERED
        held.case.urgency = Urgency(given.value["level"]) if given is not None and is_set else None
    return True


def _write(held: Held, name: str, given: Given, row: Answer | None) -> None:
    plain: dict[str, Any] = {"said": given.said}
    if given.said is Said.ANSWERED:
        check_value(name, given.value)
        plain["value"] = given.value
    sealed, by = held.safe.seal(place_of(name), plain), held.user_id
    if by is None:
        raise NobodyError
    if row is None:
        held.session.add(
            Answer(case_id=held.case.id, name=name, sealed=sealed, changed_at=held.at, changed_by=by)
        )
    else:
        row.sealed, row.changed_at, row.changed_by = sealed, held.at, by
