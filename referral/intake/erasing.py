"""Takes a file away for good: its rows and what is sealed first, then, once that is kept, every key of it.

Of an erased file remain a row that tells nothing, its certificates, the register of what was
communicated without consent (under keys of its own, for five years), and the audit, which has no content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record
from referral.intake import models
from referral.intake.held import TARGET
from referral.intake.hooks import tell_erase
from referral.intake.models import Case, Certificate, Packet
from referral.intake.safe import destroy_safe
from referral.intake.vocabulary import CaseStatus, CertificateKind, DestructionReason, EndOfPacket
from referral.shared.clock import now
from referral.shared.database import CASES, CasesBase, cases_session, writing

log = structlog.get_logger(__name__)

EMPTIED = (
    "deputy_id",
    "urgency",
    "next_step_on",
    "next_step_sealed",
    "returns_to_id",
    "returns_on",
    "opened_at",
    "closed_at",
    "closure_sealed",
    "keep_until",
)
"""Columns of the row that remains which could tell something."""


OF_THE_FILE: tuple[type[CasesBase], ...] = (
    models.Consent,
    models.Answer,
    models.CaseEvent,
    models.FollowUp,
    models.RightsRequest,
    models.VaultEntry,
)
"""Tables whose rows go with a file, besides what was sent of it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What goes with a file, counted, and what stays."""

    answers: int
    events: int
    consents: int
    packets: int
    readable: int
    """Of what was sent, how much another organization can still read."""
    follow_ups: int
    names: int
    disclosures: int


def summarize(session: Session, case_id: UUID, at: datetime) -> Summary:
    """Count what an erasure takes and what it leaves."""
    readable = sa.select(sa.func.count()).where(
        Packet.case_id == case_id, Packet.ended_at.is_(None), Packet.expires_at > at
    )
    return Summary(
        answers=_count(session, models.Answer, case_id),
        events=_count(session, models.CaseEvent, case_id),
        consents=_count(session, models.Consent, case_id),
        packets=_count(session, Packet, case_id),
        readable=session.scalars(readable).one(),
        follow_ups=_count(session, models.FollowUp, case_id),
        names=_count(session, models.VaultEntry, case_id),
        disclosures=_count(session, models.Disclosure, case_id),
    )


def _count(session: Session, model: type[CasesBase], case_id: UUID) -> int:
    column = model.__table__.c.case_id
    return session.scalars(sa.select(sa.func.count()).where(column == case_id)).one()


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is destroyed, by whom (None: by itself) and at what moment."""

    reason: DestructionReason
    actor: Actor | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Doomed:
    """Something whose key is to go, and whose organization is given the certificate."""

    kind: CertificateKind
    id: UUID
    organization_id: UUID
    code: str | None = None


def erase_case(session: Session, case: Case, why: Why) -> None:
    """Take everything of a file but what the law has kept; ``carry_out`` then destroys its keys.

    Inside ``writing``, with the file locked. A kill before the commit leaves the file whole; one after it
    leaves certificates that ``finish_destructions`` completes.
    """
    doomed = _keys_of(session, case)
    case.status, case.erased_at, case.updated_at = CaseStatus.ERASED, why.at, why.at
    for name in EMPTIED:
        setattr(case, name, None)
    session.flush()
    doomed += tell_erase(session, case, why)
    _end_packets(session, case.id, why.at)
    _delete_rows(session, case.id)
    for each in doomed:
        request(session, each, why if each.organization_id == case.organization_id else _neutral(why))
    record(session, Event(Action.ERASURE, TARGET, case.id, why.actor, case.organization_id), CASES_CHAIN)


def _end_packets(session: Session, case_id: UUID, at: datetime) -> None:
    session.execute(
        sa.update(Packet)
        .where(Packet.case_id == case_id, Packet.ended_at.is_(None))
        .values(ended_at=at, ended=EndOfPacket.ERASED)
    )


def _delete_rows(session: Session, case_id: UUID) -> None:
    """Delete what points at something before what it points at."""
    packets = sa.select(Packet.id).where(Packet.case_id == case_id)
    consents = sa.select(models.Consent.id).where(models.Consent.case_id == case_id)
    session.execute(sa.delete(models.PacketItem).where(models.PacketItem.packet_id.in_(packets)))
    session.execute(sa.delete(models.PacketReading).where(models.PacketReading.packet_id.in_(packets)))
    session.execute(sa.delete(Packet).where(Packet.case_id == case_id))
    session.execute(sa.delete(models.ConsentItem).where(models.ConsentItem.consent_id.in_(consents)))
    for model in OF_THE_FILE:
        session.execute(sa.delete(model).where(model.__table__.c.case_id == case_id))
    session.expire_all()


def _neutral(why: Why) -> Why:
    """Tell whoever received something that it was taken back, without a word on whose wish it was."""
    return Why(DestructionReason.RECALLED, None, why.at)


def _keys_of(session: Session, case: Case) -> list[Doomed]:
    """Return every key that goes with a file; of what was sent, also the receiver is told that it is gone."""
    names = session.scalars(sa.select(models.VaultEntry.id).where(models.VaultEntry.case_id == case.id))
    certified = sa.select(Certificate.id).where(Certificate.subject_id == Packet.id).exists()
    packets = session.execute(
        sa.select(Packet.id, Packet.receiver_id).where(Packet.case_id == case.id, ~certified)
    )
    return [
        Doomed(CertificateKind.CASE, case.id, case.organization_id, case.code),
        *(Doomed(CertificateKind.VAULT, each, case.organization_id, case.code) for each in names),
        *(
            Doomed(CertificateKind.PACKET, each, side)
            for each, receiver in packets
            for side in (case.organization_id, receiver)
        ),
    ]


def request(session: Session, doomed: Doomed, why: Why) -> None:
    """Write the certificate of something whose key is to go; the key itself goes after the commit."""
    session.add(
        Certificate(
            organization_id=doomed.organization_id,
            kind=doomed.kind,
            subject_id=doomed.id,
            code=doomed.code,
            reason=why.reason,
            requested_by=why.actor.user_id if why.actor else None,
            requested_at=why.at,
        )
    )
    session.flush()


def carry_out_soon() -> None:
    """Destroy the keys whose certificates wait; where that fails, the next scheduled run does it again.

    Whoever asked is not told of a failure: what she asked for is decided, and its rows are gone.
    """
    try:
        finish_destructions(now())
    except Exception:
        log.exception("keys_not_destroyed")


def finish_destructions(_at: datetime) -> None:
    """Destroy every key whose certificate waits, then complete the certificate; harmless to do twice."""
    session = cases_session()
    session.rollback()
    waiting = sa.select(Certificate.subject_id).where(Certificate.completed_at.is_(None)).distinct()
    for subject_id in session.scalars(waiting).all():
        destroy_safe(subject_id)
        with writing(session, CASES):
            session.execute(
                sa.update(Certificate)
                .where(Certificate.subject_id == subject_id, Certificate.completed_at.is_(None))
                .values(completed_at=now())
            )
