"""What an edition says of itself, and how a folder is shown to be what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

FORMAT = 1
MANIFEST = "manifest.json"


class DamagedEditionError(Exception):
    """A folder is not the edition that its manifest describes; the message names the file."""


class Manifest(msgspec.Struct, frozen=True):
    """``number`` is the directory's revision; ``digest`` covers every other file, by name and content.

    ``compiler`` identifies what turned rows into listings (format, vocabularies, settings): two
    editions share pieces only where it is the same. ``withheld`` counts texts that were left out
    of confidential listings because they told of a place.
    """

    number: int
    built_at: datetime
    published_from: str
    services: int
    organizations: int
    withheld: int
    compiler: str
    files: dict[str, str]
    digest: str


def digest_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder, by its path in it; the manifest aside."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST:
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def digest_of(files: Mapping[str, str]) -> str:
    """Return one digest for all files: the same for the same listings, whenever built."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it last: a folder without one was never finished."""
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))


def read_manifest(folder: Path) -> Manifest:
    """Read what an edition says of itself; raises DamagedEditionError."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise DamagedEditionError(f"{folder.name}/{MANIFEST}: {error}") from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest; raises DamagedEditionError naming the first that differs."""
    found = digest_files(folder)
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise DamagedEditionError(f"{folder.name}/{name} is not what the manifest says")
    if digest_of(found) != manifest.digest:
        raise DamagedEditionError(f"{folder.name}/{MANIFEST}: the digest is not that of its files")
