"""Taking a place out of all that is kept of a listing: the one exception to histories that only grow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.change_models import (
    ChangeStatus,
    FieldChange,
    ListingDraft,
    Proposal,
    ProposedChange,
    ServiceForWorkers,
    TemporaryClosure,
)
from referral.catalogue.confidentiality import address_traces, url_traces
from referral.catalogue.models import Location, Service
from referral.geo.precision import LARGE_MUNICIPALITIES
from referral.shared.bilingual import Bilingual

SHORTEST = 4
"""A place name of fewer letters is in too many words."""


def hide_places(session: Session, service: Service) -> list[str]:
    """Make every place of a service confidential; returns what must be found nowhere any more."""
    told = []
    for each in service.service_at_locations:
        location = each.location
        told += [text for text in (location.address_1, location.postal_code) if text]
        if location.municipality and location.municipality not in LARGE_MUNICIPALITIES:
            told.append(location.municipality)
        _hide(location)
    session.flush()
    return told


def _hide(location: Location) -> None:
    """Leave the region only, until the organization itself says that its large municipality may be told."""
    location.address_1 = location.postal_code = location.municipality = location.public_municipality = None
    location.latitude = location.longitude = None
    location.disclosure_agreed_on = None
    location.confidential = True


def purge(session: Session, service: Service, told: Iterable[str]) -> int:
    """Take out of all that is kept of a listing whatever tells where it is; returns how many texts went."""
    secrets = [plain for text in told if len(plain := as_compared(text)) >= SHORTEST]
    gone = _purge_own_texts(service, secrets)
    gone += _purge_history(session, service, secrets)
    gone += _purge_proposals(session, service, secrets)
    gone += _purge_drafts(session, service, secrets)
    gone += _purge_told(session, service, secrets)
    session.flush()
    return gone


def tells(text: str | None, secrets: Iterable[str]) -> bool:
    """Say whether a text holds one of the secrets, or any other trace of a place."""
    if not text:
        return False
    plain = as_compared(text)
    return any(secret in plain for secret in secrets) or bool(address_traces(text) or url_traces(text))


def as_compared(text: str) -> str:
    """Return a text without accents, case and signs."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip()


def _without(value: Bilingual, secrets: list[str]) -> tuple[Bilingual, int]:
    kept = [None if tells(text, secrets) else text for text in (value.fr, value.en)]
    gone = sum(
        before is not None and after is None for before, after in zip((value.fr, value.en), kept, strict=True)
    )
    return Bilingual(*kept), gone


def _purge_own_texts(service: Service, secrets: list[str]) -> int:
    """Blank texts of the listing that tell; its name stays, since the builder holds back one that tells."""
    gone = 0
    for name in ("description", "hours"):
        kept, count = _without(getattr(service, name), secrets)
        gone += count
        if count:
            setattr(service, name, kept)
    for phone in service.phones:
        phone.description, count = _without(phone.description, secrets)
        gone += count
    for document in service.required_documents:
        document.document, count = _without(document.document, secrets)
        gone += count
    return gone


def _purge_history(session: Session, service: Service, secrets: list[str]) -> int:
    gone = 0
    for row in session.scalars(sa.select(FieldChange).where(FieldChange.service_id == service.id)):
        for column in ("value_before", "value_after"):
            gone += _purge_column(row, column, secrets)
    return gone


def _purge_proposals(session: Session, service: Service, secrets: list[str]) -> int:
    gone = 0
    for row in session.scalars(sa.select(ProposedChange).where(ProposedChange.service_id == service.id)):
        told = sum(_purge_column(row, column, secrets) for column in ("value_before", "value_after"))
        if told and row.status is ChangeStatus.WAITING:
            row.status = ChangeStatus.TAKEN_BACK
        gone += told
    for proposal in session.scalars(sa.select(Proposal).where(Proposal.service_id == service.id)):
        for column in ("note", "reply"):
            if tells(getattr(proposal, column), secrets):
                setattr(proposal, column, "")
                gone += 1
    return gone


def _purge_drafts(session: Session, service: Service, secrets: list[str]) -> int:
    drafts = session.scalars(sa.select(ListingDraft).where(ListingDraft.service_id == service.id))
    telling = [draft for draft in drafts if tells(draft.typed, secrets)]
    for draft in telling:
        session.delete(draft)
    return len(telling)


def _purge_told(session: Session, service: Service, secrets: list[str]) -> int:
    gone = 0
    for closure in session.scalars(
        sa.select(TemporaryClosure).where(TemporaryClosure.service_id == service.id)
    ):
        closure.reason, count = _without(closure.reason, secrets)
        gone += count
    workers = session.get(ServiceForWorkers, service.id)
    if workers is not None:
        for name in ("description", "lacks_description"):
            kept, count = _without(getattr(workers, name), secrets)
            setattr(workers, name, kept)
            gone += count
    return gone


def _purge_column(row: Any, column: str, secrets: list[str]) -> int:
    if not tells(getattr(row, column), secrets):
        return 0
    setattr(row, column, None)
    return 1
