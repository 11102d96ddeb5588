"""Several were asked the same: the person chooses one that accepted, and the others are called off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.intake.consent import ConsentMissingError, is_in_force
from referral.intake.consents import find_consent
from referral.intake.held import Held
from referral.intake.safe import Safe
from referral.referrals.answering import waits_for_choice
from referral.referrals.clocks import due_at
from referral.referrals.models import Referral
from referral.referrals.moving import Hand, Why
from referral.referrals.reasons import Reason
from referral.referrals.sending import cancel, send_private
from referral.referrals.status import OPEN, ReferralStatus, Side
from referral.shared.database import HELD


class NotToChooseError(Exception):
    """There is nothing to choose: it has not accepted, or the choice was made."""


def list_group(session: Session, referral: Referral, *, lock: bool = False) -> Sequence[Referral]:
    """Return whatever was asked together with a referral, itself included."""
    if referral.group_id is None:
        return [referral]
    statement = sa.select(Referral).where(Referral.group_id == referral.group_id).order_by(Referral.id)
    if lock:
        statement = statement.with_for_update(of=Referral, **HELD).execution_options(populate_existing=True)
    return session.scalars(statement).all()


def choose(held: Held, referral_id: UUID, safes: Mapping[UUID, Safe], private: Safe) -> list[Referral]:
    """Write down that she chose one that accepted: how to reach her opens there, and the others end.

    Return the others that were called off, to be told. The file is locked; ``safes`` are those of the
    group. Raises NotToChooseError, ConsentMissingError, NoAgreementError.
    """
    group = list_group(held.session, held.session.get_one(Referral, referral_id), lock=True)
    chosen = next(each for each in group if each.id == referral_id)
    is_hers = chosen.case_id == held.case.id and chosen.status is ReferralStatus.ACCEPTED
    if not is_hers or not waits_for_choice(held.session, chosen):
        raise NotToChooseError
    _open(held, chosen, private)
    others = [
        each for each in group if each.id != referral_id and each.status in OPEN | {ReferralStatus.DRAFT}
    ]
    for each in others:
        hand = Hand(held.session, each, safes[each.id], Side.SENDER, held.actor, held.at)
        cancel(hand, Why(Reason.ANOTHER_ACCEPTED))
    chosen.turn, chosen.chosen_at = Side.RECEIVER, held.at
    chosen.due_at, chosen.escalated_at = due_at(chosen.status, chosen.urgency, held.at), None
    held.touch()
    return [each for each in others if each.requested_at is not None]


def _open(held: Held, chosen: Referral, private: Safe) -> None:
    found = (
        find_consent(held.session, held.case.id, chosen.consent_id, lock=True) if chosen.consent_id else None
    )
    if found is None or not is_in_force(found, held.at):
        raise ConsentMissingError(frozenset())
    send_private(held, chosen, found, private)
