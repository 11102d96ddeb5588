"""Writes of what people tell us. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from referral.catalogue.models import Service
from referral.evidence.kinds import AgeBand, FlagKind, FlagStatus, UnmetReason, check_note, month_of
from referral.evidence.models import ListingFlag, UnmetNeed
from referral.search.filters import EXPLOITATION
from referral.shared.clock import QUEBEC


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
    session: Session, service_id: UUID, kind: FlagKind, note: str, language: str, at: datetime
) -> ListingFlag:
    """Hold for review what a reader says of a listing; raises UnknownServiceError, NoteTellsOfAPlaceError."""
    if session.get(Service, service_id) is None:
        raise UnknownServiceError(service_id)
    flag = ListingFlag(
        service_id=service_id,
        kind=kind,
        note=check_note(note),
        language=language,
        flagged_on=at.astimezone(QUEBEC).date(),
    )
    session.add(flag)
    return flag


def close_flag(flag: ListingFlag, status: FlagStatus) -> None:
    """Say what came of a flag."""
    flag.status = status


def record_unmet_need(session: Session, need: Need, at: datetime) -> UnmetNeed:
    """Count one need that nothing met, by month; what is no code came in an address and is left out."""
    row = UnmetNeed(
        month=month_of(at.astimezone(QUEBEC).date()),
        region_code=need.region_code,
        need=need.need,
        clientele=need.clientele,
        exploitation=need.exploitation if need.exploitation in EXPLOITATION else None,
        age_band=need.age_band,
        reason=need.reason,
    )
    session.add(row)
    return row
