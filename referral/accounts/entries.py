"""What somebody can go to once she is signed in: features that stand above accounts say what they offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from flask_babel.speaklater import LazyString

from referral.access.policy import Actor, Permission, Target, permits

ENTRIES = "relais.entries"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page to begin at: whoever has the permission where she acts is shown the way to it.

    ``waiting`` counts what waits for her there.
    """

    endpoint: str
    label: LazyString
    about: LazyString
    permission: Permission
    waiting: Callable[[Actor], int] | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry as it is shown to one person."""

    entry: Entry
    waiting: int


def register(app: Flask, entry: Entry) -> None:
    """Offer a page, in the order in which features are wired."""
    app.extensions.setdefault(ENTRIES, []).append(entry)


def list_offers(actor: Actor) -> list[Offer]:
    """Return what somebody may go to where she acts."""
    return [
        Offer(entry, entry.waiting(actor) if entry.waiting else 0)
        for entry in current_app.extensions.get(ENTRIES, ())
        if permits(actor, entry.permission, Target(actor.acting_for))
    ]
