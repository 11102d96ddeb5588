"""Everything that is held of a person in one file, for the copy that she may ask for.

Rows are walked column by column, so that a column added later is in the copy without anybody thinking
of it; a sealed one whose place is not said here stops the copy rather than be left out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.intake import models, vault
from referral.intake.parts import Part, Row, list_chapters
from referral.intake.safe import Safe, open_safes

DESTROYED = "destroyed"
"""In the place of what nobody can open any more."""
LEFT_OUT = frozenset({"version", "case_id", "receiver_case_id"})
"""How often a row was written, the file that all of this is about, and the one another organization keeps."""
PEOPLE = frozenset(
    {
        "owner_id",
        "deputy_id",
        "returns_to_id",
        "changed_by",
        "user_id",
        "taken_by",
        "withdrawn_by",
        "sent_by",
        "read_by",
        "author_id",
        "done_by",
        "answered_by",
        "requested_by",
    }
)
PLACES = frozenset({"organization_id", "receiver_id", "sender_id"})
LINKS = frozenset({"id", "reading_id", "consent_id", "packet_id", "subject_id"})
"""Identifiers that lead from one row to another, and say nothing else."""


class NoPlaceError(LookupError):
    """A sealed column was added, and nobody said how the copy opens it."""


def _consents_of(case_id: UUID) -> sa.Select[UUID]:
    return sa.select(models.Consent.id).where(models.Consent.case_id == case_id)


def _packets_of(case_id: UUID) -> sa.Select[UUID]:
    return sa.select(models.Packet.id).where(models.Packet.case_id == case_id)


def _names_of(case_id: UUID) -> sa.Select[UUID]:
    return sa.select(models.VaultEntry.id).where(models.VaultEntry.case_id == case_id)


def _destroyed_of(case_id: UUID) -> sa.ColumnElement[bool]:
    subject = models.Certificate.subject_id
    return sa.or_(subject == case_id, subject.in_(_packets_of(case_id)), subject.in_(_names_of(case_id)))


PARTS: tuple[Part, ...] = (
    Part(
        "file",
        models.Case,
        lambda case_id: models.Case.id == case_id,
        lambda row: row.id,
        {"next_step_sealed": lambda _row: "next_step", "closure_sealed": lambda _row: "closure"},
    ),
    Part(
        "answers",
        models.Answer,
        lambda case_id: models.Answer.case_id == case_id,
        places={"sealed": lambda row: f"answer.{row.name}"},
    ),
    Part(
        "legal_name",
        models.VaultEntry,
        lambda case_id: models.VaultEntry.case_id == case_id,
        lambda row: row.id,
        {"sealed": lambda _row: vault.PLACE},
    ),
    Part(
        "timeline",
        models.CaseEvent,
        lambda case_id: models.CaseEvent.case_id == case_id,
        places={"sealed": lambda row: f"event.{row.id}"},
    ),
    Part(
        "consents",
        models.Consent,
        lambda case_id: models.Consent.case_id == case_id,
        places={"sealed": lambda row: f"consent.{row.id}"},
    ),
    Part(
        "consent_items",
        models.ConsentItem,
        lambda case_id: models.ConsentItem.consent_id.in_(_consents_of(case_id)),
    ),
    Part("packets", models.Packet, lambda case_id: models.Packet.case_id == case_id),
    Part(
        "packet_items",
        models.PacketItem,
        lambda case_id: models.PacketItem.packet_id.in_(_packets_of(case_id)),
        lambda row: row.packet_id,
        {"sealed": lambda row: f"item.{row.item}"},
    ),
    Part(
        "packet_readings",
        models.PacketReading,
        lambda case_id: models.PacketReading.packet_id.in_(_packets_of(case_id)),
    ),
    Part(
        "disclosures",
        models.Disclosure,
        lambda case_id: models.Disclosure.case_id == case_id,
        lambda row: row.id,
        {"sealed": lambda _row: "disclosure"},
    ),
    Part(
        "follow_ups",
        models.FollowUp,
        lambda case_id: models.FollowUp.case_id == case_id,
        places={"sealed": lambda row: f"follow_up.{row.id}"},
    ),
    Part(
        "requests",
        models.RightsRequest,
        lambda case_id: models.RightsRequest.case_id == case_id,
        places={"sealed": lambda row: f"rights.{row.id}"},
    ),
    Part("certificates", models.Certificate, _destroyed_of),
)


def list_parts() -> tuple[Part, ...]:
    """Return every part of a copy, those of later packages last."""
    return (*PARTS, *(part for chapter in list_chapters() for part in chapter.parts))


def people_columns() -> frozenset[str]:
    """Return the columns that name an account."""
    return PEOPLE.union(*(chapter.people for chapter in list_chapters()))


def link_columns() -> frozenset[str]:
    """Return the columns that lead from one row to another."""
    return LINKS.union(*(chapter.links for chapter in list_chapters()))


def collect(session: Session, case_id: UUID) -> dict[str, list[Row]]:
    """Return every row that is held of a file, opened; raises NoPlaceError."""
    parts = list_parts()
    found = {part.name: list(list_rows(session, part, case_id)) for part in parts}
    safes = _open_keys(parts, found)
    return {
        part.name: [part.narrow(row, case_id, open_row(part, row, safes)) for row in found[part.name]]
        for part in parts
    }


def _open_keys(parts: Iterable[Part], found: Mapping[str, list[Any]]) -> dict[UUID, Safe]:
    """Return every key of a file, each only where it is of the organization whose the thing is."""
    keeper = next((row.organization_id for row in found["file"]), None)
    keys: dict[UUID | None, set[UUID]] = {}
    for part in parts:
        for row in found[part.name] if part.places else ():
            keys.setdefault(part.owner(row) or keeper, set()).add(part.key(row))
    return {
        thing: safe for owner, things in keys.items() for thing, safe in open_safes(things, owner).items()
    }


def list_rows(session: Session, part: Part, case_id: UUID) -> Iterator[Any]:
    """Return the rows of one part that are of a file, sealed as they are."""
    keys = sa.inspect(part.model).primary_key
    yield from session.scalars(sa.select(part.model).where(part.of(case_id)).order_by(*keys))


def open_row(part: Part, row: Any, safes: Mapping[UUID, Safe]) -> Row:
    """Return the columns of a row, what is sealed under the name that it has without the word."""
    opened: Row = {}
    for attribute in sa.inspect(part.model).column_attrs:
        name, value = attribute.key, getattr(row, attribute.key)
        if isinstance(attribute.columns[0].type, sa.LargeBinary):
            opened[name_of_sealed(name)] = _open(part, row, name, safes)
        elif name not in LEFT_OUT:
            opened[name] = value
    return opened


def name_of_sealed(column: str) -> str:
    """Return ``next_step`` for ``next_step_sealed``, and ``content`` for ``sealed``."""
    return column.removesuffix("_sealed") if column != "sealed" else "content"


def _open(part: Part, row: Any, column: str, safes: Mapping[UUID, Safe]) -> Any:
    if column not in part.places:
        raise NoPlaceError(f"{part.name}.{column}")
    sealed, safe = getattr(row, column), safes.get(part.key(row))
    if sealed is None:
        return None
    return safe.open(part.places[column](row), sealed) if safe is not None else DESTROYED


def ids_in(copy: Mapping[str, list[Row]], columns: frozenset[str]) -> set[UUID]:
    """Return whom, or which organizations, a copy speaks of."""
    return {row[name] for rows in copy.values() for row in rows for name in columns & row.keys() if row[name]}


def with_names(
    copy: Mapping[str, list[Row]], people: Mapping[UUID, str], places: Mapping[UUID, str]
) -> dict[str, list[Row]]:
    """Return a copy in which people and organizations have their names instead of their identifiers."""
    accounts = people_columns()

    def name(column: str, value: Any) -> Any:
        if column in accounts:
            return people.get(value)
        return places.get(value) if column in PLACES else value

    return {
        part: [{column: name(column, value) for column, value in row.items()} for row in rows]
        for part, rows in copy.items()
    }
