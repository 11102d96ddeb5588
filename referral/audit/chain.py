"""The chain: each row is authenticated with the one before it, by a key that the database never holds.

Whoever can write to the database but has no key can forge no row, head or segment; what is
missing, moved or altered shows. HMAC-SHA256 over JSON in which every value has one spelling. The
name of the chain is in each, so that a row of one database means nothing in another.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

GENESIS = "0" * 64
"""What stands for the row before the first."""

Value = datetime | UUID | str | int | None


def spell(value: Value) -> str | int | None:
    """Write a value in the one way that does not depend on the database."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


def authenticate(key: bytes, *values: Value | Sequence[Value]) -> str:
    """Return 64 hexadecimal digits that only the key and these very values give."""
    spelled = [
        spell(value) if isinstance(value, datetime | UUID | str | int | None) else [*map(spell, value)]
        for value in values
    ]
    return hmac.new(key, json.dumps(spelled, separators=(",", ":")).encode(), hashlib.sha256).hexdigest()


def is_authentic(mac: str, key: bytes, *values: Value | Sequence[Value]) -> bool:
    """Say whether the digits are those of the values."""
    return hmac.compare_digest(mac.encode(), authenticate(key, *values).encode())


def segment_at(at: datetime, current: str | None) -> str:
    """Return the month (UTC) that a row belongs to; never one before the current, whatever the clock says."""
    return max(f"{at.astimezone(UTC):%Y-%m}", current or "")
