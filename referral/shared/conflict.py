"""Two people edited the same thing: what each wrote, field by field, so that neither is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who changed a field since both began."""

    NOBODY = "nobody"
    MINE = "mine"
    THEIRS = "theirs"
    SAME = "same"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it was, as the other saved it, and as I would; ``base`` is None where not known."""

    name: str
    base: object
    theirs: object
    mine: object
    side: Side


@dataclass(frozen=True, slots=True)
class Conflict:
    """All fields that were sent; ``is_gone`` where the other removed the whole."""

    fields: tuple[Field, ...]
    is_gone: bool = False

    @property
    def differing(self) -> tuple[Field, ...]:
        """Fields of which a person must look at both values, or at what the other changed."""
        return tuple(field for field in self.fields if field.side in {Side.THEIRS, Side.BOTH})

    @property
    def needs_choice(self) -> bool:
        """Say whether both changed one field, or the whole is gone: nobody but a person can decide."""
        return self.is_gone or any(field.side is Side.BOTH for field in self.fields)

    def merged(self) -> dict[str, object]:
        """Return what to propose: each one's own changes, and mine where both changed; saves nothing."""
        return {
            field.name: field.theirs if field.side is Side.THEIRS else field.mine for field in self.fields
        }


def compare(
    mine: Mapping[str, object],
    theirs: Mapping[str, object] | None,
    base: Mapping[str, object] | None = None,
) -> Conflict:
    """Compare what I send with what is there now; None for *theirs* where it is there no more.

    Without *base*, what the form showed when I opened it, nobody can know who changed a field:
    each that differs counts as changed by both.
    """
    if theirs is None:
        gone = tuple(
            Field(name, (base or {}).get(name), None, value, Side.BOTH) for name, value in mine.items()
        )
        return Conflict(gone, is_gone=True)
    return Conflict(
        tuple(
            Field(
                name,
                None if base is None else base.get(name),
                theirs.get(name),
                value,
                _side(name, value, theirs, base),
            )
            for name, value in mine.items()
        )
    )


def _side(name: str, mine: object, theirs: Mapping[str, object], base: Mapping[str, object] | None) -> Side:
    there = theirs.get(name)
    if base is None or name not in base:
        return Side.NOBODY if mine == there else Side.BOTH
    before = base[name]
    if mine == there:
        return Side.NOBODY if mine == before else Side.SAME
    if there == before:
        return Side.MINE
    return Side.THEIRS if mine == before else Side.BOTH
