"""The register of who is not to be listed; taking a name out of a listing at once. Callers write."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.change_models import (
    ChangeStatus,
    FieldChange,
    ListingDraft,
    Proposal,
    ProposedChange,
    ServiceForWorkers,
    TemporaryClosure,
    Via,
    Withdrawal,
    WithdrawalKind,
)
from referral.catalogue.models import Organization, Service
from referral.catalogue.naming import holds_name, without_name, words_of
from referral.catalogue.refusals import (
    LEAST_WORDS,
    MOST_WORDS,
    NAME,
    PHONE,
    key_check,
    name_mark,
    phone_mark,
    read_register,
)
from referral.catalogue.services import record_revision
from referral.catalogue.vetting_models import DoNotList, DoNotListMark, RefusalKind, RefusalReason
from referral.evidence.models import ListingFlag
from referral.shared.bilingual import Bilingual

UNNAMED = Bilingual("Service", "Service")


class NameTooShortError(ValueError):
    """A name of one word, or of none, is in too many texts."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Who refuses: names and numbers as typed, never kept so."""

    kind: RefusalKind
    reason: RefusalReason
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def enter(session: Session, refusal: Refusal, actor: Actor, at: datetime) -> DoNotList:
    """Enter somebody into the register; raises NameTooShortError. One word is enough for an organization."""
    least = LEAST_WORDS if refusal.kind is RefusalKind.PERSON else 1
    marks = []
    for name in refusal.names:
        mark, words = name_mark(name)
        if not least <= words <= MOST_WORDS:
            raise NameTooShortError
        marks.append(DoNotListMark(subject=NAME, words=words, mark=mark))
    marks += [DoNotListMark(subject=PHONE, words=0, mark=phone_mark(number)) for number in refusal.numbers]
    entry = DoNotList(
        kind=refusal.kind,
        reason=refusal.reason,
        recorded_by=actor.name,
        recorded_at=at,
        key_check=key_check(),
        marks=marks,
    )
    session.add(entry)
    session.flush()
    record(session, Event(Action.CREATE, "do_not_list", entry.id, actor))
    return entry


def end(session: Session, entry: DoNotList, actor: Actor, at: datetime) -> None:
    """Let an entry refuse no more; that it was there stays."""
    if entry.ended_at is None:
        entry.ended_by, entry.ended_at = actor.name, at
        record(session, Event(Action.CHANGE, "do_not_list", entry.id, actor))


def list_entries(session: Session, page: int, size: int) -> Sequence[DoNotList]:
    """Return a page of the register, the newest first, with one more where there is one."""
    statement = sa.select(DoNotList).order_by(DoNotList.recorded_at.desc(), DoNotList.id)
    return session.scalars(statement.limit(size + 1).offset((page - 1) * size)).all()


def count_unreadable(session: Session) -> int:
    """Count entries made with another secret key: they refuse nobody any more."""
    return int(
        session.scalar(
            sa.select(sa.func.count()).where(DoNotList.ended_at.is_(None), DoNotList.key_check != key_check())
        )
        or 0
    )


def list_listed(session: Session) -> list[tuple[Service, tuple[str, ...]]]:
    """Return listings, shown or not, that the register holds, and the reasons."""
    register = read_register(session)
    found = []
    for service in session.scalars(sa.select(Service)) if register else ():
        problems = register.find(
            {
                "name": service.name,
                "organization_name": service.organization.name,
                "description": service.description,
                "hours": service.hours,
                "phones": [phone.number for phone in service.phones],
                "email": service.email,
                "website": service.website,
            }
        )
        if problems:
            found.append((service, tuple(dict.fromkeys(problem.reason for problem in problems))))
    return found


def remove_name(session: Session, service: Service, name: str, actor: Actor, at: datetime) -> int:
    """Take a name out of all that is kept of a listing; the caller then carries the withdrawal out.

    Returns how many texts held it; where none did, nothing is written. Raises NameTooShortError.
    """
    if len(words_of(name)) < LEAST_WORDS:
        raise NameTooShortError
    gone = _clean_own(service, name) + _clean_organization(session, service, name, at)
    gone += _clean_kept(session, service, name)
    if not gone:
        return 0
    service.revision = record_revision(session, actor.name, "name removed", at)
    row = Withdrawal(
        service_id=service.id,
        kind=WithdrawalKind.NAME,
        asked_by=actor.name,
        user_id=actor.user_id,
        via=Via.VETTER,
        asked_at=at,
        revision=service.revision,
    )
    session.add(row)
    session.flush()
    record(
        session, Event(Action.CHANGE, "withdrawal", row.id, actor, organization_id=service.organization_id)
    )
    return gone


def _without(text: Bilingual, name: str) -> tuple[Bilingual, int]:
    """Return a text in two languages without a name, and in how many it was."""
    held = [bool(each and holds_name(each, name)) for each in (text.fr, text.en)]
    kept = [without_name(each, name) or None if each else None for each in (text.fr, text.en)]
    return Bilingual(*kept), sum(held)


def _clean_columns(row: Any, names: Iterable[str], name: str) -> int:
    gone = 0
    for column in names:
        kept, count = _without(getattr(row, column), name)
        if count:
            setattr(row, column, kept)
            gone += count
    return gone


def _clean_own(service: Service, name: str) -> int:
    gone = _clean_columns(service, ("description", "hours"), name) + _clean_called(service, name)
    for phone in service.phones:
        gone += _clean_columns(phone, ("description",), name)
    for document in service.required_documents:
        gone += _clean_columns(document, ("document",), name)
    for area in service.service_areas:
        gone += _clean_columns(area, ("name",), name)
    for source in [each for each in service.sources if holds_name(each.url, name)]:
        service.sources.remove(source)
        gone += 1
    return gone


def _clean_called(row: Service | Organization, name: str) -> int:
    """Clean what something is called and reached by; nothing is left without a name."""
    gone = _clean_columns(row, ("name",), name)
    if not (row.name.fr or row.name.en):
        row.name = UNNAMED
    for column in ("email", "website"):
        if holds_name(getattr(row, column), name):
            setattr(row, column, None)
            gone += 1
    if holds_name(row.slug, name):
        row.slug = f"listing-{secrets.token_hex(6)}"
        gone += 1
    return gone


def _clean_organization(session: Session, service: Service, name: str, at: datetime) -> int:
    organization: Organization = service.organization
    gone = _clean_called(organization, name)
    if gone:
        organization.revision = record_revision(session, "register", "name removed", at)
    return gone


def _clean_kept(session: Session, service: Service, name: str) -> int:
    """Clean histories, proposals, drafts, closures, what workers read, and flags."""

    def rows(model: Any) -> Sequence[Any]:
        return session.scalars(sa.select(model).where(model.service_id == service.id)).all()

    gone = sum(_clean_change(row, name) for model in (FieldChange, ProposedChange) for row in rows(model))
    for model, columns in ((Proposal, ("note", "reply")), (ListingFlag, ("note", "answer_words"))):
        for row in rows(model):
            gone += sum(_clean_text(row, column, name) for column in columns)
    for draft in [each for each in rows(ListingDraft) if holds_name(each.typed, name)]:
        session.delete(draft)
        gone += 1
    for closure in rows(TemporaryClosure):
        gone += _clean_columns(closure, ("reason",), name)
    workers = session.get(ServiceForWorkers, service.id)
    if workers is not None:
        gone += _clean_columns(workers, ("description", "lacks_description"), name)
    return gone


def _clean_change(row: FieldChange | ProposedChange, name: str) -> int:
    """Clean what a field was and would be; what still waited waits no more."""
    told = sum(_clean_value(row, column, name) for column in ("value_before", "value_after"))
    if told and isinstance(row, ProposedChange) and row.status is ChangeStatus.WAITING:
        row.status = ChangeStatus.TAKEN_BACK
    return told


def _clean_text(row: Any, column: str, name: str) -> int:
    text = getattr(row, column)
    if not holds_name(text, name):
        return 0
    setattr(row, column, without_name(text, name))
    return 1


def _clean_value(row: Any, column: str, name: str) -> int:
    """Clean a value that is kept as JSON, text by text."""
    written = getattr(row, column)
    if written is None or not holds_name(written, name):
        return 0
    value = _map_texts(msgspec.json.decode(written), lambda text: without_name(text, name))
    setattr(row, column, msgspec.json.encode(value, order="sorted").decode())
    return 1


def _map_texts(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _map_texts(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_map_texts(each, change) for each in value]
    return value


def find_entry(session: Session, entry_id: uuid.UUID) -> DoNotList | None:
    """Return an entry of the register."""
    return session.get(DoNotList, entry_id)
