"""Seals and opens what tells of a person: each value bound to its thing and to its place in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from flask import current_app

from referral.keyring import services as keyring
from referral.keyring.folder import MasterKeyError
from referral.keyring.services import Ring, Thing
from referral.shared.database import KEYS, keys_session, writing
from referral.shared.encryption import SealBrokenError, open_sealed, seal


@dataclass(frozen=True, slots=True)
class Safe:
    """The key of one thing."""

    thing: UUID
    key: bytes = field(repr=False)

    def seal(self, place: str, value: Any) -> bytes:
        """Seal a value of plain types for one place, such as ``answer.needs``."""
        return seal(self.key, msgspec.json.encode(value), f"{self.thing}|{place}")

    def open(self, place: str, sealed: bytes) -> Any:
        """Return what was sealed for that place; raises SealBrokenError."""
        return msgspec.json.decode(open_sealed(self.key, sealed, f"{self.thing}|{place}"))


def ring() -> Ring:
    """Return where this application's keys are."""
    return Ring(keys_session(), current_app.config["MASTER_KEY_DIR"])


def make_safe(thing: Thing, at: datetime) -> Safe:
    """Make the key of a new thing and have it kept before anything is sealed with it.

    Never inside ``writing(…, KEYS)``. A process that ends before the thing itself is stored leaves a
    key that opens nothing, which ``orphans.destroy_orphans`` removes.
    """
    with writing(keys_session(), KEYS):
        key = keyring.make_data_key(ring(), thing, at)
    return Safe(thing.id, key)


def open_safe(thing: UUID, of: UUID | None = None) -> Safe:
    """Return the key of a thing; raises keyring.KeyDestroyedError, MasterKeyError.

    ``of`` is whose the thing is by its row; SealBrokenError where its key is another organization's, since
    a row that somebody moved in the database opens to nobody.
    """
    found = open_safes([thing], of)
    if thing in found:
        return found[thing]
    if of is not None and open_safes([thing]):
        raise SealBrokenError
    raise keyring.KeyDestroyedError


def open_safes(things: Iterable[UUID], of: UUID | Mapping[UUID, UUID] | None = None) -> dict[UUID, Safe]:
    """Return the keys of many things; destroyed ones are left out, and those of another than ``of``.

    ``of`` is whose they all are, or whose each of them is.
    """
    wanted = list(things)
    try:
        found = keyring.open_data_keys(ring(), wanted, of)
    except MasterKeyError:  # rotated since this read began: what wraps today is to be read anew
        keys_session().rollback()
        found = keyring.open_data_keys(ring(), wanted, of)
    keys_session().rollback()  # a key destroyed meanwhile is not to be seen again
    return {thing: Safe(thing, key) for thing, key in found.items()}


def destroy_safe(thing: UUID) -> bool:
    """Destroy the key of a thing at once; says whether there was one. Never inside ``writing(…, KEYS)``."""
    with writing(keys_session(), KEYS) as session:
        return keyring.destroy_data_key(session, thing)
