"""The services that someone keeps to compare, print or hand on: sealed in the address, kept nowhere.

``?l=`` holds ids only. Whoever has the address has the list, which is why it can be shown on another
device; nobody else can read in it what was kept, and after 90 days nobody at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge

from referral.shared.clock import now
from referral.web.sealing import UnreadableSealError, current_sealer

SEAL = "l"
IDS = "id"
MOST = 20
"""More could not be compared, and an address has its length."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids in the order in which they were kept, with the seal that carries them on."""

    ids: tuple[UUID, ...] = ()
    token: str | None = field(default=None, compare=False)
    is_unreadable: bool = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be kept."""
        return len(self.ids) >= MOST

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, service_id: object) -> bool:
        return str(service_id) in map(str, self.ids)

    def with_one(self, service_id: UUID) -> tuple[UUID, ...]:
        """Return the ids with one more at the end, the same where it is there or where the list is full."""
        return self.ids if service_id in self or self.is_full else (*self.ids, service_id)

    def without(self, dropped: Iterable[UUID]) -> tuple[UUID, ...]:
        """Return the ids without some."""
        gone = frozenset(dropped)
        return tuple(each for each in self.ids if each not in gone)


def current_selection() -> Selection:
    """Return what this request keeps; empty, and said to be unreadable, when its seal opens no more."""
    kept: Selection | None = g.get("selection")
    if kept is None:
        kept = g.selection = open_selection(request.args.get(SEAL) or _sent())
    return kept


def _sent() -> str | None:
    """Return the seal of the form sent; None where that is too large to be read, as the page will say."""
    try:
        return request.form.get(SEAL)
    except RequestEntityTooLarge:
        return None


def open_selection(token: str | None) -> Selection:
    """Open a seal; what is not an id in it, twice in it or too many is left out."""
    if not token:
        return Selection()
    try:
        texts = current_sealer().open(token)[IDS]
        ids = tuple(dict.fromkeys(UUID(text) for text in texts))[:MOST]
    except (UnreadableSealError, KeyError, ValueError):
        return Selection(is_unreadable=True)
    return Selection(ids, token)


def seal_ids(ids: Iterable[UUID], at: datetime | None = None) -> str | None:
    """Return the seal of a list, readable for 90 days from then on; None for an empty one."""
    texts = [each.hex for each in ids]
    return current_sealer().seal({IDS: texts}, at or now()) if texts else None
