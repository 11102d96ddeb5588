"""Answers without an account: a link for one referral, and a code that is said on the listed number.

Following a link changes nothing, since programs that look through mail follow it too. It serves one
answer, for a week or as long as the consent; whatever ends it, nobody learns which.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor, Role
from referral.accounts.names import hash_token, make_token
from referral.audit.events import Action
from referral.intake.consent import is_in_force
from referral.intake.models import Consent
from referral.intake.safe import Safe
from referral.partners.link_secrets import CODE_TRIES, hash_code, is_same, keyed, make_code, make_form_token
from referral.referrals.models import Referral, ReferralLink, Via
from referral.referrals.moving import Hand
from referral.referrals.status import WAITS_FOR_ANSWER, Side
from referral.shared.database import HELD

LASTS = timedelta(days=7)
KEY_LASTS = timedelta(hours=1)
"""For how long a page stays open after the code, without a cookie."""


class NoLinkError(Exception):
    """No link can be made: nobody waits for an answer, or the consent holds no more."""


def make_link(hand: Hand) -> tuple[ReferralLink, str, str]:
    """Make the one link of a referral; return it with its token and its code, which are shown once.

    An earlier one serves no more. Raises NoLinkError.
    """
    referral, actor = hand.referral, hand.actor
    consent = hand.session.get(Consent, referral.consent_id) if referral.consent_id else None
    waits = hand.side is Side.SENDER and referral.status in WAITS_FOR_ANSWER and not referral.by_call
    if not waits or consent is None or not is_in_force(consent, hand.at) or actor is None:
        raise NoLinkError
    if actor.user_id is None:
        raise NoLinkError
    end_links(hand)
    token, code = make_token(), make_code()
    link = ReferralLink(
        referral_id=referral.id,
        token_hash=hash_token(token),
        made_by=actor.user_id,
        made_at=hand.at,
        expires_at=min(hand.at + LASTS, consent.expires_at),
        code_given_at=hand.at,
    )
    hand.session.add(link)
    hand.session.flush()
    link.code_hash = hash_code(link.id, code)
    hand.session.flush()
    hand.record(Action.CREATE)
    return link, token, code


def end_links(hand: Hand) -> None:
    """Let the links of a referral serve no more."""
    hand.session.execute(
        sa.update(ReferralLink)
        .where(ReferralLink.referral_id == hand.referral.id, ReferralLink.spent_at.is_(None))
        .values(spent_at=hand.at, code_hash=None)
        .execution_options(synchronize_session="fetch")
    )


def find_link(
    session: Session, token: str, at: datetime, *, lock: bool = False
) -> tuple[ReferralLink, Referral] | None:
    """Return the link of a token with its referral, while it serves; ``lock`` holds the link."""
    if not token.isascii():
        return None
    statement = (
        sa.select(ReferralLink, Referral, Consent)
        .join(Referral, Referral.id == ReferralLink.referral_id)
        .join(Consent, Consent.id == Referral.consent_id)
        .where(
            ReferralLink.token_hash == hash_token(token),
            ReferralLink.spent_at.is_(None),
            ReferralLink.expires_at > at,
            ReferralLink.tries < CODE_TRIES,
            Referral.status.in_(WAITS_FOR_ANSWER),
        )
    )
    if lock:
        statement = statement.with_for_update(of=ReferralLink, **HELD).execution_options(
            populate_existing=True
        )
    found = session.execute(statement).one_or_none()
    if found is None or not is_in_force(found[2], at):
        return None
    return found[0], found[1]


def as_actor(referral: Referral) -> Actor:
    """Return whoever holds a link, for the policy: nobody's name is known."""
    place = referral.receiver_id
    return Actor("referral link", frozenset({(place, Role.REFERRAL_LINK)}), acting_for=place)


def hold(session: Session, referral: Referral, safe: Safe, at: datetime) -> Hand:
    """Hold a referral for whoever has its link, locked."""
    locked = session.get_one(Referral, referral.id, with_for_update=HELD, populate_existing=True)
    return Hand(session, locked, safe, Side.RECEIVER, as_actor(locked), at, Via.LINK)


def take_code(session: Session, link: ReferralLink, typed: str) -> bool:
    """Say whether a code is right. A wrong one is counted, to be kept whatever comes; five end the link."""
    if link.code_hash is None:
        return False
    is_right = is_same(link.code_hash, hash_code(link.id, typed))
    if not is_right:
        link.tries += 1
    session.flush()
    return is_right


def form_token(link: ReferralLink) -> str:
    """Return what the forms of a link's pages carry."""
    return make_form_token(link.id, link.token_hash)


def make_key(link: ReferralLink, at: datetime) -> str:
    """Return what the page that a right code opened sends back with its answer."""
    stamp = str(int(at.timestamp()))
    return f"{stamp}.{_sign(link, stamp)}"


def holds_key(link: ReferralLink, key: str, at: datetime) -> bool:
    """Say whether a page was opened by a right code, a short while ago."""
    stamp, _, signed = key.partition(".")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):  # noqa: PLR2004
        return False
    opened = datetime.fromtimestamp(int(stamp), UTC)
    return is_same(_sign(link, stamp), signed) and opened <= at < opened + KEY_LASTS


def spend(hand: Hand, link: ReferralLink) -> None:
    """Let a link serve no more: its answer was given."""
    link.spent_at, link.code_hash = hand.at, None
    hand.session.flush()


def _sign(link: ReferralLink, stamp: str) -> str:
    return keyed("answer", f"{link.id} {link.code_hash} {stamp}")
