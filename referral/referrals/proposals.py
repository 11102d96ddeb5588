"""Answers that shelters really give besides yes and no: how she and they come to speak; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Way(StrEnum):
    """What is proposed, or agreed to."""

    SHE_CALLS = "she-calls"
    """« Qu'elle nous appelle »."""
    THREE_WAY = "three-way"
    """« Appel à trois à telle heure »: a warm handover."""
    CALL_ME = "call-me"
    """« Appelez-moi »: the one who sent calls first."""
    CONFIRMED = "confirmed"
    """The call of three is held at that moment."""


TIMED = frozenset({Way.THREE_WAY, Way.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A way to speak, and at what moment, where it has one."""

    way: Way
    on: datetime | None = None

    def as_plain(self, text: str) -> dict[str, Any]:
        """Return what is sealed of it, with the words that go with it."""
        return {"text": text, "way": self.way, "on": self.on.isoformat() if self.on else None}


def read_proposal(plain: Mapping[str, Any]) -> tuple[str, Proposal]:
    """Return the words and the proposal that were sealed."""
    on = plain.get("on")
    return plain["text"], Proposal(Way(plain["way"]), datetime.fromisoformat(on) if on else None)
