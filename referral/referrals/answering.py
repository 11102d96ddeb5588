"""Answers of the organization that is asked, and how the service goes on and ends."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.intake.consent import is_in_force
from referral.intake.models import Consent
from referral.intake.vocabulary import Item
from referral.referrals.models import Referral
from referral.referrals.moving import NOTHING, Hand, Why, move
from referral.referrals.status import OPEN, ReferralStatus, Side, check_move

S = ReferralStatus
ANSWERS = frozenset({S.ACCEPTED, S.REJECTED, S.ON_HOLD})
ADVANCES = frozenset({S.IN_PROGRESS, S.COMPLETED, S.FAILED, S.ON_HOLD, S.ACCEPTED, S.REJECTED})


class MovedMeanwhileError(Exception):
    """Somebody else moved the referral since the page was opened; nothing was done."""


class NotChosenError(Exception):
    """The service cannot begin: several were asked, and the person has not chosen this one yet."""


class ConsentOverError(Exception):
    """Nothing can be accepted: the consent holds no more, and the scheduled command ends the referral."""


def check_version(hand: Hand, shown: int) -> None:
    """Refuse to act upon what is not as it was shown; raises MovedMeanwhileError."""
    if hand.referral.version != shown:
        raise MovedMeanwhileError


def advance(hand: Hand, wanted: ReferralStatus, why: Why = NOTHING) -> None:
    """Answer, or say how it goes on; whoever does so has it in hand from then on.

    Where several were asked, an acceptance waits for the person's choice, which her side writes down.
    Raises NotChosenError, ConsentOverError, and what ``move`` raises.
    """
    referral = hand.referral
    waits = waits_for_choice(hand.session, referral)
    check_move(referral.status, wanted, hand.side)
    if wanted is S.ACCEPTED and not holds(hand):
        raise ConsentOverError
    if wanted is S.IN_PROGRESS and waits:
        raise NotChosenError
    move(hand, wanted, why)
    if hand.actor is not None and referral.handler_id is None:
        referral.handler_id = hand.actor.user_id
    if wanted is S.ACCEPTED and waits:
        referral.turn = Side.SENDER
    hand.session.flush()


def holds(hand: Hand) -> bool:
    """Say whether the consent of a referral is in force."""
    consent_id = hand.referral.consent_id
    consent = hand.session.get(Consent, consent_id, populate_existing=True) if consent_id else None
    return consent is not None and is_in_force(consent, hand.at)


def waits_for_choice(session: Session, referral: Referral) -> bool:
    """Say whether the person still chooses among several that were asked the same."""
    if referral.group_id is None or referral.chosen_at is not None:
        return False
    return _grants_contact(session, referral) or _has_others(session, referral)


def _grants_contact(session: Session, referral: Referral) -> bool:
    consent = session.get(Consent, referral.consent_id) if referral.consent_id else None
    return consent is not None and Item.SAFE_CONTACT in consent.scope


def _has_others(session: Session, referral: Referral) -> bool:
    statement = sa.select(Referral.id).where(
        Referral.group_id == referral.group_id,
        Referral.id != referral.id,
        Referral.status.in_(OPEN | {S.DRAFT}),
    )
    return session.execute(statement.limit(1)).first() is not None
