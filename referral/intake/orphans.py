"""Keys that open nothing: of something that was never stored, or whose destruction was certified.

The first are what a process leaves that ends between making a key and storing its thing; they are few.
The second come back with an older copy of the store of keys. Many of the first mean that the databases
do not belong together, and then nobody but a person destroys any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import InstrumentedAttribute, Session

from referral.intake.models import Case, Certificate, Disclosure, Incident, Packet, VaultEntry
from referral.intake.vocabulary import CertificateKind
from referral.keyring.models import Kind
from referral.keyring.queries import list_made_before
from referral.keyring.services import destroy_data_key
from referral.keyring.tidying import clear_traces
from referral.shared import tick
from referral.shared.database import KEYS, cases_session, db, keys_session, writing

YOUNG = timedelta(days=1)
"""A key of which the thing may be about to be stored."""
FEW = 20
"""What cut-off processes may leave in a day; more than that is something else."""
AT_ONCE = 500
THINGS: dict[Kind, InstrumentedAttribute[UUID]] = {
    Kind.CASE: Case.id,
    Kind.VAULT: VaultEntry.id,
    Kind.PACKET: Packet.id,
    Kind.DISCLOSURE: Disclosure.id,
    Kind.INCIDENT: Incident.id,
}


CERTIFIED = {kind: CertificateKind(kind.value) for kind in Kind}


class TooManyOrphansError(Exception):
    """More keys open nothing than cut-off processes leave: none of them was destroyed."""


class StillReadError(Exception):
    """Somebody read the store of keys for so long that its journal could not be emptied."""


def know(kind: Kind, column: InstrumentedAttribute[UUID]) -> None:
    """Have the things of a kind looked up that another package keeps."""
    THINGS[kind] = column


@dataclass(frozen=True, slots=True)
class Orphans:
    """Keys of what was destroyed under a certificate, and keys of what nobody knows."""

    certified: frozenset[UUID]
    unknown: frozenset[UUID]


def find_orphans(at: datetime) -> Orphans:
    """Return the keys, older than a day, of which nothing is there; raises what either database raises."""
    keys = list_made_before(keys_session(), at - YOUNG)
    keys_session().rollback()
    cases_session().rollback()
    there: set[UUID] = set()
    certified: set[UUID] = set()
    for kind, column in THINGS.items():
        wanted = [each for each in keys if keys[each] is kind]
        there |= _find(cases_session(), sa.select(column), wanted)
        of_kind = sa.select(Certificate.subject_id).where(Certificate.kind == CERTIFIED[kind])
        certified |= _find(cases_session(), of_kind, wanted)
    cases_session().rollback()
    return Orphans(frozenset(certified), frozenset(keys.keys() - there - certified))


def destroy_orphans(at: datetime) -> None:
    """Destroy the keys that open nothing; raises TooManyOrphansError once the certified ones are gone."""
    found = find_orphans(at)
    _destroy(found.certified)
    if len(found.unknown) > FEW:
        raise TooManyOrphansError(len(found.unknown))
    _destroy(found.unknown)


def destroy_counted(at: datetime, count: int) -> int:
    """Destroy keys of what nobody knows where they are as many as somebody saw; return how many there are."""
    found = find_orphans(at).unknown
    if len(found) == count:
        _destroy(found)
    return len(found)


def _destroy(things: Iterable[UUID]) -> None:
    for some in _batches(sorted(things)):
        with writing(keys_session(), KEYS) as session:
            for each in some:
                destroy_data_key(session, each)


def _find(session: Session, identifiers: sa.Select[UUID], wanted: list[UUID]) -> set[UUID]:
    """Return which of some things a statement finds."""
    column = identifiers.selected_columns[0]
    found: set[UUID] = set()
    for some in _batches(wanted):
        found.update(session.scalars(identifiers.where(column.in_(some))))
    return found


def _batches(things: list[UUID]) -> Iterator[list[UUID]]:
    return (things[start : start + AT_ONCE] for start in range(0, len(things), AT_ONCE))


def clear_destroyed(_at: datetime) -> None:
    """Have destroyed keys leave the disk; what readers keep us from now is done at the next run."""
    keys_session().rollback()
    if not clear_traces(db.engines[KEYS]):
        raise StillReadError


def init_app(app: Flask) -> None:
    """Have them destroyed once a day, and what was destroyed leave the disk."""
    tick.register(app, tick.Job("cases_orphans", YOUNG, destroy_orphans))
    tick.register(app, tick.Job("keys_traces", YOUNG, clear_destroyed))
