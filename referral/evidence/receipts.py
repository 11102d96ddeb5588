"""Receipts of flags: a code by which whoever flagged, and nobody knows who, learns what came of it."""

from __future__ import annotations

import hmac
import re
import secrets

from referral.shared.keys import derive_key

LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
"""Without vowels, so that no code is a word, and without signs that look alike."""
GROUPS, GROUP = 3, 4
PURPOSE = "receipts"


def make_code() -> str:
    """Return a code such as 7KQF-2M9X-T4BR that nobody guesses."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def hash_code(code: str) -> str:
    """Return what is kept of a code, however it was typed."""
    plain = re.sub(r"[^0-9A-Z]", "", code.upper())
    return hmac.digest(derive_key(PURPOSE), plain.encode(), "sha256").hex()
