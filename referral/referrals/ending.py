"""What ends a referral from outside: its consent, what was sent with it, or the whole file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.intake.erasing import Doomed
from referral.intake.erasing import Why as Destroyed
from referral.intake.hooks import Ending
from referral.intake.models import Case, Consent
from referral.intake.safe import open_safes
from referral.intake.vocabulary import CertificateKind, EndOfPacket
from referral.referrals import models
from referral.referrals.models import Referral, Via
from referral.referrals.moving import Hand, Why, move
from referral.referrals.reasons import Reason
from referral.referrals.sending import end_packets
from referral.referrals.status import OPEN, ReferralStatus, Side
from referral.shared.database import CASES, HELD, cases_session, writing

REASONS = {
    EndOfPacket.WITHDRAWN: Reason.CONSENT_WITHDRAWN,
    EndOfPacket.EXPIRED: Reason.CONSENT_EXPIRED,
    EndOfPacket.RECALLED: Reason.RECALLED,
}
GOING_ON = OPEN | {ReferralStatus.DRAFT}
PARTS = (models.ReferralEvent, models.ReferralMessage, models.ReferralCall, models.ReferralLink)


def end_with_consent(session: Session, ending: Ending) -> None:
    """Call off what goes on under what ends, in the same transaction; both sides see why.

    What was sent is ended by whoever ends the consent; with one thing taken back goes the other one.
    """
    for hand in _hold(session, ending):
        move(hand, ReferralStatus.CANCELLED, Why(REASONS[ending.ended]))
        if ending.packet_id is not None:
            end_packets(hand, ending.ended, besides=ending.packet_id)


def end_expired(at: datetime) -> None:
    """Call off what goes on under a consent whose time is over, also where nothing was sent under it."""
    session = cases_session()
    over = (
        sa.select(Referral.consent_id)
        .join(Consent, Consent.id == Referral.consent_id)
        .where(Referral.status.in_(GOING_ON), Consent.expires_at <= at)
        .distinct()
    )
    for consent_id in filter(None, session.scalars(over).all()):
        with writing(session, CASES):
            end_with_consent(session, Ending(consent_id, EndOfPacket.EXPIRED, None, at))


def _hold(session: Session, ending: Ending) -> Iterable[Hand]:
    conditions = [Referral.consent_id == ending.consent_id, Referral.status.in_(GOING_ON)]
    if ending.packet_id is not None:
        sent = (Referral.public_packet_id, Referral.private_packet_id)
        conditions.append(sa.or_(*(column == ending.packet_id for column in sent)))
    statement = (
        sa.select(Referral).where(*conditions).order_by(Referral.id).with_for_update(of=Referral, **HELD)
    )
    rows = session.scalars(statement.execution_options(populate_existing=True)).all()
    safes = open_safes(row.id for row in rows)
    via = Via.ACCOUNT if ending.actor else Via.SYSTEM
    return [Hand(session, row, safes[row.id], Side.SENDER, ending.actor, ending.at, via) for row in rows]


def end_with_file(session: Session, case: Case, why: Destroyed) -> list[Doomed]:
    """Count what goes on as called off, delete all referrals of a file; return their keys, for both sides.

    A file that the receiver began from one stays: it is another organization's.
    """
    rows = session.scalars(
        sa.select(Referral).where(Referral.case_id == case.id).order_by(Referral.id).with_for_update(**HELD)
    ).all()
    going_on = [row for row in rows if row.status in GOING_ON]
    safes = open_safes(row.id for row in going_on) if going_on else {}
    for row in going_on:
        if row.id in safes:
            hand = Hand(session, row, safes[row.id], Side.SENDER, why.actor, why.at)
            move(hand, ReferralStatus.CANCELLED, Why(Reason.RECALLED))
    session.flush()
    doomed = [Doomed(CertificateKind.REFERRAL, row.id, side) for row in rows for side in _sides_of(row)]
    _delete(session, case)
    return doomed


def _sides_of(row: Referral) -> list[UUID]:
    """Return who is given a certificate: whom nothing was sent does not learn that it was to be asked."""
    was_sent = row.requested_at is not None and not row.by_call
    return [row.sender_id, row.receiver_id] if was_sent else [row.sender_id]


def _delete(session: Session, case: Case) -> None:
    ids = sa.select(Referral.id).where(Referral.case_id == case.id)
    for model in PARTS:
        session.execute(sa.delete(model).where(model.referral_id.in_(ids)))
    session.execute(sa.update(Referral).where(Referral.previous_id.in_(ids)).values(previous_id=None))
    session.execute(sa.delete(Referral).where(Referral.case_id == case.id))
    session.execute(
        sa.update(Referral).where(Referral.receiver_case_id == case.id).values(receiver_case_id=None)
    )
    session.expire_all()
