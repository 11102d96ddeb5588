"""What a person asks about her own file: received, answered within thirty days, and kept in the file."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.intake.held import Held
from referral.intake.models import Case, RightsRequest
from referral.intake.retention import answer_by
from referral.intake.safe import Safe
from referral.intake.vocabulary import CaseEventKind, CaseStatus, RightsKind
from referral.shared.clock import QUEBEC

LONGEST_WORDS = 500
ASKED, ANSWERED = "asked", "answer"


class AnsweredAlreadyError(Exception):
    """Somebody else noted the answer meanwhile; the first stays."""


class UnknownRequestError(LookupError):
    """No such request in this file."""


class NotYetError(ValueError):
    """A request was received today at the latest."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as those who keep the file read it."""

    id: UUID
    kind: RightsKind
    received_on: date
    due_on: date
    answered_on: date | None
    asked: str
    answer: str


def place_of(request_id: UUID) -> str:
    """Return the place that the words of a request are bound to."""
    return f"rights.{request_id}"


def receive(held: Held, kind: RightsKind, received_on: date, words: str) -> RightsRequest:
    """Note that a person asks something about her file; it is to be answered in thirty days.

    Raises NotYetError.
    """
    if received_on > held.at.astimezone(QUEBEC).date():
        raise NotYetError
    row_id = uuid.uuid4()
    row = RightsRequest(
        id=row_id,
        case_id=held.case.id,
        organization_id=held.case.organization_id,
        kind=kind,
        received_on=received_on,
        due_on=answer_by(received_on),
        sealed=held.safe.seal(place_of(row_id), {ASKED: words, ANSWERED: ""}),
    )
    held.session.add(row)
    held.session.flush()
    held.tell(CaseEventKind.RIGHTS, {"kind": kind.value, "step": "received"})
    held.record()
    return row


def answer(held: Held, request_id: UUID, words: str) -> None:
    """Note that a request was answered, and how; raises AnsweredAlreadyError, UnknownRequestError."""
    row = held.session.get(RightsRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None or row.case_id != held.case.id:
        raise UnknownRequestError
    if row.answered_at is not None:
        raise AnsweredAlreadyError
    plain = held.safe.open(place_of(row.id), row.sealed) if row.sealed else {}
    row.sealed = held.safe.seal(place_of(row.id), {ASKED: plain.get(ASKED, ""), ANSWERED: words})
    row.answered_at, row.answered_by = held.at, held.user_id
    held.session.flush()
    held.tell(CaseEventKind.RIGHTS, {"kind": row.kind.value, "step": "answered"})
    held.record()


def list_requests(session: Session, case_id: UUID, safe: Safe) -> list[Request]:
    """Return what the person asked, what waits first."""
    rows = session.scalars(
        sa.select(RightsRequest)
        .where(RightsRequest.case_id == case_id)
        .order_by(RightsRequest.answered_at.is_not(None), RightsRequest.due_on, RightsRequest.id)
    )
    return [read_request(row, safe) for row in rows]


def read_request(row: RightsRequest, safe: Safe) -> Request:
    """Return a request with its words."""
    plain = safe.open(place_of(row.id), row.sealed) if row.sealed else {}
    answered_on = row.answered_at.astimezone(QUEBEC).date() if row.answered_at else None
    words = (plain.get(ASKED, ""), plain.get(ANSWERED, ""))
    return Request(row.id, row.kind, row.received_on, row.due_on, answered_on, *words)


def list_waiting(session: Session, organization_id: UUID) -> Sequence[tuple[RightsRequest, Case]]:
    """Return the requests of an organization that wait, with their files, the first due first."""
    rows = session.execute(
        sa.select(RightsRequest, Case)
        .join(Case, Case.id == RightsRequest.case_id)
        .where(
            RightsRequest.organization_id == organization_id,
            RightsRequest.answered_at.is_(None),
            Case.status != CaseStatus.ERASED,
        )
        .order_by(RightsRequest.due_on, RightsRequest.id)
    )
    return [(row[0], row[1]) for row in rows]
