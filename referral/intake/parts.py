"""What the copy of a person's file is made of; a later package adds the parts that it keeps itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, current_app
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from referral.audit.events import Action
from referral.intake.models import Case
from referral.shared.bilingual import Language
from referral.shared.database import CasesBase

CHAPTERS = "relais.copy_chapters"
Place = Callable[[Any], str]
Row = dict[str, Any]
Say = Callable[[Row, Language], Row]
Watched = Callable[[Session, Case], sa.ColumnElement[bool]]


def as_it_is(_row: Any, _case_id: UUID, opened: Row) -> Row:
    """Return all of a row."""
    return opened


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table: which are of a file, whose key opens them, and where what is sealed belongs.

    ``owner`` is the organization whose key that is, None where it is the one that keeps the file;
    ``narrow`` leaves out what is another organization's to tell.
    """

    name: str
    model: type[CasesBase]
    of: Callable[[UUID], sa.ColumnElement[bool]]
    key: Callable[[Any], UUID] = lambda row: row.case_id
    places: Mapping[str, Place] = field(default_factory=dict)
    owner: Callable[[Any], UUID | None] = lambda _row: None
    narrow: Callable[[Any, UUID, Row], Row] = as_it_is


@dataclass(frozen=True, slots=True)
class Chapter:
    """Parts that a later package keeps of a person, the words for them, and who looked at what is in them.

    ``people`` and ``links`` are columns that name accounts, and other rows. ``labels`` are of columns, or
    of one part's: ``part.column``. ``say`` puts what was sealed into words; ``watched`` selects the acts.
    """

    parts: tuple[Part, ...]
    people: frozenset[str]
    links: frozenset[str]
    titles: Mapping[str, LazyString]
    labels: Mapping[str, LazyString]
    codes: Mapping[type, Mapping[Any, LazyString]]
    say: Mapping[str, Say]
    watched: Watched
    acts: Mapping[tuple[str, Action], LazyString]


def add(app: Flask, chapter: Chapter) -> None:
    """Have more in the copy of every file."""
    app.extensions.setdefault(CHAPTERS, []).append(chapter)


def list_chapters() -> Iterator[Chapter]:
    """Return what was added."""
    yield from current_app.extensions.get(CHAPTERS, ())
