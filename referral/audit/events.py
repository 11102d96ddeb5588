"""What an event of the audit says, and what it never says: no content, only who did which act to what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from referral.access.policy import Actor

LONGEST_NAME = 200
LONGEST_TARGET = 64


class Action(StrEnum):
    """What was done."""

    VIEW = "view"
    CREATE = "create"
    CHANGE = "change"
    EXPORT = "export"
    PRINT = "print"
    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    REFUSAL = "refusal"
    EXCEPTIONAL_ACCESS = "exceptional_access"
    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    DISCLOSURE = "disclosure"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True)
class Event:
    """One act: on which kind of thing, on which one, by whom, and whose thing it is.

    ``actor`` is None where nobody is known, as for a sign-in that failed. ``target_id`` is an
    identifier, never a name or a text: what is written here outlives what it speaks of.
    """

    action: Action
    target_type: str
    target_id: UUID | str | None = None
    actor: Actor | None = None
    organization_id: UUID | None = None
