"""Listings and organizations as files: written once, read in place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import overload

import msgspec
import numpy as np

from referral.catalogue.listing import Listing, OrganizationCard

RECORDS, OFFSETS, REVISIONS, ORGANIZATIONS = "listings.jsonl", "offsets.npy", "revisions.npy", "organizations.json"
CACHED = 4096


class OrganizationEntry(msgspec.Struct, frozen=True):
    """An organization and where its listings stand, in order."""

    card: OrganizationCard
    positions: tuple[int, ...]


class ListingStore(Sequence[Listing]):
    """The listings of an edition by position, decoded when asked for.

    ``revisions[i]`` is the directory revision in which listing ``i`` last changed.
    """

    def __init__(self, folder: Path) -> None:
        self._bytes = np.memmap(folder / RECORDS, dtype=np.uint8, mode="r") if _has_content(folder) else b""
        self._offsets = np.load(folder / OFFSETS)
        self.revisions = np.load(folder / REVISIONS)
        self._read = lru_cache(CACHED)(self._decode)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, position: int) -> Listing: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Listing]: ...
    def __getitem__(self, position: int | slice) -> Listing | Sequence[Listing]:
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        if not 0 <= position < len(self):
            raise IndexError(position)
        return self._read(position)

    def record(self, position: int) -> bytes:
        """Return the bytes of one listing, as stored."""
        return bytes(self._bytes[self._offsets[position] : self._offsets[position + 1]])

    def _decode(self, position: int) -> Listing:
        return msgspec.json.decode(self.record(position), type=Listing)


def _has_content(folder: Path) -> bool:
    return (folder / RECORDS).stat().st_size > 0


def write_listings(folder: Path, records: Sequence[bytes], revisions: Iterable[int]) -> None:
    """Write encoded listings, one a line, with where each begins."""
    lines = [record if record.endswith(b"\n") else record + b"\n" for record in records]
    (folder / RECORDS).write_bytes(b"".join(lines))
    np.save(folder / OFFSETS, np.cumsum([0, *map(len, lines)], dtype=np.int64))
    np.save(folder / REVISIONS, np.fromiter(revisions, dtype=np.int64))


def gather_organizations(cards: Iterable[OrganizationCard]) -> list[OrganizationEntry]:
    """Group positions by the organization that offers each listing."""
    found: dict[str, tuple[OrganizationCard, list[int]]] = {}
    for position, card in enumerate(cards):
        found.setdefault(card.id, (card, []))[1].append(position)
    return [OrganizationEntry(card, tuple(positions)) for card, positions in found.values()]


def write_organizations(folder: Path, entries: Sequence[OrganizationEntry]) -> None:
    """Write who offers what."""
    (folder / ORGANIZATIONS).write_bytes(msgspec.json.encode(entries))


def read_organizations(folder: Path) -> dict[uuid.UUID, OrganizationEntry]:
    """Return each organization by its id."""
    entries = msgspec.json.decode((folder / ORGANIZATIONS).read_bytes(), type=list[OrganizationEntry])
    return {uuid.UUID(entry.card.id): entry for entry in entries}
