"""Organizations outside Relais: they are called, and whoever calls writes their answers down."""

from __future__ import annotations

from dataclasses import replace

from referral.intake.consent import ConsentMissingError, is_in_force
from referral.intake.consents import find_consent
from referral.intake.held import Held
from referral.intake.vocabulary import Item
from referral.referrals.answering import advance
from referral.referrals.calls import has_called
from referral.referrals.models import Via
from referral.referrals.moving import NOTHING, Hand, Why, move
from referral.referrals.sending import IN_HAND, SendingRefusedError
from referral.referrals.status import IllegalMoveError, ReferralStatus, Side


def ask_by_call(held: Held, hand: Hand) -> None:
    """Turn a draft into what was asked by telephone; nothing is sent, and the consent covers what was said.

    Raises SendingRefusedError, ConsentMissingError, IllegalMoveError.
    """
    referral = hand.referral
    if held.case.status not in IN_HAND:
        raise SendingRefusedError("closed")
    if not has_called(held.session, referral.id):
        raise SendingRefusedError("call-first")
    found = find_consent(held.session, held.case.id, referral.consent_id or referral.id, lock=True)
    if found is None or not is_in_force(found, held.at) or Item.NEEDS not in found.scope:
        raise ConsentMissingError(frozenset({Item.NEEDS}))
    referral.by_call = True
    move(replace(hand, via=Via.CALL), ReferralStatus.REQUESTED)


def take_outcome(hand: Hand, wanted: ReferralStatus, why: Why = NOTHING) -> None:
    """Write down what the organization that was called answered, by the same table as its own answers.

    Raises IllegalMoveError, also for one that answers by itself; ReasonRefusedError, NotChosenError.
    """
    if not hand.referral.by_call or hand.side is not Side.SENDER:
        raise IllegalMoveError("this organization answers by itself")
    handler = hand.referral.handler_id
    advance(replace(hand, side=Side.RECEIVER, via=Via.CALL), wanted, why)
    hand.referral.handler_id = handler
    hand.session.flush()
