"""Legal names, where an organization insists: under a key of their own, and never an item to share."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake.held import Held
from referral.intake.models import Case, VaultEntry
from referral.intake.rules import read_rules
from referral.intake.safe import Safe, make_safe
from referral.intake.vocabulary import CaseStatus
from referral.keyring.models import Kind
from referral.keyring.services import Thing

TARGET = "vault"
PLACE = "legal_name"
LONGEST = 200


@dataclass(frozen=True, slots=True)
class LegalName:
    """A name as it is kept, and the version of what keeps it; nought where there is none."""

    text: str
    version: int = 0


class NotKeptError(Exception):
    """The organization keeps no legal names."""


class NameChangedError(Exception):
    """Somebody else wrote a name meanwhile; nothing was saved."""

    def __init__(self, theirs: LegalName) -> None:
        super().__init__("changed meanwhile")
        self.theirs = theirs


def find_entry(session: Session, case_id: UUID) -> VaultEntry | None:
    """Return the entry of a file."""
    return session.scalars(sa.select(VaultEntry).where(VaultEntry.case_id == case_id)).one_or_none()


def read_name(entry: VaultEntry | None, safe: Safe | None) -> LegalName:
    """Return the name that an entry keeps; ``safe`` is the entry's own."""
    if entry is None or safe is None:
        return LegalName("")
    return LegalName(safe.open(PLACE, entry.sealed), entry.version)


def prepare(organization_id: UUID, at: datetime) -> Safe:
    """Make the key of an entry that is about to be made, with its identifier."""
    return make_safe(Thing(Kind.VAULT, uuid.uuid4(), organization_id), at)


def write_name(held: Held, safe: Safe, name: LegalName) -> None:
    """Keep a name against the version that it was written upon; ``safe`` is the entry's, or one prepared.

    Raises NotKeptError, NameChangedError.
    """
    if held.user_id is None or not read_rules(held.session, held.case.organization_id).keeps_legal_names:
        raise NotKeptError
    entry = find_entry(held.session, held.case.id)
    if (entry.version if entry is not None else 0) != name.version:
        raise NameChangedError(read_name(entry, safe if entry and entry.id == safe.thing else None))
    if entry is not None and entry.id != safe.thing:  # destroyed meanwhile, and another written
        raise NameChangedError(LegalName(""))
    if entry is None:
        entry = VaultEntry(id=safe.thing, case_id=held.case.id)
        held.session.add(entry)
    entry.sealed, entry.changed_at, entry.changed_by = safe.seal(PLACE, name.text), held.at, held.user_id
    held.session.flush()
    held.session.refresh(entry)
    note(held, Action.CHANGE)


def note(held: Held, action: Action) -> None:
    """Have an act on the name of a file in the audit, under the file's identifier."""
    event = Event(action, TARGET, held.case.id, held.actor, held.case.organization_id)
    record(held.session, event, CASES_CHAIN)


def list_entries(session: Session, organization_id: UUID) -> Sequence[VaultEntry]:
    """Return every entry of an organization."""
    return session.scalars(
        sa.select(VaultEntry)
        .join(Case, Case.id == VaultEntry.case_id)
        .where(Case.organization_id == organization_id, Case.status != CaseStatus.ERASED)
        .order_by(VaultEntry.id)
    ).all()
