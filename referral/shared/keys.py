"""Keys for one purpose each, derived from the secret key of this installation."""

from __future__ import annotations

from functools import lru_cache

from flask import current_app

from referral.shared.seals import derive


def derive_key(purpose: str) -> bytes:
    """Return the key of a purpose; another secret key gives another."""
    return _derive(current_app.config["SECRET_KEY"], purpose)


_derive = lru_cache(maxsize=16)(derive)
