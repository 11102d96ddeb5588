"""Changes of listings: proposed, decided by the field, applied, kept. Callers hold ``writing``.

Nothing here makes a listing *confirmed*: only a verification does (``catalogue.services.take_step``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.change_models import (
    ChangeStatus,
    FieldChange,
    LanguageToReview,
    Proposal,
    ProposalStatus,
    ProposedChange,
    Via,
)
from referral.catalogue.checking import (
    NO_WAY,
    FieldProblem,
    ValuesRefusedError,
    check_values,
    is_reachable,
)
from referral.catalogue.confidentiality import is_shelter
from referral.catalogue.fields import FIELDS, Handling, Values, decode, differing, encode, texts_of, to_review
from referral.catalogue.models import PhoneType, Service
from referral.catalogue.refusals import check_not_refused
from referral.catalogue.services import record_revision
from referral.catalogue.values import list_locations, read_values, write_value


class NotCalledError(Exception):
    """A number, an address or a route changes only after a call on the way that was listed before."""


class ChangedSinceError(Exception):
    """The field is no more what the proposal began with: a person must look at both values."""

    def __init__(self, change: ProposedChange, current: Any) -> None:
        super().__init__(change.field)
        self.change, self.current = change, current


class DecidedAlreadyError(Exception):
    """Somebody else decided first."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a listing, and how that came to us."""

    actor: Actor
    via: Via


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was shown at once, by field, and what waits; ``revision`` where readers' edition changes."""

    applied: tuple[str, ...]
    proposal: Proposal | None
    revision: int | None


def is_confidential_service(service: Service) -> bool:
    """Say whether the place of a service may not be told, so that two people look at its changes."""
    locations = list_locations(service)
    return is_shelter(
        each.taxonomy_term.code for each in service.attributes if each.taxonomy_term.taxonomy == "categories"
    ) or any(location.confidential for location in locations)


@dataclass(frozen=True, slots=True)
class Approval:
    """What came of an agreement: shown with a new revision, or waiting for a second person."""

    revision: int | None = None
    needs_second: bool = False


def propose(  # noqa: PLR0913, PLR0917  # what, by whom, when, with which words
    session: Session, service: Service, values: Values, author: Author, at: datetime, note: str = ""
) -> Outcome:
    """Apply what counts at once and keep the rest for review; raises ValuesRefusedError.

    ``values`` are the fields that somebody sent; those that differ from the listing count.
    """
    current = read_values(session, service)
    changed = differing(current, values)
    check_values(changed, confidential=is_confidential_service(service))
    check_not_refused(session, changed)
    if not is_reachable({**current, **changed}):
        raise ValuesRefusedError((FieldProblem("phones", NO_WAY),))
    at_once = {name: value for name, value in changed.items() if _is_at_once(name)}
    revision = apply_values(session, service, at_once, author, at)
    waiting = {name: value for name, value in changed.items() if name not in at_once}
    proposal = _keep_proposal(session, service, current, waiting, author, at, note) if waiting else None
    return Outcome(tuple(at_once), proposal, revision)


def _is_at_once(name: str) -> bool:
    return FIELDS[name].handling is Handling.AT_ONCE


def _keep_proposal(  # noqa: PLR0913, PLR0917  # as propose
    session: Session,
    service: Service,
    current: Values,
    waiting: Mapping[str, Any],
    author: Author,
    at: datetime,
    note: str,
) -> Proposal:
    proposal = Proposal(
        service_id=service.id,
        organization_id=service.organization_id,
        proposed_by=author.actor.name,
        user_id=author.actor.user_id,
        via=author.via,
        proposed_at=at,
        note=note,
    )
    proposal.changes = [
        ProposedChange(
            service_id=service.id,
            field=name,
            value_before=encode(name, current[name]),
            value_after=encode(name, value),
            proposed_by=author.actor.name,
            proposed_at=at,
            status=ChangeStatus.WAITING,
        )
        for name, value in waiting.items()
    ]
    session.add(proposal)
    session.flush()
    record(
        session,
        Event(Action.CREATE, "proposal", proposal.id, author.actor, organization_id=service.organization_id),
    )
    return proposal


def apply_values(  # noqa: PLR0913, PLR0917  # what, by whom, when, from which proposal
    session: Session,
    service: Service,
    values: Values,
    author: Author,
    at: datetime,
    proposal_id: UUID | None = None,
) -> int | None:
    """Write fields, their history and who may have been left behind; returns the directory's revision.

    None where nothing that readers see changed.
    """
    current = read_values(session, service)
    changed = differing(current, values)
    if not changed:
        return None
    for name, value in changed.items():
        write_value(session, service, name, value)
        _keep_history(session, service, name, (current[name], value), author, at, proposal_id)
        _mark_languages(session, service, name, (current[name], value), at)
    record(
        session,
        Event(Action.CHANGE, "listing", service.id, author.actor, organization_id=service.organization_id),
    )
    if not any(FIELDS[name].is_public for name in changed):
        return None
    service.revision = record_revision(session, author.actor.name, "listing changed", at)
    session.flush()
    return service.revision


def _keep_history(  # noqa: PLR0913, PLR0917  # a row's columns
    session: Session,
    service: Service,
    name: str,
    values: tuple[Any, Any],
    author: Author,
    at: datetime,
    proposal_id: UUID | None,
) -> None:
    before, after = values
    session.add(
        FieldChange(
            service_id=service.id,
            field=name,
            value_before=encode(name, before),
            value_after=encode(name, after),
            changed_by=author.actor.name,
            via=author.via,
            changed_at=at,
            proposal_id=proposal_id,
        )
    )


def _mark_languages(
    session: Session, service: Service, name: str, values: tuple[Any, Any], at: datetime
) -> None:
    """Note which language was left behind; one that follows is level again, and leaves no other behind."""
    left = to_review(*values)
    marks = {
        mark.language: mark
        for mark in session.scalars(
            sa.select(LanguageToReview).where(
                LanguageToReview.service_id == service.id, LanguageToReview.field == name
            )
        )
    }
    followed = {language for language in marks if _was_rewritten(values, language)}
    for language in followed:
        session.delete(marks[language])
    if followed:
        return
    for language in left - marks.keys():
        session.add(LanguageToReview(service_id=service.id, field=name, language=language, since=at))


def _was_rewritten(values: tuple[Any, Any], language: str) -> bool:
    before, after = ([getattr(text, language) for text in texts_of(value)] for value in values)
    return before != after


def note_call(change: ProposedChange, number: str, actor: Actor, at: datetime) -> None:
    """Note that somebody reached the organization on the way that was listed before."""
    change.called_number, change.called_by, change.called_at = number, actor.name, at


def approve(  # noqa: PLR0913  # what, by whom, when, having seen what
    session: Session,
    change: ProposedChange,
    vetter: Actor,
    at: datetime,
    *,
    value: Any = None,
    seen: str | None = None,
) -> Approval:
    """Agree to the change of a field, as proposed or corrected to ``value``.

    A confidential listing needs two people, of whom the first changes nothing yet. ``seen`` is the
    present value, as text, that the vetter looked at. Raises NotCalledError, ChangedSinceError,
    DecidedAlreadyError, ValuesRefusedError.
    """
    if change.status is not ChangeStatus.WAITING:
        raise DecidedAlreadyError
    service = session.get_one(Service, change.service_id, with_for_update=True)
    if needs_call(service, change) and change.called_at is None:
        raise NotCalledError
    current = read_values(session, service)[change.field]
    if encode(change.field, current) not in {change.value_before, seen}:
        raise ChangedSinceError(change, current)
    wanted = decode(change.field, change.value_after or "null") if value is None else value
    check_values({change.field: wanted}, confidential=is_confidential_service(service))
    check_not_refused(session, {change.field: wanted})
    if needs_two_people(service, change) and not _agree_again(change, wanted, vetter):
        session.flush()
        return Approval(needs_second=True)
    _close_change(change, ChangeStatus.APPROVED, vetter, at)
    author = Author(vetter, Via.VETTER)
    revision = apply_values(session, service, {change.field: wanted}, author, at, change.proposal_id)
    return Approval(revision)


def earlier_number(service: Service) -> str | None:
    """Return the number listed now, on which a change of what leads to the service is confirmed."""
    voices = [phone for phone in service.phones if phone.type is PhoneType.VOICE]
    return min(voices, key=lambda phone: (phone.position, phone.number)).number if voices else None


def needs_call(service: Service, change: ProposedChange) -> bool:
    """Say whether the number listed before must be called first; where there is none, two people look."""
    return FIELDS[change.field].handling is Handling.CALL_FIRST and earlier_number(service) is not None


def needs_two_people(service: Service, change: ProposedChange) -> bool:
    """Say whether two people must agree: the place is confidential, or nobody can be called to confirm."""
    unreachable = FIELDS[change.field].handling is Handling.CALL_FIRST and earlier_number(service) is None
    return unreachable or is_confidential_service(service)


def _agree_again(change: ProposedChange, wanted: Any, vetter: Actor) -> bool:
    """Note who agrees to a value; say whether somebody else had agreed to the same one before.

    Whoever proposed counts as neither of the two.
    """
    if change.proposal is not None and change.proposal.user_id == vetter.user_id:
        return False
    written = encode(change.field, wanted)
    if written == change.value_after and change.first_approved_by not in {None, vetter.user_id}:
        return True
    change.value_after, change.first_approved_by = written, vetter.user_id
    return False


def refuse(session: Session, change: ProposedChange, vetter: Actor, at: datetime) -> None:
    """Set the change of a field aside; raises DecidedAlreadyError."""
    if change.status is not ChangeStatus.WAITING:
        raise DecidedAlreadyError
    _close_change(change, ChangeStatus.REFUSED, vetter, at)
    session.flush()


def _close_change(change: ProposedChange, status: ChangeStatus, actor: Actor, at: datetime) -> None:
    change.status, change.decided_by, change.decided_at = status, actor.name, at


def close_if_decided(
    session: Session, proposal: Proposal, vetter: Actor, at: datetime, reply: str = ""
) -> bool:
    """End a proposal all of whose fields are decided; says whether it ended."""
    proposal.reply = reply or proposal.reply
    if any(change.status is ChangeStatus.WAITING for change in proposal.changes):
        return False
    proposal.status, proposal.decided_by, proposal.decided_at = ProposalStatus.DECIDED, vetter.name, at
    record(
        session,
        Event(Action.CHANGE, "proposal", proposal.id, vetter, organization_id=proposal.organization_id),
    )
    return True


def send_back(session: Session, proposal: Proposal, vetter: Actor, at: datetime, reply: str) -> None:
    """Ask whoever proposed for something else, in words; raises DecidedAlreadyError."""
    if proposal.status is not ProposalStatus.WAITING:
        raise DecidedAlreadyError
    proposal.status, proposal.reply = ProposalStatus.SENT_BACK, reply
    proposal.decided_by, proposal.decided_at = vetter.name, at
    record(
        session,
        Event(Action.CHANGE, "proposal", proposal.id, vetter, organization_id=proposal.organization_id),
    )


def take_back(session: Session, proposal: Proposal, actor: Actor, at: datetime) -> None:
    """Withdraw one's own proposal before it is decided; raises DecidedAlreadyError."""
    if proposal.status not in {ProposalStatus.WAITING, ProposalStatus.SENT_BACK}:
        raise DecidedAlreadyError
    proposal.status = ProposalStatus.TAKEN_BACK
    for change in proposal.changes:
        if change.status is ChangeStatus.WAITING:
            _close_change(change, ChangeStatus.TAKEN_BACK, actor, at)
    record(
        session,
        Event(Action.CHANGE, "proposal", proposal.id, actor, organization_id=proposal.organization_id),
    )
