"""What the database knows of tonight, for public pages and for workers: soon, or not at all.

It is read in a thread of its own, so that no page waits longer than a moment for a database that is
slow or gone. After a wait in vain nobody asks again for a short while.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlowError
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
import structlog
from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError

from referral.catalogue.capacity import Fading, day_of, holds
from referral.catalogue.change_models import (
    Audience,
    RoomAudience,
    RoomState,
    ServiceCapacity,
    TemporaryClosure,
)
from referral.catalogue.listing import Text
from referral.directory.live import Closure, LessAvailable, LiveFacts, give_live_facts
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, db

WAIT_SECONDS = 0.15
REST_SECONDS = 2.0
MOST = 2_000
"""Of services that are closed or full: more are not ranked lower, and still say so on their cards."""
WITHOUT_ROOM = frozenset({RoomState.FULL, RoomState.WAITING_LIST})
Found = TypeVar("Found")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, at which moment, for whom."""

    at: datetime
    fading: Fading
    for_workers: bool


class LiveReader:
    """Answers ``directory.live.Source``; made once for each process."""

    def __init__(
        self, fading: Fading, wait_seconds: float = WAIT_SECONDS, rest_seconds: float = REST_SECONDS
    ) -> None:
        self.fading, self.wait_seconds, self.rest_seconds = fading, wait_seconds, rest_seconds
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")
        self._rests_until = 0.0

    def read(self, ids: Collection[str], *, for_workers: bool) -> Mapping[str, LiveFacts]:
        """Return what is told of some services."""
        wanted = [UUID(each) for each in ids]
        asked = Question(now(), self.fading, for_workers)
        return self._ask(lambda connection: read_facts(connection, wanted, asked), {})

    def find_less_available(self, *, for_workers: bool) -> LessAvailable:
        """Return which services are closed, and which say that they have no room."""
        asked = Question(now(), self.fading, for_workers)
        return self._ask(lambda connection: read_less_available(connection, asked), LessAvailable())

    def _ask(self, question: Callable[[sa.Connection], Found], nothing: Found) -> Found:
        """Return the answer, or nothing; one request waits once, however often it asks."""
        left = self.wait_seconds - float(g.get("live_waited", 0.0))
        began = time.monotonic()
        if left <= 0 or began < self._rests_until:
            return nothing
        asked: Future[Found] = self._threads.submit(self._answer, db.engines[DIRECTORY], question)
        try:
            return asked.result(left)
        except (SQLAlchemyError, TooSlowError) as error:
            asked.cancel()
            self._rests_until = time.monotonic() + self.rest_seconds
            log.warning("live_facts_unavailable", error=type(error).__name__)
            return nothing
        finally:
            g.live_waited = float(g.get("live_waited", 0.0)) + time.monotonic() - began

    def _answer(self, engine: sa.Engine, question: Callable[[sa.Connection], Found]) -> Found:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                limit = str(max(1, int(self.wait_seconds * 1000)))
                connection.execute(sa.select(sa.func.set_config("statement_timeout", limit, sa.true())))
            return question(connection)


def read_facts(connection: sa.Connection, ids: Collection[UUID], asked: Question) -> dict[str, LiveFacts]:
    """Return what is told of some services, by id."""
    found: dict[str, LiveFacts] = {}
    for row in connection.execute(_latest().where(ServiceCapacity.service_id.in_(ids))):
        if asked.for_workers or row.audience == Audience.PUBLIC:
            state = row.state.value if holds(row.updated_at, row.unit, asked.at, asked.fading) else None
            found[str(row.service_id)] = LiveFacts(state, row.updated_at)
    day = day_of(asked.at)
    closures = (
        sa.select(*TemporaryClosure.__table__.columns)
        .where(TemporaryClosure.service_id.in_(ids), *_not_over(day))
        .order_by(TemporaryClosure.starts_on.desc(), TemporaryClosure.told_at)
    )
    for row in connection.execute(closures):
        told = Closure(row.starts_on, row.ends_on, row.reason_code, Text(row.reason_fr, row.reason_en))
        held = found.get(str(row.service_id), LiveFacts())
        found[str(row.service_id)] = replace(held, closure=told)
    return found


def read_less_available(connection: sa.Connection, asked: Question) -> LessAvailable:
    """Return which services are closed at a moment, and which told lately that they have no room."""
    day = day_of(asked.at)
    closed = (
        sa.select(TemporaryClosure.service_id)
        .where(TemporaryClosure.starts_on <= day, *_not_over(day))
        .limit(MOST)
    )
    newest = ServiceCapacity.updated_at > asked.at - asked.fading.longest
    return LessAvailable(
        closed=frozenset(str(each) for each in connection.scalars(closed)),
        without_room=frozenset(
            str(row.service_id)
            for row in connection.execute(_latest().where(newest).limit(MOST))
            if row.state in WITHOUT_ROOM
            and holds(row.updated_at, row.unit, asked.at, asked.fading)
            and (asked.for_workers or row.audience == Audience.PUBLIC)
        ),
    )


def _latest() -> sa.Select[*tuple[Any, ...]]:
    """Return the last telling of each service, with whom its organization lets know."""
    later = sa.orm.aliased(ServiceCapacity)
    audience = sa.func.coalesce(RoomAudience.audience, Audience.PARTNERS.value)
    return (
        sa.select(
            ServiceCapacity.service_id,
            ServiceCapacity.state,
            ServiceCapacity.unit,
            ServiceCapacity.updated_at,
            ServiceCapacity.via,
            audience.label("audience"),
        )
        .outerjoin(RoomAudience, RoomAudience.service_id == ServiceCapacity.service_id)
        .where(
            ~sa.exists().where(
                later.service_id == ServiceCapacity.service_id,
                later.updated_at > ServiceCapacity.updated_at,
            )
        )
    )


def _not_over(day: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        TemporaryClosure.ended_at.is_(None),
        sa.or_(TemporaryClosure.ends_on.is_(None), TemporaryClosure.ends_on >= day),
    )


def fading_of(app: Flask) -> Fading:
    """Return how long tellings hold in this installation."""
    return Fading(
        timedelta(hours=app.config["ROOM_BED_HOURS"]), timedelta(days=app.config["ROOM_OTHER_DAYS"])
    )


def init_app(app: Flask) -> None:
    """Let public pages ask."""
    give_live_facts(app, LiveReader(fading_of(app)))
