"""What people own: whoever leaves hands it on first. Features say what there is and how it changes hands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import Flask, current_app
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

OWNERS = "relais.owners"
Lister = Callable[[Session, UUID, UUID | None], Sequence[LazyString | str]]
"""What somebody owns in an organization, each in words that tell nothing of a person's file."""
Transferrer = Callable[[Session, UUID, UUID, UUID | None], None]
"""Gives what one person owns in an organization to another, in the caller's transaction."""


def register(app: Flask, lister: Lister, transferrer: Transferrer) -> None:
    """Say that a feature holds things with an owner."""
    app.extensions.setdefault(OWNERS, []).append((lister, transferrer))


def list_owned(session: Session, user_id: UUID, organization_id: UUID | None) -> list[str]:
    """Return what somebody owns in an organization, of every feature."""
    return [
        str(thing)
        for lister, _ in current_app.extensions.get(OWNERS, ())
        for thing in lister(session, user_id, organization_id)
    ]


def transfer(session: Session, owner: UUID, heir: UUID, organization_id: UUID | None) -> None:
    """Give what somebody owns in an organization to another."""
    for _, transferrer in current_app.extensions.get(OWNERS, ()):
        transferrer(session, owner, heir, organization_id)
