"""The only place that reads the time, so that tests can say what it is."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

QUEBEC = ZoneInfo("America/Toronto")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)
