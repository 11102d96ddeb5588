"""What the doctor says of an installation, and how a database is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_babel import lazy_gettext as _l
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from referral.shared.database import db
from referral.shared.paths import MIGRATIONS


class Sign(Enum):
    """How a finding begins; the word, not a colour, says what it is."""

    GOOD = _l("Good")
    NOTE = _l("Note")
    WRONG = _l("WRONG")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, in the language of the terminal."""

    sign: Sign
    sentence: str


Findings = Iterator[Finding]


class State(Enum):
    """How a database is."""

    GOOD = "good"
    ABSENT = "absent"
    SILENT = "silent"
    OTHER = "other"
    """Of another version."""


def look_at(name: str, url: str) -> State:
    """Return how a database is, without making one that is absent."""
    if is_missing_file(url):
        return State.ABSENT
    wanted = set(ScriptDirectory(str(MIGRATIONS)).get_heads())
    try:
        with db.engines[name].connect() as connection:
            found = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError:
        return State.SILENT
    return State.GOOD if found == wanted else State.OTHER


def is_missing_file(url: str) -> bool:
    """Say whether a SQLite file is absent: connecting would make an empty one."""
    path = file_of(url)
    return path is not None and not path.exists()


def file_of(url: str) -> Path | None:
    """Return the file of a database of SQLite; None where there is none."""
    place = make_url(url)
    if place.get_backend_name() != "sqlite" or not place.database or place.database == ":memory:":
        return None
    return Path(place.database)
