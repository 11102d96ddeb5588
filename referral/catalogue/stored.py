"""What the directory holds of the imported tables, read at once, and the writing of differences in bulk."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.change_models import FieldChange
from referral.catalogue.models import (
    Attribute,
    CostOption,
    Eligibility,
    FactSource,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    TaxonomyTerm,
    Verification,
)
from referral.catalogue.records import Values
from referral.catalogue.trust import BY_A_PERSON
from referral.shared.database import DirectoryBase

TABLES: dict[str, sa.Table] = dict(DirectoryBase.metadata.tables)
PARTS = tuple(
    str(model.__tablename__)
    for model in (
        Attribute,
        Phone,
        Schedule,
        Language,
        ServiceArea,
        Eligibility,
        CostOption,
        FactSource,
        ServiceAtLocation,
    )
)
IN_ORDER = ("organization", "taxonomy_term", "service", "location", *PARTS)
LOCATION = str(Location.__tablename__)


def directory_connection(session: Session) -> sa.Connection:
    """Return the connection of this transaction, for what is done in bulk."""
    session.flush()
    return session.connection(bind_arguments={"mapper": Service})


@dataclass(slots=True)
class Stored:
    """The directory before an import; rows by id, parts of services by service then table."""

    organizations: dict[uuid.UUID, Values]
    services: dict[uuid.UUID, Values]
    terms: dict[tuple[str, str], Values]
    parts: Mapping[uuid.UUID, Mapping[str, dict[uuid.UUID, Values]]]
    shared_locations: frozenset[uuid.UUID]
    lowered_by_people: frozenset[uuid.UUID]
    changed_by_people: frozenset[uuid.UUID]


def read_stored(session: Session) -> Stored:
    """Read all that an import compares itself with, in one statement a table."""
    connection = directory_connection(session)

    def rows(table: sa.Table) -> Iterable[Values]:
        names = table.columns.keys()
        return (dict(zip(names, row, strict=True)) for row in connection.execute(sa.select(table)))

    parts: defaultdict[uuid.UUID, defaultdict[str, dict[uuid.UUID, Values]]]
    parts = defaultdict(lambda: defaultdict(dict))
    users: defaultdict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for table in PARTS:
        for row in rows(TABLES[table]):
            parts[row["service_id"]][table][row["id"]] = row
            if table == ServiceAtLocation.__tablename__:
                users[row["location_id"]].append(row["service_id"])
    for row in rows(TABLES[LOCATION]):
        for service_id in users[row["id"]]:
            parts[service_id][LOCATION][row["id"]] = row
    return Stored(
        organizations={row["id"]: row for row in rows(TABLES[Organization.__tablename__])},
        services={row["id"]: row for row in rows(TABLES[Service.__tablename__])},
        terms={(row["taxonomy"], row["code"]): row for row in rows(TABLES[TaxonomyTerm.__tablename__])},
        parts=parts,
        shared_locations=frozenset(location for location, services in users.items() if len(services) > 1),
        lowered_by_people=frozenset(
            connection.execute(
                sa.select(Verification.service_id).where(Verification.method.in_(BY_A_PERSON))
            ).scalars()
        ),
        changed_by_people=frozenset(connection.execute(sa.select(FieldChange.service_id)).scalars()),
    )


@dataclass(slots=True)
class Writes:
    """Rows to insert, update and delete, gathered first and written table by table."""

    inserted: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    updated: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    deleted: defaultdict[str, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))

    def compare(self, table: str, row_id: uuid.UUID, before: Values | None, after: Values) -> bool:
        """Plan what makes a stored row hold these values; say whether anything differs."""
        if before is None:
            self.inserted[table].append({"id": row_id, **after})
            return True
        if holds(before, after):
            return False
        self.updated[table].append({"id": row_id, **after})
        return True

    def write(self, connection: sa.Connection) -> None:
        """Write what was planned: gone parts first, so that what replaces them finds its place free."""
        for table in reversed(IN_ORDER):
            for ids in _batches(self.deleted[table]):
                target = TABLES[table]
                connection.execute(target.delete().where(target.c.id.in_(ids)))
        for table in IN_ORDER:
            target = TABLES[table]
            if self.inserted[table]:
                connection.execute(target.insert(), self.inserted[table])
            for columns, rows in _by_columns(self.updated[table]).items():
                changes: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in columns}
                if "version" in target.c:
                    changes["version"] = target.c.version + 1
                statement = target.update().where(target.c.id == sa.bindparam("row_id")).values(changes)
                connection.execute(
                    statement,
                    [{"row_id": row["id"]} | {f"new_{name}": row[name] for name in columns} for row in rows],
                )


def holds(before: Values, after: Values) -> bool:
    """Say whether a stored row has these values already."""
    return all(before[name] == value for name, value in after.items())


def _by_columns(rows: Iterable[Values]) -> dict[tuple[str, ...], list[Values]]:
    found: defaultdict[tuple[str, ...], list[Values]] = defaultdict(list)
    for row in rows:
        found[tuple(sorted(row.keys() - {"id"}))].append(row)
    return found


def _batches(ids: list[uuid.UUID], size: int = 500) -> Iterable[list[uuid.UUID]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
