"""What holds tonight only: room and closures, asked of whoever knows at each request, never published.

No database is reached from here: a source is given at wiring. Where there is none, or it does not
answer in time, nobody knows: call. Nothing of it is kept from one request to the next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from pyroaring import BitMap

from referral.catalogue.capacity import BED, day_of, unit_of
from referral.catalogue.listing import Listing, Text
from referral.i18n.dates import say_date, say_time
from referral.i18n.locale import current_language
from referral.shared.clock import QUEBEC, now

SOURCE = "relais.live"
NO_TEXT = Text()
UNKNOWN = "unknown"
ROOM: dict[str, LazyString] = {
    "room": _l("yes"),
    "full": _l("full"),
    "waiting-list": _l("waiting list"),
    "ask": _l("ask when calling"),
    UNKNOWN: _l("unknown, call"),
}
REASONS: dict[str, LazyString] = {
    "staff": _l("not enough staff"),
    "holidays": _l("holidays"),
    "works": _l("works in the building"),
    "weather": _l("weather"),
    "illness": _l("illness in the house"),
    "moving": _l("moving"),
}


@dataclass(frozen=True, slots=True)
class Closure:
    """A time in which a service does not answer as usual; it may still be to come."""

    starts_on: date
    ends_on: date | None
    reason_code: str | None = None
    reason: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """What is told of one service at this moment; ``room`` is None where what was told has faded."""

    room: str | None = None
    told_at: datetime | None = None
    closure: Closure | None = None


@dataclass(frozen=True, slots=True)
class LessAvailable:
    """Services that are closed at this moment, and those that say that they have no room; by id."""

    closed: frozenset[str] = frozenset()
    without_room: frozenset[str] = frozenset()


class Source(Protocol):
    """Who knows. It answers soon or with nothing, and raises nothing."""

    def read(self, ids: Collection[str], *, for_workers: bool) -> Mapping[str, LiveFacts]:
        """Return what is told of some services; of what is not there nothing is known."""

    def find_less_available(self, *, for_workers: bool) -> LessAvailable:
        """Return which services cannot be reached as usual at this moment."""


class Places(Protocol):
    """Where a service stands in an edition."""

    def position_of(self, service_id: UUID) -> int | None:
        """Return the position of a service, or None."""


@dataclass(frozen=True, slots=True)
class Lesser:
    """The same as positions in an edition, for the search."""

    closed: BitMap = field(default_factory=BitMap)
    without_room: BitMap = field(default_factory=BitMap)


NONE_LESSER = Lesser()


@dataclass(frozen=True, slots=True)
class LiveLine:
    """What is said of a service, in words; empty where there is nothing to say."""

    room: str = ""
    room_code: str = ""
    told: str = ""
    closure: str = ""
    reason: Text = NO_TEXT
    is_closed: bool = False


def give_live_facts(app: Flask, source: Source) -> None:
    """Let pages ask who knows."""
    app.extensions[SOURCE] = source


def find_facts(ids: Collection[str], *, for_workers: bool = False) -> Mapping[str, LiveFacts]:
    """Return what is known of some services at this moment."""
    source: Source | None = current_app.extensions.get(SOURCE)
    return source.read(ids, for_workers=for_workers) if source is not None and ids else {}


def find_lesser(edition: Places, *, for_workers: bool = False) -> Lesser:
    """Return the positions of services that are closed or say that they have no room."""
    source: Source | None = current_app.extensions.get(SOURCE)
    found = source.find_less_available(for_workers=for_workers) if source is not None else LessAvailable()
    return Lesser(_positions(edition, found.closed), _positions(edition, found.without_room))


def _positions(edition: Places, ids: Iterable[str]) -> BitMap:
    places = (edition.position_of(UUID(each)) for each in ids)
    return BitMap(place for place in places if place is not None)


def list_lines(listings: Collection[Listing], *, for_workers: bool = False) -> dict[str, LiveLine]:
    """Return what to say of each of some listings at this moment."""
    facts = find_facts([each.id for each in listings], for_workers=for_workers)
    at = now()
    return {each.id: say_facts(each, facts.get(each.id, LiveFacts()), at) for each in listings}


def find_line(listing: Listing) -> LiveLine:
    """Return what to say of one service at this moment."""
    return list_lines([listing])[listing.id]


def say_facts(listing: Listing, facts: LiveFacts, at: datetime) -> LiveLine:
    """Put into words what is known; room is spoken of where people sleep, or where it was told of once."""
    is_bed = unit_of(listing.categories) == BED
    closure = facts.closure
    is_shut = closure is not None and closure.starts_on <= day_of(at)
    is_said = (is_bed or facts.told_at is not None) and not is_shut
    code = facts.room or UNKNOWN
    return LiveLine(
        room=_say_room(code, is_bed=is_bed) if is_said else "",
        room_code=code if is_said else "",
        told=say_told(facts.told_at, at) if is_said and facts.room and facts.told_at else "",
        closure=say_closure(closure, at) if closure else "",
        reason=closure.reason if closure else NO_TEXT,
        is_closed=is_shut,
    )


def _say_room(code: str, *, is_bed: bool) -> str:
    answer = str(ROOM[code])
    return _("Room tonight: %(answer)s", answer=answer) if is_bed else _("Room: %(answer)s", answer=answer)


def say_told(told_at: datetime, at: datetime) -> str:
    """Say when something was told, to the minute on the same day."""
    moment, language = told_at.astimezone(QUEBEC), current_language()
    time = say_time(moment.time(), language)
    if moment.date() == day_of(at):
        return _("told today at %(time)s", time=time)
    return _("told on %(day)s at %(time)s", day=say_date(moment.date(), language), time=time)


def say_closure(closure: Closure, at: datetime) -> str:
    """Say from when to when a service is closed, and why where a code tells."""
    language = current_language()
    begins, today = say_date(closure.starts_on, language), day_of(at)
    ends = say_date(closure.ends_on, language) if closure.ends_on else None
    if closure.starts_on > today:
        said = (
            _("Closed from %(begins)s to %(ends)s included", begins=begins, ends=ends)
            if ends
            else _("Closed from %(begins)s on, until further notice", begins=begins)
        )
    else:
        said = (
            _("Closed for now, until %(ends)s included", ends=ends)
            if ends
            else _("Closed until further notice")
        )
    why = REASONS.get(closure.reason_code or "")
    return _("%(closure)s (%(reason)s).", closure=said, reason=str(why)) if why else f"{said}."
