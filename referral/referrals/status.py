"""How a referral moves: FHIR task statuses, by one table; anything else is refused.

Source: HL7 FHIR R4 ``task-status``, as the Gravity guide for social care keeps it.
"""

from __future__ import annotations

from enum import StrEnum


class ReferralStatus(StrEnum):
    """Where a referral stands; FHIR's words."""

    DRAFT = "draft"
    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"


class Side(StrEnum):
    """For whom somebody acts on a referral; a coordinator is the lead of either organization."""

    SENDER = "sender"
    RECEIVER = "receiver"
    COORDINATOR = "coordinator"


S = ReferralStatus
_SENDER = frozenset({Side.SENDER})
_RECEIVER = frozenset({Side.RECEIVER})
MOVES: dict[tuple[ReferralStatus, ReferralStatus], frozenset[Side]] = {
    (S.DRAFT, S.REQUESTED): _SENDER,
    (S.DRAFT, S.CANCELLED): _SENDER,
    (S.REQUESTED, S.RECEIVED): _RECEIVER,
    (S.REQUESTED, S.ACCEPTED): _RECEIVER,
    (S.REQUESTED, S.REJECTED): _RECEIVER,
    (S.REQUESTED, S.CANCELLED): _SENDER,
    (S.RECEIVED, S.ACCEPTED): _RECEIVER,
    (S.RECEIVED, S.REJECTED): _RECEIVER,
    (S.RECEIVED, S.ON_HOLD): _RECEIVER,
    (S.RECEIVED, S.CANCELLED): _SENDER,
    (S.ACCEPTED, S.IN_PROGRESS): _RECEIVER,
    (S.ACCEPTED, S.ON_HOLD): _RECEIVER,
    (S.ACCEPTED, S.CANCELLED): _SENDER,
    (S.ACCEPTED, S.FAILED): _RECEIVER,
    (S.IN_PROGRESS, S.COMPLETED): _RECEIVER,
    (S.IN_PROGRESS, S.FAILED): _RECEIVER,
    (S.IN_PROGRESS, S.ON_HOLD): _RECEIVER,
    (S.IN_PROGRESS, S.CANCELLED): _SENDER,
    (S.ON_HOLD, S.ACCEPTED): _RECEIVER,
    (S.ON_HOLD, S.IN_PROGRESS): _RECEIVER,
    (S.ON_HOLD, S.REJECTED): _RECEIVER,
    (S.ON_HOLD, S.CANCELLED): _SENDER,
    (S.ON_HOLD, S.FAILED): _RECEIVER,
    **{
        (status, S.ENTERED_IN_ERROR): frozenset({Side.COORDINATOR})
        for status in S
        if status is not S.ENTERED_IN_ERROR
    },
}
WAITS_FOR_ANSWER = frozenset({S.REQUESTED, S.RECEIVED})
OPEN = frozenset({S.REQUESTED, S.RECEIVED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD})
ENDED = frozenset({S.REJECTED, S.COMPLETED, S.FAILED, S.CANCELLED, S.ENTERED_IN_ERROR})
SEES_IDENTITY = frozenset({S.ACCEPTED, S.IN_PROGRESS})
"""Where the receiver may read who she is and how to reach her; on hold, only if it had accepted before."""


class IllegalMoveError(Exception):
    """A referral cannot go from one status to another, or not by this side."""


def check_move(current: ReferralStatus, wanted: ReferralStatus, side: Side) -> None:
    """Refuse a move that the table does not hold for this side."""
    if side not in MOVES.get((current, wanted), frozenset()):
        raise IllegalMoveError(f"{side} may not move a referral from {current} to {wanted}")


def list_moves(current: ReferralStatus, side: Side) -> list[ReferralStatus]:
    """Return where a side may move a referral, in the order of the table."""
    return [wanted for (status, wanted), sides in MOVES.items() if status is current and side in sides]
