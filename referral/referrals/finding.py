"""Finds a referral for whoever may see it, and on which side she stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from uuid import UUID

from flask import abort

from referral.access.guard import find_actor, require
from referral.access.policy import Actor, Permission, Target
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record_apart
from referral.intake.safe import Safe, open_safe
from referral.referrals.models import Referral
from referral.referrals.moving import TARGET, Hand
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, HELD, cases_session, writing


def find_referral(referral_id: UUID, permission: Permission) -> tuple[Referral, Side, Actor]:
    """Return a referral, the side of whoever asks, and her; answers 404 where it is not hers to see.

    What was not sent yet is its sender's alone.
    """
    referral = cases_session().get(Referral, referral_id)
    asking = find_actor()
    side = side_of(referral, asking) if referral is not None and asking is not None else None
    if referral is None or side is None:
        require(permission)
        abort(HTTPStatus.NOT_FOUND)
    place = referral.sender_id if side is Side.SENDER else referral.receiver_id
    return referral, side, require(permission, Target(place))


def side_of(referral: Referral, actor: Actor) -> Side | None:
    """Return for which side somebody acts; None for whoever has no part in it.

    Of what was asked by telephone nothing was sent: it stays its sender's alone.
    """
    if actor.acting_for is None:
        return None
    if actor.acting_for == referral.sender_id:
        return Side.SENDER
    is_drafted = referral.status is ReferralStatus.DRAFT or referral.requested_at is None
    is_asked = actor.acting_for == referral.receiver_id and not referral.by_call
    return Side.RECEIVER if is_asked and not is_drafted else None


def open_key(referral: Referral) -> Safe:
    """Return the key of a referral; raises SealBrokenError where somebody put it under another sender."""
    return open_safe(referral.id, referral.sender_id)


def open_referral(referral_id: UUID) -> tuple[Referral, Safe, Side, Actor]:
    """Return a referral with its key, once it is written down that somebody looks at it."""
    referral, side, actor = find_referral(referral_id, Permission.REFERRAL_READ)
    place = referral.sender_id if side is Side.SENDER else referral.receiver_id
    record_apart(Event(Action.VIEW, TARGET, referral.id, actor, place), CASES_CHAIN)
    return referral, open_key(referral), side, actor


@contextmanager
def in_hand(referral_id: UUID, permission: Permission, wanted: Side | None = None) -> Iterator[Hand]:
    """Hold a referral for whoever may act on that side, locked; commits unless something is raised."""
    referral, side, actor = find_referral(referral_id, permission)
    if wanted is not None and side is not wanted:
        abort(HTTPStatus.NOT_FOUND)
    safe = open_key(referral)
    with writing(cases_session(), CASES) as session:
        locked = session.get_one(Referral, referral_id, with_for_update=HELD, populate_existing=True)
        yield Hand(session, locked, safe, side, actor, now())
