"""Keeps what a form of the intake sends: what was changed in it, and of that what nobody else changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from referral.intake.answer_fields import Typed, digest_of, read_typed, show_value
from referral.intake.answers import Given, read_answers, save_answers
from referral.intake.held import Held
from referral.intake.models import CaseEvent
from referral.intake.questions import BY_NAME, ValueRefusedError
from referral.intake.vocabulary import CaseEventKind, Said

SITTING = timedelta(minutes=15)
"""What somebody changes within this time is one line of the timeline and of the audit."""
LONGEST_VERSION = 9
ROW, BASE = "row", "base"
"""Fields of each question: the version of its answer, and the mark of that, as the page showed it."""
NEVER = -1
"""The version of a form that says none that can be: it conflicts with whatever is there."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One question as a form sent it; an empty mark says that its page did not show the answer."""

    typed: Typed
    answer: tuple[Said, Any] | None
    version: int
    is_changed: bool
    wrong: str | None = None


@dataclass(slots=True)
class Taken:
    """What became of what was sent: by question."""

    saved: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Given | None] = field(default_factory=dict)
    known: Mapping[str, Given] = field(default_factory=dict)
    """Answers as they are now."""


def read_form(fields: Mapping[str, Sequence[str]], names: Iterable[str]) -> dict[str, Sent]:
    """Return what a form sends of some questions; those that were not on its page are left out."""
    found = {}
    for name in names:
        if name in BY_NAME and f"{name}-{ROW}" in fields:
            found[name] = _read_one(
                Typed(name, {k: v for k, v in fields.items() if k.startswith(f"{name}-")})
            )
    return found


def _read_one(typed: Typed) -> Sent:
    version = _version(typed.one(ROW))
    try:
        answer = read_typed(typed)
    except ValueRefusedError as error:
        return Sent(typed, None, version, is_changed=True, wrong=error.reason)
    base = typed.one(BASE)
    was_hidden = not base and answer is None
    return Sent(typed, answer, version, is_changed=digest_of(answer) != base and not was_hidden)


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION else NEVER


def show_given(name: str, given: Given | None) -> Typed:
    """Return the fields that a page shows for an answer."""
    return show_value(name, given.said if given else None, given.value if given else None)


def mark_of(name: str, given: Given | None) -> str:
    """Return the mark of an answer as a form would send it back untouched."""
    return digest_of(read_typed(show_given(name, given)))


def keep_answers(held: Held, sent: Mapping[str, Sent]) -> Taken:
    """Keep what was changed and can be kept; what is wrong, or was changed by another, stays as it was.

    Raises CaseClosedError.
    """
    known = read_answers(held.session, held.case.id, held.safe)
    taken = Taken(wrong={name: each.wrong for name, each in sent.items() if each.wrong})
    wanted: dict[str, Given | None] = {}
    for name, each in sent.items():
        if each.wrong or not each.is_changed:
            continue
        current = known.get(name)
        if _is_upon_another(current, each) and not _is_there(current, each):
            taken.conflicts[name] = current
        else:
            wanted[name] = Given(*each.answer, each.version) if each.answer else None
    taken.saved = save_answers(held, wanted)
    if taken.saved:
        note_change(held)
    taken.known = read_answers(held.session, held.case.id, held.safe)
    return taken


def _is_upon_another(current: Given | None, sent: Sent) -> bool:
    """Say whether a form was shown another answer; given anew, one begins its versions again."""
    if sent.version != (current.version if current else 0):
        return True
    base = sent.typed.one(BASE)
    return bool(base) and base != mark_of(sent.typed.question, current)


def _is_there(current: Given | None, sent: Sent) -> bool:
    return (None if current is None else (current.said, current.value)) == sent.answer


def note_change(held: Held) -> None:
    """Tell of a change in the timeline and the audit, once for all that one person changes in a sitting."""
    earlier = held.session.scalar(
        sa.select(sa.func.count())
        .select_from(CaseEvent)
        .where(
            CaseEvent.case_id == held.case.id,
            CaseEvent.kind == CaseEventKind.CHANGED,
            CaseEvent.user_id == held.user_id,
            CaseEvent.occurred_at > held.at - SITTING,
        )
    )
    if not earlier:
        held.tell(CaseEventKind.CHANGED)
        held.record()
