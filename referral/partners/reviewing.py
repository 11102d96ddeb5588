"""Deciding on proposals: what changes, word by word, what must come first, and who is told."""

from __future__ import annotations

import difflib
import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.accounts.letters import language_of
from referral.accounts.models import User
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.change_models import (
    ChangeStatus,
    FieldChange,
    Proposal,
    ProposalStatus,
    ProposedChange,
)
from referral.catalogue.changes import (
    Approval,
    DecidedAlreadyError,
    approve,
    close_if_decided,
    earlier_number,
    needs_call,
    needs_two_people,
    note_call,
    refuse,
    send_back,
)
from referral.catalogue.fields import FIELDS, Handling, decode, encode
from referral.catalogue.models import FactSource, Service
from referral.catalogue.values import read_values
from referral.catalogue.vetting_models import CallOutcome, ProposalCall, SpokenTo
from referral.mail.letters import LetterError, Message, check_address
from referral.mail.services import enqueue
from referral.partners.queue import forget_claims
from referral.partners.words import describe
from referral.shared.bilingual import Language

TOKEN = re.compile(r"\n|\s+|[^\s]+")
SOURCES = {
    "phones": {"phone", "phones", "phone_tollfree", "phone_tty_or_sms"},
    "website": {"website"},
    "hours": {"hours", "schedule", "schedules"},
    "languages": {"languages"},
    "area": {"areas", "area", "service_area"},
    "eligibility": {"eligibility"},
}
"""Columns that a source may name, by field; one that names nothing else is of the listing as a whole."""


class NoEarlierNumberError(Exception):
    """There is no number to call: two people must agree instead."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text; ``differs`` where the other one has not the same."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One field of a proposal as a vetter looks at it."""

    change: ProposedChange
    before: tuple[Piece, ...]
    now: tuple[Piece, ...]
    proposed: tuple[Piece, ...]
    has_changed_since: bool
    must_call: bool
    needs_two: bool
    is_unreachable: bool
    agreed_by_me: bool
    proposed_by_me: bool
    mine_to_second: bool
    seen: str
    value: Any
    sources: tuple[FactSource, ...]
    history: tuple[FieldChange, ...]

    @property
    def is_open(self) -> bool:
        """Say whether it still is to be decided."""
        return self.change.status is ChangeStatus.WAITING


@dataclass(frozen=True, slots=True)
class Decision:
    """What a vetter decides of one field; ``value`` where she corrects it."""

    change_id: uuid.UUID
    is_approved: bool
    seen: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of decisions: the directory's revision, how many wait for a second person, if all is done."""

    revision: int | None
    waiting_for_second: int
    is_closed: bool


def find_proposal(session: Session, proposal_id: uuid.UUID, *, lock: bool = False) -> Proposal | None:
    """Return a proposal; locked, and read anew, for whoever decides on it."""
    return session.get(Proposal, proposal_id, with_for_update=lock, populate_existing=lock)


def lock_listings(session: Session, service_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Service]:
    """Lock listings and read them anew: their proposals first, as whoever decides on one does."""
    ids = sorted(service_ids)
    session.execute(
        sa.select(Proposal.id).where(Proposal.service_id.in_(ids)).order_by(Proposal.id).with_for_update()
    ).all()
    return {id_: session.get_one(Service, id_, with_for_update=True, populate_existing=True) for id_ in ids}


def review(session: Session, proposal: Proposal, viewer: Actor, language: Language) -> list[Reviewed]:
    """Return each field with what it was, is and would be."""
    service = session.get_one(Service, proposal.service_id)
    values = read_values(session, service)
    return [_review_field(session, service, change, values, viewer, language) for change in proposal.changes]


def _review_field(  # noqa: PLR0913, PLR0917  # one field, and all that is shown of it
    session: Session,
    service: Service,
    change: ProposedChange,
    values: Mapping[str, Any],
    viewer: Actor,
    language: Language,
) -> Reviewed:
    current = encode(change.field, values[change.field])
    before, now, proposed = (
        _say(change.field, written, language)
        for written in (change.value_before, current, change.value_after)
    )
    mine, theirs = diff(now, proposed)
    two = needs_two_people(service, change)
    agreed = change.first_approved_by is not None and change.first_approved_by == viewer.user_id
    return Reviewed(
        change=change,
        before=(Piece(before),),
        now=mine,
        proposed=theirs,
        has_changed_since=current != change.value_before,
        must_call=needs_call(service, change),
        needs_two=two,
        is_unreachable=FIELDS[change.field].handling is Handling.CALL_FIRST
        and earlier_number(service) is None,
        agreed_by_me=agreed,
        proposed_by_me=two and change.proposal is not None and change.proposal.user_id == viewer.user_id,
        mine_to_second=change.first_approved_by is not None and not agreed,
        seen=digest(current),
        value=value_of(change),
        sources=tuple(_sources_of(service, change.field)),
        history=tuple(_history_of(session, service, change.field)),
    )


def value_of(change: ProposedChange) -> Any:
    """Return what a change proposes; None where a withdrawal took it out."""
    return decode(change.field, change.value_after or "null") if change.value_after else None


def _say(name: str, written: str | None, language: Language) -> str:
    """Return a value in words; one that a withdrawal took out of the history has none."""
    return "\n".join(describe(name, decode(name, written), language)) if written is not None else ""


def digest(text: str) -> str:
    """Return what stands for a value that was looked at."""
    return hashlib.sha256(text.encode()).hexdigest()


def diff(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return two texts in pieces, each with the words that the other has not."""
    left, right = TOKEN.findall(old), TOKEN.findall(new)
    olds, news = [], []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if a < b:
            olds.append(Piece("".join(left[a:b]), tag != "equal"))
        if c < d:
            news.append(Piece("".join(right[c:d]), tag != "equal"))
    return tuple(olds), tuple(news)


def _sources_of(service: Service, name: str) -> Iterable[FactSource]:
    for source in service.sources:
        facts = {fact.strip() for fact in re.split(r"[;,]", source.fact)}
        if name in facts or facts & SOURCES.get(name, set()) or facts & {"", "service", "listing"}:
            yield source


def _history_of(session: Session, service: Service, name: str) -> Sequence[FieldChange]:
    statement = (
        sa.select(FieldChange)
        .where(FieldChange.service_id == service.id, FieldChange.field == name)
        .order_by(FieldChange.changed_at.desc())
        .limit(5)
    )
    return session.scalars(statement).all()


def list_calls(session: Session, proposal: Proposal) -> Sequence[ProposalCall]:
    """Return the calls about a proposal, the newest first."""
    statement = (
        sa.select(ProposalCall)
        .where(ProposalCall.proposal_id == proposal.id)
        .order_by(ProposalCall.called_at.desc())
    )
    return session.scalars(statement).all()


def log_call(  # noqa: PLR0913, PLR0917  # what is noted of a call
    session: Session,
    proposal: Proposal,
    outcome: CallOutcome,
    spoken_to: SpokenTo | None,
    actor: Actor,
    at: datetime,
) -> ProposalCall:
    """Note a call to the number listed now; raises NoEarlierNumberError, DecidedAlreadyError.

    The number is never one that the form names. Whoever says no takes back an earlier yes.
    """
    check_waiting(proposal)
    number = earlier_number(session.get_one(Service, proposal.service_id))
    if number is None:
        raise NoEarlierNumberError
    call = ProposalCall(
        proposal_id=proposal.id,
        number=number,
        outcome=outcome,
        spoken_to=None if outcome is CallOutcome.NO_ANSWER else spoken_to,
        called_by=actor.name,
        user_id=actor.user_id,
        called_at=at,
    )
    session.add(call)
    for change in proposal.changes:
        if change.status is ChangeStatus.WAITING and FIELDS[change.field].handling is Handling.CALL_FIRST:
            if outcome is CallOutcome.REACHED:
                note_call(change, number, actor, at)
            elif outcome is CallOutcome.SAYS_NO:
                change.called_number = change.called_by = change.called_at = None
    session.flush()
    record(session, _event(proposal, actor, "call"))
    return call


def check_waiting(proposal: Proposal) -> None:
    """Refuse to go on with what somebody decided already; raises DecidedAlreadyError."""
    if proposal.status is not ProposalStatus.WAITING:
        raise DecidedAlreadyError


def decide(  # noqa: PLR0913, PLR0917  # what, by whom, when, with which words
    session: Session,
    proposal: Proposal,
    decisions: Sequence[Decision],
    vetter: Actor,
    at: datetime,
    note: str,
) -> Decided:
    """Carry out decisions, all or none; raises what ``catalogue.changes.approve`` raises."""
    check_waiting(proposal)
    service = session.get_one(Service, proposal.service_id)
    changes = {change.id: change for change in proposal.changes}
    revision, seconds = None, 0
    for decision in decisions:
        change = changes.get(decision.change_id)
        if change is None:
            continue
        if not decision.is_approved:
            refuse(session, change, vetter, at)
            continue
        done = _approve(session, service, change, decision, vetter, at)
        revision, seconds = done.revision or revision, seconds + done.needs_second
    closed = close_if_decided(session, proposal, vetter, at, note)
    forget_claims(session, proposal.id)
    if closed:
        tell_proposer(session, proposal, "proposal_decided", at)
    elif decisions:
        record(session, _event(proposal, vetter))
    session.flush()
    return Decided(revision, seconds, closed)


def _approve(  # noqa: PLR0913, PLR0917  # as approve
    session: Session,
    service: Service,
    change: ProposedChange,
    decision: Decision,
    vetter: Actor,
    at: datetime,
) -> Approval:
    current = encode(change.field, read_values(session, service)[change.field])
    seen = current if digest(current) == decision.seen else None
    return approve(session, change, vetter, at, value=decision.value, seen=seen)


def return_proposal(session: Session, proposal: Proposal, vetter: Actor, at: datetime, words: str) -> None:
    """Send a proposal back with words; raises DecidedAlreadyError."""
    send_back(session, proposal, vetter, at, words)
    forget_claims(session, proposal.id)
    tell_proposer(session, proposal, "proposal_sent_back", at)
    session.flush()


def tell_proposer(session: Session, proposal: Proposal, kind: str, at: datetime) -> None:
    """Write to whoever proposed that an answer is there; the letter holds no word of it."""
    user = session.get(User, proposal.user_id) if proposal.user_id else None
    service = session.get_one(Service, proposal.service_id)
    address = (user.email if user else service.organization.email or service.email) or ""
    language = language_of(user) if user else "fr"
    try:
        check_address(address)
    except LetterError:
        return
    link = f"{current_app.config['SITE_URL']}/{language}/listings/changes"
    key = f"{kind} {proposal.id} {at.isoformat()}"
    enqueue(session, Message(kind, address, language, key, {"link": link}))


def _event(proposal: Proposal, actor: Actor, target: str = "proposal") -> Event:
    return Event(Action.CHANGE, target, proposal.id, actor, organization_id=proposal.organization_id)
