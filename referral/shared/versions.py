"""Optimistic versions: whoever saves second is shown both, and overwrites nothing unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from referral.shared.conflict import Conflict, compare

Values = Mapping[str, object]


class Versioned:
    """A table whose rows two people can edit; each save makes the next version."""

    version: Mapped[int] = mapped_column()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  # SQLAlchemy gives the class
        """Let SQLAlchemy refuse to save over a version that was not read."""
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class ConflictError(Exception):
    """Somebody else saved since; the view answers 409 with both versions. Nothing was saved."""

    def __init__(self, conflict: Conflict, version: int | None) -> None:
        super().__init__("somebody else saved since")
        self.conflict = conflict
        self.version = version
        """Of what is there now: with it, who has seen both may save. None where it is there no more."""


@contextmanager
def keeping_both(
    session: Session, row: Any, version: int, mine: Values, base: Values | None = None
) -> Iterator[None]:
    """Set fields of a row inside; raises ConflictError where the form was opened on another version.

    ``version`` and ``base`` come from the form: the row as it was shown. Use inside ``writing``.
    """
    kind, key = type(row), row.id
    check_version(row, version, mine, base)
    try:
        yield
        session.flush()
    except StaleDataError:
        session.rollback()
        now = session.get(kind, key, populate_existing=True)
        theirs = None if now is None else read(now, mine)
        raise ConflictError(compare(mine, theirs, base), None if now is None else now.version) from None


def check_version(row: Any, version: int, mine: Values, base: Values | None = None) -> None:
    """Raise ConflictError where a row is no more the version that was shown."""
    if row.version != version:
        raise ConflictError(compare(mine, read(row, mine), base), row.version)


def read(row: Any, names: Values) -> dict[str, object]:
    """Return the fields of a row that were sent."""
    return {name: getattr(row, name) for name in names}
