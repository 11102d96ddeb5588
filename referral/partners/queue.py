"""The vetters' queue: what to do next and why, one line each, what does most harm first, then the oldest.

Features say what waits by ``register(kind, lister)``; the order of ``QueueKind`` is that of harm.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.change_models import Proposal, ProposalStatus
from referral.catalogue.models import Location, ServiceArea, ServiceAtLocation
from referral.catalogue.vetting_models import QueueClaim
from referral.evidence.kinds import FlagKind, FlagStatus
from referral.evidence.models import ListingFlag
from referral.shared.bilingual import Bilingual

HELD = timedelta(minutes=30)
PAGE = 25
EVERYWHERE = "00"


class QueueKind(StrEnum):
    """Why something waits; in order of the harm that waiting does."""

    UNSAFE = "unsafe"
    WITHDRAWAL = "withdrawal"
    CALL_FIRST = "call-first"
    SECOND = "second"
    CONFIRMATION = "confirmation"
    APPLICATION = "application"
    NEW = "new"
    CHANGE = "change"
    OVERDUE = "overdue"
    CLOSURE = "closure"
    FLAG = "flag"
    DECLINES = "declines"
    LANGUAGE = "language"
    DUPLICATE = "duplicate"


HARM = {kind: place for place, kind in enumerate(QueueKind)}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the queue, and when."""

    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do: what it is about, what to do, why, since when, and the page to do it on.

    ``regions`` are codes; without any the line is of every region.
    """

    item_id: uuid.UUID
    name: Bilingual
    todo: LazyString | str
    why: LazyString | str
    since: datetime
    endpoint: str
    values: Mapping[str, Any]
    regions: frozenset[str] = frozenset()


Lister = Callable[[Session, Viewer], Iterable[Line]]
LISTERS: dict[QueueKind, Lister] = {}


def register(kind: QueueKind | str, lister: Lister) -> None:
    """Say who knows what waits of a kind; a second time for the same kind it takes the place of the first."""
    LISTERS[QueueKind(kind)] = lister


@dataclass(frozen=True, slots=True)
class Held:
    """Who looks at a line, and since when."""

    name: str
    user_id: uuid.UUID | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with its kind, and who looks at it."""

    kind: QueueKind
    line: Line
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of what waits; ``counts`` are of each kind where it is filtered by region, and so on."""

    entries: tuple[Entry, ...]
    total: int
    page: int
    pages: int
    counts: Mapping[QueueKind, int] = field(default_factory=dict)
    regions: Mapping[str, int] = field(default_factory=dict)


class TakenError(Exception):
    """Somebody else looks at this line."""

    def __init__(self, held: Held) -> None:
        super().__init__("taken")
        self.held = held


def read_queue(
    session: Session, viewer: Viewer, kind: QueueKind | None = None, region: str | None = None, page: int = 1
) -> Queue:
    """Return a page of what waits for one person."""
    entries = list_entries(session, viewer)
    counts = Counter(entry.kind for entry in entries if _is_in(entry, region))
    regions = Counter(code for entry in entries if kind in {None, entry.kind} for code in entry.line.regions)
    wanted = [entry for entry in entries if kind in {None, entry.kind} and _is_in(entry, region)]
    pages = max(1, -(-len(wanted) // PAGE))
    page = min(max(1, page), pages)
    held = list_held(session, viewer.at)
    shown = tuple(
        Entry(entry.kind, entry.line, held.get((entry.kind, entry.line.item_id)))
        for entry in wanted[(page - 1) * PAGE : page * PAGE]
    )
    return Queue(shown, len(wanted), page, pages, counts, regions)


def list_entries(session: Session, viewer: Viewer) -> list[Entry]:
    """Return all that waits, in order."""
    entries = [Entry(kind, line) for kind, lister in LISTERS.items() for line in lister(session, viewer)]
    return sorted(entries, key=lambda each: (HARM[each.kind], each.line.since, str(each.line.item_id)))


def _is_in(entry: Entry, region: str | None) -> bool:
    regions = entry.line.regions
    return region is None or not regions or region in regions or EVERYWHERE in regions


def list_held(session: Session, at: datetime) -> dict[tuple[QueueKind, uuid.UUID], Held]:
    """Return who looks at what now."""
    rows = session.scalars(sa.select(QueueClaim).where(QueueClaim.taken_at > at - HELD))
    return {(QueueKind(row.kind), row.item_id): Held(row.name, row.user_id, row.taken_at) for row in rows}


def take(session: Session, kind: QueueKind, item_id: uuid.UUID, viewer: Viewer) -> None:
    """Say that one looks at a line, inside ``writing``; raises TakenError. One's own begins anew."""
    row = session.scalars(
        sa.select(QueueClaim).where(QueueClaim.kind == kind, QueueClaim.item_id == item_id).with_for_update()
    ).one_or_none()
    if row and row.user_id != viewer.actor.user_id and row.taken_at > viewer.at - HELD:
        raise TakenError(Held(row.name, row.user_id, row.taken_at))
    if row is None:
        row = QueueClaim(kind=kind.value, item_id=item_id)
        session.add(row)
    row.user_id, row.name, row.taken_at = viewer.actor.user_id, viewer.actor.name, viewer.at
    session.flush()
    record(session, Event(Action.CHANGE, "queue", item_id, viewer.actor))


def leave(session: Session, kind: QueueKind, item_id: uuid.UUID, viewer: Viewer) -> None:
    """Let others look at a line that one looked at."""
    session.execute(
        sa.delete(QueueClaim).where(
            QueueClaim.kind == kind,
            QueueClaim.item_id == item_id,
            QueueClaim.user_id == viewer.actor.user_id,
        )
    )
    record(session, Event(Action.CHANGE, "queue", item_id, viewer.actor))


def forget_claims(session: Session, item_id: uuid.UUID) -> None:
    """Let go of what was taken and is now done."""
    session.execute(sa.delete(QueueClaim).where(QueueClaim.item_id == item_id))


def forget_old_claims(session: Session, at: datetime) -> None:
    """Delete what ran out."""
    session.execute(sa.delete(QueueClaim).where(QueueClaim.taken_at <= at - HELD))


def count_urgent(session: Session) -> int:
    """Count what is unsafe and what somebody proposes: two short statements."""
    flags = sa.select(sa.func.count()).where(
        ListingFlag.status == FlagStatus.WAITING, ListingFlag.kind == FlagKind.UNSAFE
    )
    proposals = sa.select(sa.func.count()).where(Proposal.status == ProposalStatus.WAITING)
    return sum(session.scalar(statement) or 0 for statement in (flags, proposals))


def regions_of(session: Session, service_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Return the regions that services are in or serve, in two statements."""
    ids = set(service_ids)
    found: dict[uuid.UUID, set[str]] = {}
    if not ids:
        return {}
    served = sa.select(ServiceArea.service_id, ServiceArea.region_code)
    placed = sa.select(ServiceAtLocation.service_id, Location.region_code).join(
        Location, Location.id == ServiceAtLocation.location_id
    )
    for statement in (served, placed):
        for service_id, code in session.execute(statement):
            if code and service_id in ids:
                found.setdefault(service_id, set()).add(code)
    return {service_id: frozenset(codes) for service_id, codes in found.items()}
