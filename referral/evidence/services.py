"""Writes of what people tell us. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from referral.catalogue.models import Service
from referral.evidence.kinds import (
    ANSWER_OF,
    STATUS_OF,
    AgeBand,
    FlagAnswer,
    FlagKind,
    FlagStatus,
    UnmetReason,
    check_note,
    month_of,
)
from referral.evidence.models import ListingFlag, UnmetNeed
from referral.evidence.receipts import hash_code
from referral.mail.letters import LetterError, Message, check_address
from referral.mail.services import enqueue
from referral.search.filters import EXPLOITATION
from referral.shared.clock import QUEBEC


class FlagAnsweredError(Exception):
    """Somebody else said what came of it first."""


class UnknownServiceError(LookupError):
    """The directory holds no such service, or holds it no more."""


@dataclass(frozen=True, slots=True)
class Need:
    """What nothing met, in codes; None is *not known*."""

    need: str
    reason: UnmetReason
    region_code: str | None = None
    clientele: str | None = None
    exploitation: str | None = None
    age_band: AgeBand | None = None


def flag_listing(  # noqa: PLR0913, PLR0917  # the columns of the form
    session: Session,
    service_id: UUID,
    kind: FlagKind,
    note: str,
    language: str,
    at: datetime,
    code: str | None = None,
) -> ListingFlag:
    """Hold for review what a reader says of a listing; raises UnknownServiceError, NoteTellsOfAPlaceError.

    ``code`` is the receipt by which whoever flagged learns what came of it.
    """
    if session.get(Service, service_id) is None:
        raise UnknownServiceError(service_id)
    flag = ListingFlag(
        service_id=service_id,
        kind=kind,
        note=check_note(note),
        language=language,
        flagged_on=at.astimezone(QUEBEC).date(),
        receipt_hash=hash_code(code) if code else None,
        answer_words="",
    )
    session.add(flag)
    return flag


def close_flag(flag: ListingFlag, status: FlagStatus) -> None:
    """Say what came of a flag, in its status only."""
    flag.status, flag.answer = status, ANSWER_OF.get(status)


def answer_flag(flag: ListingFlag, answer: FlagAnswer, words: str, answered_by: str, at: datetime) -> None:
    """Say what came of a flag, to whoever flagged too; raises FlagAnsweredError, NoteTellsOfAPlaceError."""
    if flag.status is not FlagStatus.WAITING:
        raise FlagAnsweredError
    flag.status, flag.answer, flag.answer_words = STATUS_OF[answer], answer, check_note(words)
    flag.answered_by, flag.answered_on = answered_by, at.astimezone(QUEBEC).date()


def tell_organization(session: Session, flag: ListingFlag) -> bool:
    """Write to the organization that its listing was flagged, once a week for a listing; inside ``writing``.

    Says whether an address is known.
    """
    service = session.get_one(Service, flag.service_id)
    address = service.organization.email or service.email
    year, week, _day = flag.flagged_on.isocalendar()
    try:
        check_address(address or "")
    except LetterError:
        return False
    key = f"listing_flagged {service.id} {year}-{week}"
    enqueue(session, Message("listing_flagged", address or "", "fr", key))
    return True


def record_unmet_need(session: Session, need: Need, at: datetime, month: date | None = None) -> UnmetNeed:
    """Count one need that nothing met, by month; what is no code came in an address and is left out."""
    row = UnmetNeed(
        month=month_of(month or at.astimezone(QUEBEC).date()),
        region_code=need.region_code,
        need=need.need,
        clientele=need.clientele,
        exploitation=need.exploitation if need.exploitation in EXPLOITATION else None,
        age_band=need.age_band,
        reason=need.reason,
    )
    session.add(row)
    return row
