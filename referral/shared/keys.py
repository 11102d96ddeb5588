"""Keys for one purpose each, derived from the secret key of this installation."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

KEY_BYTES = 32


def derive(secret: str, use: str) -> bytes:
    """Return a key of 32 bytes for one use only, from a secret key."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"relais.{use}".encode()).derive(secret.encode())


def derive_key(purpose: str) -> bytes:
    """Return the key of a purpose; another secret key gives another."""
    return _derive(current_app.config["SECRET_KEY"], purpose)


_derive = lru_cache(maxsize=16)(derive)
