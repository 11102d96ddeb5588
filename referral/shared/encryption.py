"""Sealing with AES-256-GCM, under keys that wrap each other; pure, and without a place to keep keys in.

What is sealed is bound to what it is about: moved to another row or field, it opens no more.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"
CODE_BYTES = 20
"""Of a recovery code: 160 bits, as eight groups of four letters."""
GROUP = 4
COST = 2**16
"""Of turning a code into a key: 64 MB and a quarter of a second, for whoever would try many."""


class SealBrokenError(Exception):
    """Something does not open: altered, moved, or sealed under another key. Which, cannot be known."""


class NotACodeError(ValueError):
    """A text is no recovery code."""


def make_key() -> bytes:
    """Return a key of 256 bits made by chance."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plain: bytes, about: str) -> bytes:
    """Return bytes that only the key opens, and only for what they are about."""
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def open_sealed(key: bytes, sealed: bytes, about: str) -> bytes:
    """Return what was sealed; raises SealBrokenError."""
    if sealed[:1] != FORMAT or len(sealed) <= len(FORMAT) + NONCE_BYTES:
        raise SealBrokenError
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, about.encode())
    except InvalidTag as error:
        raise SealBrokenError from error


def make_recovery_code() -> str:
    """Return a code to be written on paper: letters and digits that nobody mistakes, in groups."""
    letters = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    return "-".join(re.findall(rf".{{{GROUP}}}", letters))


def key_of_code(code: str, salt: bytes) -> bytes:
    """Return the key that a recovery code stands for; slow by intent (64 MB). Raises NotACodeError."""
    letters = re.sub(r"[\s-]", "", code).upper().replace("0", "O").replace("1", "I").replace("8", "B")
    try:
        written = base64.b32decode(letters)
    except ValueError as error:
        raise NotACodeError from error
    if len(written) != CODE_BYTES:
        raise NotACodeError
    return Scrypt(salt=salt, length=KEY_BYTES, n=COST, r=8, p=1).derive(written)


def fingerprint(key: bytes) -> str:
    """Return eight letters by which people tell keys apart; says nothing of the key."""
    return base64.b32encode(hashlib.sha256(b"relais key" + key).digest()[:5]).decode()
