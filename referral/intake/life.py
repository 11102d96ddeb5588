"""What becomes of a file that stands: its next step, who keeps it, its end, and its return."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from referral.intake.answers import plan_follow_ups
from referral.intake.cases import IllegalStepError, NotReadyError, Step, read_step, write_step
from referral.intake.follow_ups import day_of
from referral.intake.held import Held
from referral.intake.models import Case
from referral.intake.retention import keep_until
from referral.intake.safe import Safe
from referral.intake.vocabulary import CaseEventKind, CaseStatus, Closure
from referral.shared.conflict import Conflict, compare

IN_HAND = (CaseStatus.DRAFT, CaseStatus.OPEN)


class ChangedMeanwhileError(Exception):
    """Somebody else wrote the same meanwhile; nothing was saved."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__("changed meanwhile")
        self.conflict = conflict


class KeeperRefusedError(ValueError):
    """Somebody cannot keep a file, or not beside the other; ``field`` names which of the two."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who keeps a file and who does when she cannot; with a day, only until then."""

    owner_id: UUID
    deputy_id: UUID | None
    returns_on: date | None = None


def change_step(held: Held, step: Step, shown: Step | None) -> bool:
    """Put another next step into an open file; says whether it is another.

    Raises ChangedMeanwhileError where it is not the one that was shown, NotReadyError, IllegalStepError.
    """
    if held.case.status is not CaseStatus.OPEN:
        raise IllegalStepError
    if not step.text.strip():
        raise NotReadyError(["next_step"])
    wanted, known = Step(step.on, step.text.strip()), read_step(held.case, held.safe)
    if wanted == known:
        return False
    if known != shown:
        raise ChangedMeanwhileError(compare(*(_as_fields(each) for each in (wanted, known, shown))))
    write_step(held.case, held.safe, wanted)
    held.touch()
    held.tell(CaseEventKind.NEXT_STEP, {"on": wanted.on.isoformat(), "text": wanted.text})
    held.record()
    return True


def _as_fields(step: Step | None) -> dict[str, object]:
    return {"text": step.text if step else None, "on": step.on.isoformat() if step else None}


def keepers_of(held: Held) -> Keepers:
    """Return who keeps a file now."""
    return Keepers(held.case.owner_id, held.case.deputy_id)


def change_keepers(held: Held, wanted: Keepers, colleagues: Collection[UUID]) -> bool:
    """Give a file to others, for good or until a day; says whether anything changed.

    A file that is held for somebody who is away still goes back to her, unless it is given for good.
    Raises KeeperRefusedError, IllegalStepError.
    """
    case = held.case
    if case.status not in IN_HAND:
        raise IllegalStepError
    check_keepers(wanted, colleagues, needs_deputy=case.status is CaseStatus.OPEN)
    was = (case.owner_id, case.deputy_id, case.returns_on)
    if case.owner_id != wanted.owner_id:
        _note_return(held, wanted)
    case.owner_id, case.deputy_id = wanted.owner_id, wanted.deputy_id
    if case.returns_to_id == case.owner_id:
        case.returns_to_id = case.returns_on = None
    if was == (case.owner_id, case.deputy_id, case.returns_on):
        return False
    tell_handing(held, was[0], was[1])
    return True


def check_keepers(wanted: Keepers, colleagues: Collection[UUID], *, needs_deputy: bool) -> None:
    """Refuse who does not keep files there, or the same person twice; raises KeeperRefusedError."""
    if wanted.owner_id not in colleagues:
        raise KeeperRefusedError("owner")
    if wanted.deputy_id is None and not needs_deputy:
        return
    if wanted.deputy_id not in colleagues or wanted.deputy_id == wanted.owner_id:
        raise KeeperRefusedError("deputy")


def _note_return(held: Held, wanted: Keepers) -> None:
    case = held.case
    if wanted.returns_on is None:
        case.returns_to_id = case.returns_on = None
    elif case.returns_to_id is None:
        case.returns_to_id, case.returns_on = case.owner_id, wanted.returns_on


def tell_handing(held: Held, owner_was: UUID, deputy_was: UUID | None, why: str = "") -> None:
    """Write down that a file has other keepers."""
    case = held.case
    held.touch()
    held.tell(
        CaseEventKind.HANDED_OVER,
        {
            "owner": [str(owner_was), str(case.owner_id)],
            "deputy": [
                str(deputy_was) if deputy_was else None,
                str(case.deputy_id) if case.deputy_id else None,
            ],
            "returns_on": case.returns_on.isoformat() if case.returns_on else None,
            "why": why,
        },
    )
    held.record()


def close_case(held: Held, reason: Closure, note: str, months: int) -> None:
    """Close an open file: what is planned in it is called off, and it is kept as the rules say.

    Raises IllegalStepError.
    """
    case = held.case
    if case.status is not CaseStatus.OPEN:
        raise IllegalStepError
    case.status, case.closed_at = CaseStatus.CLOSED, held.at
    case.closure_sealed = held.safe.seal("closure", {"reason": reason, "note": note.strip()})
    case.keep_until = keep_until(day_of(held.at), months)
    case.returns_to_id = case.returns_on = None
    held.touch()
    plan_follow_ups(held)
    held.tell(CaseEventKind.CLOSED, {"reason": reason})
    held.record()


def read_closure(case: Case, safe: Safe) -> tuple[Closure, str] | None:
    """Return why a closed file was closed, and what was said of it."""
    if case.closure_sealed is None:
        return None
    plain = safe.open("closure", case.closure_sealed)
    return Closure(plain["reason"]), plain["note"]


def reopen_case(held: Held, wanted: Keepers, step: Step, colleagues: Collection[UUID]) -> None:
    """Open a closed file again, with keepers who are there and a next step to come.

    Raises IllegalStepError, KeeperRefusedError, NotReadyError.
    """
    case = held.case
    if case.status is not CaseStatus.CLOSED:
        raise IllegalStepError
    check_keepers(wanted, colleagues, needs_deputy=True)
    if not step.text.strip():
        raise NotReadyError(["next_step"])
    case.owner_id, case.deputy_id = wanted.owner_id, wanted.deputy_id
    case.status, case.closed_at, case.closure_sealed, case.keep_until = CaseStatus.OPEN, None, None, None
    write_step(case, held.safe, step)
    held.touch()
    plan_follow_ups(held)
    held.tell(CaseEventKind.REOPENED)
    held.record()
