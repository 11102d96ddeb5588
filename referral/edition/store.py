"""Listings and organizations as files: written once, read in place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import overload

import msgspec
import numpy as np

from referral.catalogue.listing import Listing, OrganizationCard

RECORDS, ROWS, ORGANIZATIONS = "listings.jsonl", "listings.npy", "organizations.json"
MOVED = "moved.json"
ROW = np.dtype([("id", "V16"), ("start", "<i8"), ("end", "<i8"), ("revision", "<i8"), ("withheld", "<i8")])
CACHED = 4096


class Piece(msgspec.Struct, frozen=True):
    """One encoded listing on its way into an edition.

    ``revision`` is the directory revision in which it last changed; ``before`` is where it stands
    unchanged in the previous edition, or -1; ``withheld`` counts the texts left out of it.
    """

    id: uuid.UUID
    revision: int
    record: bytes
    withheld: int = 0
    before: int = -1


class OrganizationEntry(msgspec.Struct, frozen=True):
    """An organization and where its listings stand, in order."""

    card: OrganizationCard
    positions: tuple[int, ...]


class _Offered(msgspec.Struct, frozen=True):
    """The one part of a listing that grouping by organization needs."""

    organization: OrganizationCard


class ListingStore(Sequence[Listing]):
    """The listings of an edition by position, decoded when asked for; ``rows`` says what stands where."""

    def __init__(self, folder: Path) -> None:
        self.rows = np.load(folder / ROWS)
        self._bytes = _map(folder / RECORDS)
        self._read = lru_cache(CACHED)(self._decode)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, position: int) -> Listing: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Listing]: ...
    def __getitem__(self, position: int | slice) -> Listing | Sequence[Listing]:
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        if not 0 <= position < len(self):
            raise IndexError(position)
        return self._read(int(position))

    def record(self, position: int) -> bytes:
        """Return the bytes of one listing, as stored."""
        row = self.rows[position]
        return bytes(self._bytes[row["start"] : row["end"]])

    def positions(self) -> dict[uuid.UUID, int]:
        """Return where each listing stands, by its id."""
        return {uuid.UUID(bytes=bytes(key)): position for position, key in enumerate(self.rows["id"])}

    def _decode(self, position: int) -> Listing:
        return msgspec.json.decode(self.record(position), type=Listing)


def _map(path: Path) -> memoryview:
    """Return a file's bytes in place; an empty one cannot be mapped."""
    with path.open("rb") as file:
        return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ) if path.stat().st_size else b"")


def write_listings(folder: Path, pieces: Sequence[Piece]) -> None:
    """Write encoded listings, one a line, and what stands where."""
    rows = np.empty(len(pieces), dtype=ROW)
    start = 0
    for position, piece in enumerate(pieces):
        end = start + len(piece.record)
        rows[position] = (piece.id.bytes, start, end, piece.revision, piece.withheld)
        start = end + 1
    (folder / RECORDS).write_bytes(b"".join(piece.record + b"\n" for piece in pieces))
    np.save(folder / ROWS, rows)


def write_organizations(folder: Path, records: Iterable[bytes]) -> int:
    """Write who offers what, grouping listings by their organization; return how many there are."""
    decoder = msgspec.json.Decoder(_Offered)
    found: dict[str, tuple[OrganizationCard, list[int]]] = {}
    for position, record in enumerate(records):
        card = decoder.decode(record).organization
        found.setdefault(card.id, (card, []))[1].append(position)
    entries = [OrganizationEntry(card, tuple(positions)) for card, positions in found.values()]
    (folder / ORGANIZATIONS).write_bytes(msgspec.json.encode(entries))
    return len(entries)


def read_organizations(folder: Path) -> dict[uuid.UUID, OrganizationEntry]:
    """Return each organization by its id."""
    entries = msgspec.json.decode((folder / ORGANIZATIONS).read_bytes(), type=list[OrganizationEntry])
    return {uuid.UUID(entry.card.id): entry for entry in entries}


def write_moved(folder: Path, moved: Mapping[uuid.UUID, uuid.UUID]) -> None:
    """Write which addresses lead to which others, in order: what became part of another."""
    pairs = {str(old): str(new) for old, new in sorted(moved.items(), key=lambda pair: pair[0].bytes)}
    (folder / MOVED).write_bytes(msgspec.json.encode(pairs))


def read_moved(folder: Path) -> dict[uuid.UUID, uuid.UUID]:
    """Return where what became part of another is; nothing moved in an edition of before."""
    path = folder / MOVED
    pairs = msgspec.json.decode(path.read_bytes(), type=dict[uuid.UUID, uuid.UUID]) if path.exists() else {}
    return dict(pairs)
