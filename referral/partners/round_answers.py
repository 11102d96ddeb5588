"""What comes of a round: an organization answers by a link, or asks for a change. Callers write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.change_models import Via
from referral.catalogue.changes import Author
from referral.catalogue.models import Service
from referral.catalogue.trust import LADDER, Trust
from referral.partners import letters
from referral.partners.confirming import NotForYouError, confirm_unchanged
from referral.partners.links import as_actor, spend
from referral.partners.round_models import ListingLink, Outcome, Purpose, Reason, Stage, VerificationRound

TARGET = "round"


class NoRoundError(LookupError):
    """Nothing is asked of this listing now: it was answered already, or never was."""


def put_on_calls(row: VerificationRound, at: datetime) -> None:
    """Have an organization called about a listing."""
    if row.stage is not Stage.TO_CALL:
        row.stage, row.to_call_at = Stage.TO_CALL, at


def find_round(session: Session, round_id: UUID, *, lock: bool = False) -> VerificationRound | None:
    """Return a round, open or ended."""
    return session.get(VerificationRound, round_id, with_for_update=lock or None, populate_existing=lock)


def find_open_round(session: Session, service_id: UUID, *, lock: bool = False) -> VerificationRound | None:
    """Return the open round of a listing."""
    statement = sa.select(VerificationRound).where(
        VerificationRound.service_id == service_id, VerificationRound.ended_at.is_(None)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def list_asked(session: Session, organization_id: UUID) -> Sequence[VerificationRound]:
    """Return the open rounds of an organization's listings, by the name of the listing."""
    statement = (
        sa.select(VerificationRound)
        .join(Service, Service.id == VerificationRound.service_id)
        .where(VerificationRound.organization_id == organization_id, VerificationRound.ended_at.is_(None))
        .where(Service.organization_id == organization_id, Service.trust.in_(LADDER))
        .options(selectinload(VerificationRound.service))
        .order_by(Service.slug)
    )
    return session.scalars(statement).all()


def confirm_by_link(session: Session, link: ListingLink, service_id: UUID, at: datetime) -> int:
    """Take « nothing has changed » of whoever follows a link; returns the directory's revision.

    It renews what one of ours verified before, and makes nothing *verified* that was not. Raises
    NoRoundError where nothing is asked of that listing, or it was answered already.
    """
    row = find_open_round(session, service_id, lock=True)
    service = session.get(Service, service_id, with_for_update=True, populate_existing=True)
    place = link.organization_id
    if row is None or service is None or (row.organization_id, service.organization_id) != (place, place):
        raise NoRoundError
    actor = as_actor(link)
    try:
        confirm_unchanged(session, service, Author(actor, Via.LINK), at)
    except NotForYouError as error:
        raise NoRoundError from error
    end(session, row, Outcome.CONFIRMED, actor, at)
    if not list_asked(session, place):
        spend(session, link, at)
    return service.revision


def ask_for_change(session: Session, link: ListingLink, service_id: UUID, at: datetime) -> None:
    """Have a link sent to change a listing by, and a call made to give its code; once for a round."""
    row = find_open_round(session, service_id, lock=True)
    if row is None or row.organization_id != link.organization_id:
        raise NoRoundError
    if "change" in row.wants.split():
        return
    actor = as_actor(link)
    row.wants, row.reason = "change", Reason.ASKED
    put_on_calls(row, at)
    send_edit_link(session, link.organization_id, f"listing_edit {row.id}", actor, at)
    record(session, Event(Action.CHANGE, TARGET, row.id, actor, row.organization_id))


def send_edit_link(session: Session, place: UUID, key: str, actor: Actor, at: datetime) -> ListingLink | None:
    """Send a link to change listings by, once its code was read aloud; None where no address is listed."""
    return letters.write(session, "listing_edit", place, key, Purpose.EDIT, at, actor)


def end(
    session: Session, row: VerificationRound, outcome: Outcome | None, actor: Actor, at: datetime
) -> None:
    """End a round with what came of it."""
    row.stage, row.outcome, row.ended_at, row.ended_by = Stage.ENDED, outcome, at, actor.name
    session.flush()
    record(session, Event(Action.CHANGE, TARGET, row.id, actor, row.organization_id))


def verified_step(service: Service) -> Trust:
    """Return where a confirmation by telephone leads: *vetted* stays so."""
    return Trust.VETTED if service.trust is Trust.VETTED else Trust.VERIFIED
