"""What a later package does in the transaction in which something of a file ends, or is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.intake.models import Case, Packet
from referral.intake.vocabulary import EndOfPacket

if TYPE_CHECKING:
    from referral.intake.erasing import Doomed, Why

HOOKS = "relais.case_hooks"


class NotOpenedError(Exception):
    """What was sent waits for something else before it may be read, such as an acceptance."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends: all that was sent under a consent or, with ``packet_id``, that one thing."""

    consent_id: UUID
    ended: EndOfPacket
    actor: Actor | None
    at: datetime
    packet_id: UUID | None = None


OnEnd = Callable[[Session, Ending], None]
OnErase: TypeAlias = "Callable[[Session, Case, Why], list[Doomed]]"
Gate = Callable[[Session, Packet], None]
Home = Callable[[Packet], str | None]


def on_end(app: Flask, callback: OnEnd) -> None:
    """Have something done where what was sent ends, before it is locked; it must not commit."""
    _add(app, "end", callback)


def on_erase(app: Flask, callback: OnErase) -> None:
    """Have more rows deleted with a file, before its own; it returns the keys that go as well."""
    _add(app, "erase", callback)


def on_read(app: Flask, gate: Gate) -> None:
    """Have one more rule asked before what was sent is read; it raises NotOpenedError."""
    _add(app, "read", gate)


def on_find(app: Flask, home: Home) -> None:
    """Have what was sent read on a page of its own, of which the address is returned."""
    _add(app, "home", home)


def tell_end(session: Session, ending: Ending) -> None:
    """Do what others do where something ends."""
    for callback in _list("end"):
        callback(session, ending)


def tell_erase(session: Session, case: Case, why: Why) -> list[Doomed]:
    """Do what others do where a file is destroyed; return the keys that go as well."""
    return [each for callback in _list("erase") for each in callback(session, case, why)]


def check_opened(session: Session, packet: Packet) -> None:
    """Ask every rule; raises NotOpenedError."""
    for gate in _list("read"):
        gate(session, packet)


def find_home(packet: Packet) -> str | None:
    """Return the address at which a packet is read instead; None where it is read among what was received."""
    return next((found for home in _list("home") if (found := home(packet))), None)


def _add(app: Flask, kind: str, callback: Any) -> None:
    app.extensions.setdefault(HOOKS, {}).setdefault(kind, []).append(callback)


def _list(kind: str) -> Iterator[Any]:
    yield from current_app.extensions.get(HOOKS, {}).get(kind, ())
