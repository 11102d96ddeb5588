"""Seals what someone searched for, so that an address tells nothing of it.

The browser's history, a proxy's log and the Referer see ``?s=`` and letters. A seal is AES-GCM over
compressed, padded JSON: its length tells little, and one that was altered opens to nothing.

Keys are random files of one folder, shared by every process that serves the same site. A new one
is made each month; one is deleted 90 days after the next replaced it, and what it sealed can then
be opened by nobody, whoever holds the server.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import secrets
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from filelock import FileLock
from flask import Flask, current_app

KEPT = timedelta(days=90)
NAME = re.compile(r"(\d{4}-\d{2})\.key")
KEY_BYTES, NONCE_BYTES, BLOCK = 32, 12, 64
LONGEST = 6_000
LARGEST = 20_000
"""Characters of a seal, and bytes of what is in it: enough for any search, too few to tire a server."""

Fields = Mapping[str, Sequence[str]]
EXTENSION = "relais.sealer"


class UnreadableSealError(Exception):
    """A seal was altered, cut, or made with a key that is no more."""


class Sealer:
    """Seals and opens with the keys of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, AESGCM] = {}

    def seal(self, fields: Fields, now: datetime) -> str:
        """Return letters, digits, ``-`` and ``_`` that only this site can read."""
        month = f"{now:%Y-%m}"
        key = self._key(month) or self._make_key(month, now)
        packed = zlib.compress(json.dumps({name: list(texts) for name, texts in fields.items()}).encode(), 9)
        padded = packed + b"\0" * (-len(packed) % BLOCK)
        nonce = secrets.token_bytes(NONCE_BYTES)
        stamp = _stamp(month)
        sealed = key.encrypt(nonce, padded, stamp)
        return base64.urlsafe_b64encode(stamp + nonce + sealed).decode().rstrip("=")

    def open(self, seal: str) -> dict[str, list[str]]:
        """Return what was sealed; raises UnreadableSealError."""
        try:
            raw = base64.urlsafe_b64decode(seal[:LONGEST] + "=" * (-len(seal[:LONGEST]) % 4))
            stamp, nonce, sealed = raw[:2], raw[2 : 2 + NONCE_BYTES], raw[2 + NONCE_BYTES :]
            key = self._key(_month(stamp))
            if key is None:
                raise UnreadableSealError
            packed = key.decrypt(nonce, sealed, stamp)
            opened: dict[str, list[str]] = json.loads(zlib.decompressobj().decompress(packed, LARGEST))
        except (binascii.Error, ValueError, InvalidTag, zlib.error) as error:
            raise UnreadableSealError from error
        return opened

    def forget_old(self, now: datetime) -> None:
        """Delete the keys that another replaced 90 days ago or more."""
        for path in self._folder.glob("*.key"):
            if (match := NAME.fullmatch(path.name)) and _replaced_on(match.group(1), now) + KEPT <= now:
                path.unlink(missing_ok=True)
                self._keys.pop(match.group(1), None)

    def _key(self, month: str) -> AESGCM | None:
        """Return the key of a month, looking for its file each time: one that was deleted opens nothing."""
        path = self._folder / f"{month}.key"
        if not path.exists():
            self._keys.pop(month, None)
            return None
        if month not in self._keys:
            self._keys[month] = AESGCM(path.read_bytes())
        return self._keys[month]

    def _make_key(self, month: str, now: datetime) -> AESGCM:
        """Make the key of a month, unless another process just did; old ones go at the same time."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(self._folder / "lock"):
            path = self._folder / f"{month}.key"
            if not path.exists():
                aside = path.with_suffix(".new")
                aside.unlink(missing_ok=True)
                descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(secrets.token_bytes(KEY_BYTES))
                aside.replace(path)
            self.forget_old(now)
        self._keys[month] = AESGCM(path.read_bytes())
        return self._keys[month]


def current_sealer() -> Sealer:
    """Return the application's own."""
    sealer: Sealer = current_app.extensions[EXTENSION]
    return sealer


def init_app(app: Flask) -> None:
    """Give the application its sealer; its folder is made with the first key."""
    app.extensions[EXTENSION] = Sealer(app.config["SEALING_DIR"])


def _stamp(month: str) -> bytes:
    """Write a month in two bytes, as the months since year 0."""
    year, number = month.split("-")
    return (int(year) * 12 + int(number) - 1).to_bytes(2)


def _month(stamp: bytes) -> str:
    year, number = divmod(int.from_bytes(stamp), 12)
    return f"{year:04d}-{number + 1:02d}"


def _replaced_on(month: str, now: datetime) -> datetime:
    """Return when the next month began."""
    year, number = (int(part) for part in month.split("-"))
    return now.replace(
        year=year + number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0
    )
