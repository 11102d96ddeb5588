"""Background pictures of the map, where the operator has some: a PMTiles file, or an address of theirs.

Only pictures: the tiles of shapes (MVT) would need a library of their own in every browser.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

HEADER_BYTES = 127
DEEPEST_DIRECTORY = 4
DIRECTORIES_KEPT = 64
MIMETYPES = {
    TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg",
    TileType.WEBP: "image/webp",
    TileType.AVIF: "image/avif",
}


class TilesError(Exception):
    """A file holds no pictures that we can serve; the message says why."""


@dataclass(frozen=True, slots=True)
class MapTiles:
    """Where the pictures are asked for, with ``{z}``, ``{x}`` and ``{y}``, and whose they are."""

    url: str
    credit: str
    farthest: int = 0
    closest: int = 30

    @property
    def host(self) -> str | None:
        """The host to allow, as a policy names it; None where the pictures come from our own address."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


class TileFile:
    """A PMTiles file; read where a tile is asked for, so that nothing of its size stays in memory."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        try:
            self._header = _read_header(self._bytes(0, HEADER_BYTES))
        except TilesError:
            os.close(self._descriptor)
            raise
        self._directory = lru_cache(DIRECTORIES_KEPT)(self._read_directory)

    @property
    def mimetype(self) -> str:
        """What kind of pictures these are."""
        return MIMETYPES[self._header["tile_type"]]

    @property
    def zooms(self) -> tuple[int, int]:
        """The farthest and the closest zoom that the file holds."""
        return self._header["min_zoom"], self._header["max_zoom"]

    def find(self, zoom: int, column: int, row: int) -> bytes | None:
        """Return a picture, None where the file has none there."""
        farthest, closest = self.zooms
        if not farthest <= zoom <= closest or max(column, row) >= 1 << zoom:
            return None
        number = zxy_to_tileid(zoom, column, row)
        offset, length = self._header["root_offset"], self._header["root_length"]
        for _ in range(DEEPEST_DIRECTORY):
            entry = find_tile(self._directory(offset, length), number)
            if entry is None:
                return None
            if entry.run_length:
                return self._bytes(self._header["tile_data_offset"] + entry.offset, entry.length)
            offset, length = self._header["leaf_directory_offset"] + entry.offset, entry.length
        return None

    def close(self) -> None:
        """Let the file go."""
        os.close(self._descriptor)

    def _bytes(self, offset: int, length: int) -> bytes:
        """Read without moving a shared position: threads ask at once."""
        return os.pread(self._descriptor, length, offset)

    def _read_directory(self, offset: int, length: int) -> list[Entry]:
        """Read what is where; a file that was cut or damaged since it was opened has nothing there."""
        try:
            return deserialize_directory(self._bytes(offset, length))
        except (EOFError, OSError, zlib.error, IndexError):
            return []


def _read_header(found: bytes) -> HeaderDict:
    if len(found) < HEADER_BYTES:
        raise TilesError("is not a PMTiles file")
    try:
        header = deserialize_header(found)
    except (MagicNumberNotFound, UnicodeDecodeError) as error:
        raise TilesError("is not a PMTiles file") from error
    except (SpecVersionUnsupported, ValueError) as error:
        raise TilesError("is not a PMTiles file of version 3") from error
    if header["tile_type"] not in MIMETYPES:
        raise TilesError("holds no pictures (PNG, JPEG, WebP or AVIF)")
    if header["internal_compression"] != Compression.GZIP:
        raise TilesError("has directories that are not compressed with gzip")
    return header
