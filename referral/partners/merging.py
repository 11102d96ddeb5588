"""Making one of two without losing anything: values chosen by field, all that hangs from the other moved.

The other is retired and its public address leads to the one that stays. A number, an address or a
route that would change, and anything of a confidential listing, is proposed and not written: no merge goes
round the call to the number listed before, nor round the second person. Callers write.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.accounts.models import Membership
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.change_models import Via
from referral.catalogue.changes import Author, apply_values, is_confidential_service, propose
from referral.catalogue.fields import FIELDS, Handling, Territory, Values, differing
from referral.catalogue.models import (
    Organization,
    Service,
    ServiceAtLocation,
    Verification,
)
from referral.catalogue.refusals import check_not_refused
from referral.catalogue.services import record_revision, take_step
from referral.catalogue.stored import PARTS
from referral.catalogue.trust import Method, Trust
from referral.catalogue.values import read_values
from referral.catalogue.vetting_models import Entity, Moved
from referral.shared.database import DirectoryBase

STAYS, OTHER, BOTH = "stays", "other", "both"
LISTS = frozenset({"phones", "languages", "categories", "clientele", "referral_routes", "required_documents"})
ANSWERS = frozenset({"eligibility", "accessibility"})
UNITED = LISTS | ANSWERS | {"area"}
"""Fields of which both values can be kept together."""
OWN = frozenset({*PARTS, "required_document", "accessibility", "service_for_workers"}) - {"fact_source"}
"""What a listing says: chosen by field. Sources move with the rest."""
STAY = frozenset({str(Verification.__tablename__), "withdrawal", str(Moved.__tablename__)})
"""Steps are written once and read together; what was withdrawn stays withdrawn where it was."""
MERGED = "merged"


class CannotMergeError(Exception):
    """One of the two is gone, or they are the same."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge: the revision, and whether something was proposed instead of written."""

    revision: int
    is_partly_proposed: bool


def choose(name: str, stays: Any, other: Any, choice: str) -> Any:
    """Return the value of a field: one of the two, or both together."""
    if choice == OTHER:
        return other
    if choice != BOTH or name not in UNITED:
        return stays
    if name == "area":
        return _unite_areas(stays, other)
    if name in ANSWERS:
        known = {code: answer for code, answer in stays.items() if answer != "unknown"}
        return {**other, **known}
    return (*stays, *(each for each in other if not _is_in(name, each, stays)))


def _is_in(name: str, each: Any, others: Iterable[Any]) -> bool:
    if name == "phones":
        return any((each.number, each.type) == (other.number, other.type) for other in others)
    return each in tuple(others)


def _unite_areas(stays: Territory, other: Territory) -> Territory:
    areas = (*stays.areas, *(each for each in other.areas if each not in stays.areas))
    words = stays.description if stays.description.fr or stays.description.en else other.description
    return Territory(everywhere=stays.everywhere or other.everywhere, areas=areas, description=words)


def suggest(name: str, stays: Any, other: Any) -> str:
    """Return the choice to begin with: together where that can be, else whichever says something."""
    if name in UNITED:
        return BOTH
    return STAYS if stays or not other else OTHER


def merge_services(  # noqa: PLR0913, PLR0917  # which two, what of each, by whom, when
    session: Session,
    stays: Service,
    other: Service,
    choices: Mapping[str, str],
    actor: Actor,
    at: datetime,
) -> Merged:
    """Make one listing of two; raises CannotMergeError, ValuesRefusedError."""
    if stays.id == other.id or Trust.RETIRED in {stays.trust, other.trust}:
        raise CannotMergeError
    mine, theirs = read_values(session, stays), read_values(session, other)
    wanted = {name: choose(name, mine[name], theirs[name], choices.get(name, STAYS)) for name in FIELDS}
    proposed = _write(session, stays, other, differing(mine, wanted), Author(actor, Via.VETTER), at)
    manifest = _move_rows(session, Service.__table__, other.id, stays.id, OWN | STAY)
    manifest |= _move_places(session, stays, other)
    take_step(session, other, Trust.RETIRED, Method.DOCUMENT, actor.name, MERGED, at)
    _note(session, Entity.SERVICE, (other.id, stays.id), manifest, actor, at)
    stays.revision = record_revision(session, actor.name, MERGED, at)
    session.flush()
    return Merged(stays.revision, proposed)


def _write(  # noqa: PLR0913, PLR0917  # as merge_services
    session: Session, stays: Service, other: Service, changed: Values, author: Author, at: datetime
) -> bool:
    """Write what may be written, and propose the rest; says whether anything was proposed."""
    check_not_refused(session, changed)
    confidential = is_confidential_service(stays) or is_confidential_service(other)
    later = {
        name: value
        for name, value in changed.items()
        if confidential or FIELDS[name].handling is Handling.CALL_FIRST
    }
    apply_values(
        session, stays, {name: value for name, value in changed.items() if name not in later}, author, at
    )
    return bool(later) and propose(session, stays, later, author, at).proposal is not None


def _move_places(session: Session, stays: Service, other: Service) -> dict[str, list[Any]]:
    """Move where the other one is, where the one that stays is nowhere."""
    if stays.service_at_locations:
        return {}
    moved = [{"id": str(each.id)} for each in other.service_at_locations]
    session.execute(
        sa.update(ServiceAtLocation)
        .where(ServiceAtLocation.service_id == other.id)
        .values(service_id=stays.id)
    )
    session.expire_all()
    return {f"{ServiceAtLocation.__tablename__}.service_id": moved} if moved else {}


def merge_organizations(  # noqa: PLR0913, PLR0917  # as merge_services
    session: Session,
    stays: Organization,
    other: Organization,
    choices: Mapping[str, str],
    actor: Actor,
    at: datetime,
) -> Merged:
    """Make one organization of two: its services, places, people and all else; raises CannotMergeError."""
    has_moved = any(session.get(Moved, each.id) is not None for each in (stays, other))
    if stays.id == other.id or has_moved:
        raise CannotMergeError
    values = {
        name: getattr(other if choices.get(name) == OTHER else stays, name)
        for name in ("name", "website", "email")
    }
    check_not_refused(
        session, {"name": values["name"], "email": values["email"], "website": values["website"]}
    )
    if values["website"] != stays.website:
        stays.website_scope = other.website_scope
    for name, value in values.items():
        setattr(stays, name, value)
    doubled = _drop_doubled_roles(session, stays.id, other.id)
    manifest = _move_rows(session, Organization.__table__, other.id, stays.id, STAY)
    _note(session, Entity.ORGANIZATION, (other.id, stays.id), manifest | doubled, actor, at)
    stays.revision = other.revision = record_revision(session, actor.name, MERGED, at)
    session.flush()
    session.execute(
        sa.update(Service).where(Service.organization_id == stays.id).values(revision=stays.revision)
    )
    session.expire_all()
    return Merged(stays.revision, is_partly_proposed=False)


def _drop_doubled_roles(session: Session, stays: uuid.UUID, other: uuid.UUID) -> dict[str, list[Any]]:
    """Drop the roles at the other one that somebody has at the one that stays as well."""
    rows = session.scalars(sa.select(Membership).where(Membership.organization_id.in_([stays, other]))).all()
    held = {(row.user_id, row.role) for row in rows if row.organization_id == stays}
    doubled = [row for row in rows if row.organization_id == other and (row.user_id, row.role) in held]
    for row in doubled:
        session.delete(row)
    session.flush()
    return {"doubled_roles": [[str(row.user_id), row.role.value] for row in doubled]} if doubled else {}


def _move_rows(
    session: Session, to: Any, old_id: uuid.UUID, new_id: uuid.UUID, but: frozenset[str]
) -> dict[str, list[Any]]:
    """Move every row that points to the old one, in whatever table; returns which, for an undo.

    A row that would be there twice stays with the old one: nothing is lost.
    """
    session.flush()
    moved: dict[str, list[Any]] = {}
    for table in DirectoryBase.metadata.sorted_tables:
        for column in table.columns:
            if table.name in but or not any(key.column.table is to for key in column.foreign_keys):
                continue
            keys = [row._asdict() for row in _read(session, table, column, old_id)]
            done = [key for key in keys if _move_row(session, table, column, key, new_id)]
            if done:
                moved[f"{table.name}.{column.name}"] = [_plain(key) for key in done]
    session.expire_all()
    return moved


def _read(session: Session, table: sa.Table, column: sa.Column[Any], owner: uuid.UUID) -> Sequence[Any]:
    statement = sa.select(*table.primary_key.columns).where(column == owner)
    return session.execute(statement, bind_arguments={"mapper": Service}).all()


def _move_row(
    session: Session, table: sa.Table, column: sa.Column[Any], key: Mapping[str, Any], new_id: uuid.UUID
) -> bool:
    which = [table.c[name] == value for name, value in key.items()]
    statement = sa.update(table).where(*which).values({column.name: new_id})
    try:
        with session.begin_nested():
            session.execute(statement, bind_arguments={"mapper": Service})
    except IntegrityError:
        return False
    return True


def _plain(key: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in key.items()}


def _note(  # noqa: PLR0913, PLR0917  # a row's columns
    session: Session,
    kind: Entity,
    ids: tuple[uuid.UUID, uuid.UUID],
    manifest: Mapping[str, list[Any]],
    actor: Actor,
    at: datetime,
) -> None:
    """Remember where the old one went; what had become part of it goes along."""
    old_id, new_id = ids
    session.execute(sa.update(Moved).where(Moved.new_id == old_id).values(new_id=new_id))
    session.add(
        Moved(
            old_id=old_id,
            new_id=new_id,
            kind=kind,
            moved_by=actor.name,
            moved_at=at,
            manifest=msgspec.json.encode(manifest).decode(),
        )
    )
    record(session, Event(Action.CHANGE, "merge", new_id, actor))


def bring_back(session: Session, service_id: uuid.UUID) -> bool:
    """Give a merged listing back what moved from it, and its own address; says whether there was any.

    What was written to the fields of the other one stays there: its history says what it was before.
    """
    row = session.get(Moved, service_id)
    if row is None:
        return False
    for name, keys in msgspec.json.decode(row.manifest).items():
        table_name, _, column_name = name.partition(".")
        if column_name:
            table = DirectoryBase.metadata.tables[table_name]
            for key in keys:
                _move_row(session, table, table.c[column_name], _typed(table, key), service_id)
    session.delete(row)
    session.flush()
    session.expire_all()
    return True


def _typed(table: sa.Table, key: Mapping[str, str]) -> dict[str, Any]:
    """Return a key as the database holds it."""
    return {
        name: uuid.UUID(text) if isinstance(table.c[name].type, sa.Uuid) else text
        for name, text in key.items()
    }
