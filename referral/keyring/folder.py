"""Where master keys are: files that only the server's user may read, named for their fingerprints."""

from __future__ import annotations

import base64
import binascii
import os
from enum import StrEnum
from pathlib import Path

from referral.shared.encryption import KEY_BYTES, fingerprint
from referral.shared.settings import OTHERS

SUFFIX = ".key"


class Fault(StrEnum):
    """What keeps a master key from being used."""

    MISSING = "missing"
    EXPOSED = "exposed"
    ANOTHER = "another"
    """Its file does not hold what its name says."""


class MasterKeyError(Exception):
    """A master key is missing, is not what its name says, or others may read it."""

    def __init__(self, fault: Fault, path: Path) -> None:
        super().__init__(f"master key {fault.value}: {path}")
        self.fault, self.path = fault, path


def read_master(folder: Path, name: str) -> bytes:
    """Return a master key by its fingerprint; raises MasterKeyError."""
    path = folder / f"{name}{SUFFIX}"
    try:
        if path.stat().st_mode & OTHERS:
            raise MasterKeyError(Fault.EXPOSED, path)
        key = base64.b64decode(path.read_bytes(), validate=True)
    except OSError as error:
        raise MasterKeyError(Fault.MISSING, path) from error
    except binascii.Error as error:
        raise MasterKeyError(Fault.ANOTHER, path) from error
    if len(key) != KEY_BYTES or fingerprint(key) != name:
        raise MasterKeyError(Fault.ANOTHER, path)
    return key


def write_master(folder: Path, key: bytes) -> str:
    """Keep a master key, whole on the disk before this returns; return its fingerprint."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = fingerprint(key)
    path, beside = folder / f"{name}{SUFFIX}", folder / f".{name}.new"
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(base64.b64encode(key))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync(folder)
    return name


def list_masters(folder: Path) -> list[str]:
    """Return the fingerprints of the keys that are there."""
    return sorted(path.stem for path in folder.glob(f"*{SUFFIX}"))


def remove_master(folder: Path, name: str) -> None:
    """Remove a key that wraps nothing any more, first overwritten where it lies."""
    path = folder / f"{name}{SUFFIX}"
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _sync(folder)


def _sync(folder: Path) -> None:
    """Have the folder itself on the disk: a new name would otherwise be lost with the power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
