"""A PMTiles file of a few pictures, each of one colour, as an operator would have it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

FARTHEST, CLOSEST = 3, 5


def make_picture(red: int, green: int, blue: int, size: int = 256) -> bytes:
    """Return a PNG of one colour."""
    row = b"\0" + bytes((red, green, blue)) * size

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = (("IHDR", header), ("IDAT", zlib.compress(row * size)), ("IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind.encode(), content) for kind, content in parts)


def write_pictures(path: Path, kind: TileType = TileType.PNG, closest: int = CLOSEST) -> Path:
    """Write a file that covers the world from ``FARTHEST`` to ``closest``, but for its first tile."""
    tiles = [
        (zxy_to_tileid(zoom, column, row), make_picture(zoom * 20, column * 7 % 256, row * 7 % 256, 8))
        for zoom in range(FARTHEST, closest + 1)
        for column in range(2**zoom)
        for row in range(2**zoom)
        if column or row
    ]
    with path.open("wb") as file:
        writer = Writer(file)
        for number, picture in sorted(tiles):
            writer.write_tile(number, picture)
        writer.finalize(
            {
                "tile_type": kind,
                "tile_compression": Compression.NONE,
                "min_zoom": FARTHEST,
                "max_zoom": closest,
                "min_lon_e7": -1800000000,
                "min_lat_e7": -850000000,
                "max_lon_e7": 1800000000,
                "max_lat_e7": 850000000,
                "center_zoom": FARTHEST,
                "center_lon_e7": 0,
                "center_lat_e7": 0,
            },
            {},
        )
    return path
