"""What reaches its end: shown thirty days before, kept longer once for a reason, destroyed by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake import vault
from referral.intake.erasing import Doomed, Why, request
from referral.intake.held import Held
from referral.intake.models import Case, VaultEntry
from referral.intake.retention import STALE_DRAFT, WARNED, is_announced, latest_stay
from referral.intake.rules import was_kept_longer
from referral.intake.vocabulary import CaseEventKind, CaseStatus, CertificateKind, DestructionReason

MOST_SHOWN = 200


class KeepRefusedError(ValueError):
    """A file cannot be kept longer so; ``reason`` is a code of ``REFUSALS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REFUSALS = ("not-ending", "once", "too-soon", "too-late")


def list_ending(session: Session, organization_id: UUID, today: date) -> list[tuple[Case, bool]]:
    """Return the files that will be destroyed within thirty days, and whether each was kept longer before."""
    rows = session.scalars(
        sa.select(Case)
        .where(
            Case.organization_id == organization_id,
            Case.status == CaseStatus.CLOSED,
            Case.keep_until <= today + WARNED,
        )
        .order_by(Case.keep_until, Case.id)
        .limit(MOST_SHOWN)
    )
    return [(case, was_kept_longer(session, case)) for case in rows]


def list_stale_drafts(session: Session, organization_id: UUID, at: datetime) -> Sequence[Case]:
    """Return the drafts that nobody touched for ninety days; they are never destroyed by themselves."""
    return session.scalars(
        sa.select(Case)
        .where(
            Case.organization_id == organization_id,
            Case.status == CaseStatus.DRAFT,
            Case.updated_at < at - STALE_DRAFT,
        )
        .order_by(Case.updated_at, Case.id)
        .limit(MOST_SHOWN)
    ).all()


def check_stay(held: Held, until: date, today: date) -> None:
    """Refuse what is not about to end, was put off before, or goes too far; raises KeepRefusedError."""
    case = held.case
    if (
        case.keep_until is None
        or case.status is not CaseStatus.CLOSED
        or not is_announced(case.keep_until, today)
    ):
        raise KeepRefusedError("not-ending")
    if was_kept_longer(held.session, case):
        raise KeepRefusedError("once")
    if until <= case.keep_until:
        raise KeepRefusedError("too-soon")
    if until > latest_stay(case.keep_until):
        raise KeepRefusedError("too-late")


def keep_longer(held: Held, until: date, reason: str, today: date) -> None:
    """Put off the end of a file, once and for a reason; raises KeepRefusedError."""
    check_stay(held, until, today)
    held.case.keep_until = until
    held.touch()
    held.tell(CaseEventKind.KEPT_LONGER, {"until": until.isoformat(), "reason": reason})
    held.record()


def drop_name(held: Held, reason: DestructionReason) -> None:
    """Take the legal name out of a file; ``carry_out`` then destroys its key."""
    entry = vault.find_entry(held.session, held.case.id)
    if entry is not None:
        why = Why(reason, held.actor, held.at)
        _drop(held.session, entry, held.case, why)


def drop_names(session: Session, organization_id: UUID, actor: Actor, at: datetime) -> None:
    """Take every legal name out of the files of an organization that keeps them no more."""
    for entry in vault.list_entries(session, organization_id):
        case = session.get_one(Case, entry.case_id)
        _drop(session, entry, case, Why(DestructionReason.TURNED_OFF, actor, at))


def _drop(session: Session, entry: VaultEntry, case: Case, why: Why) -> None:
    request(session, Doomed(CertificateKind.VAULT, entry.id, case.organization_id, case.code), why)
    session.delete(entry)
    session.flush()
    event = Event(Action.ERASURE, vault.TARGET, case.id, why.actor, case.organization_id)
    record(session, event, CASES_CHAIN)
