"""Links of letters: each opens one page of one organization, for one purpose, for a while. Callers write.

Following one changes nothing, since programs that look through mail follow them too. A change of the
listing also needs a code that one of ours reads aloud on the number that is already listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from referral.access.policy import Actor, Role
from referral.accounts.names import hash_token, make_token
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.partners.link_secrets import CODE_TRIES, hash_code, is_same, make_code, make_form_token
from referral.partners.round_models import ListingLink, Purpose

TARGET = "listing-link"
CODE_LASTS = timedelta(minutes=30)
KEY_LASTS = timedelta(hours=1)
MOST_SENT = 60
WITHIN = timedelta(hours=1)
KEPT = timedelta(days=90)
"""For the list of links that serve no more."""
PAGE = 25


class TooOftenError(Exception):
    """More forms were sent by one link than a person sends."""


def make_link(
    session: Session, organization_id: UUID, purpose: Purpose, actor: Actor, at: datetime
) -> tuple[ListingLink, str]:
    """Make a link; returns it with the token that only its letter holds."""
    token = make_token()
    link = ListingLink(
        organization_id=organization_id,
        purpose=purpose,
        token_hash=hash_token(token),
        made_by=actor.name,
        made_at=at,
        expires_at=at + timedelta(days=current_app.config["LINK_DAYS"]),
        sent_count=0,
        code_tries=0,
    )
    session.add(link)
    session.flush()
    record(session, Event(Action.CREATE, TARGET, link.id, actor, organization_id))
    return link, token


def find_link(session: Session, token: str, at: datetime, *, lock: bool = False) -> ListingLink | None:
    """Return the link of a token while it serves; used, revoked, too old or made up: nobody learns which."""
    if not token.isascii():
        return None
    statement = sa.select(ListingLink).where(ListingLink.token_hash == hash_token(token), *_serves(at))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def _serves(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        ListingLink.revoked_at.is_(None),
        ListingLink.used_at.is_(None),
        ListingLink.expires_at > at,
    )


def as_actor(link: ListingLink) -> Actor:
    """Return whoever follows a link, for the policy: nobody's name is known."""
    place = link.organization_id
    return Actor("listing link", frozenset({(place, Role.LISTING_LINK)}), acting_for=place)


def form_token(link: ListingLink) -> str:
    """Return what the forms of a link's pages carry; without the link nobody can make it."""
    return make_form_token(link.id, link.token_hash)


def is_form_token(link: ListingLink, text: str) -> bool:
    """Say whether a form is one of this link's own pages."""
    return is_same(form_token(link), text)


def count_sending(link: ListingLink, at: datetime) -> None:
    """Count one more form; raises TooOftenError. The count is the link's, wherever it is sent from."""
    if link.sent_since is None or at - link.sent_since >= WITHIN:
        link.sent_since, link.sent_count = at, 0
    if link.sent_count >= MOST_SENT:
        raise TooOftenError
    link.sent_count += 1


def spend(session: Session, link: ListingLink, at: datetime) -> None:
    """Let a link serve no more: what it was for is done."""
    link.used_at, link.code_hash, link.key_hash = at, None, None
    session.flush()


def revoke(session: Session, link: ListingLink, actor: Actor, at: datetime) -> None:
    """Let a link serve no more: somebody said so."""
    link.revoked_at, link.revoked_by = at, actor.name
    link.code_hash = link.key_hash = None
    session.flush()
    record(session, Event(Action.CHANGE, TARGET, link.id, actor, link.organization_id))


def give_code(session: Session, link: ListingLink, vetter: Actor, at: datetime) -> str:
    """Return a code to read aloud, once; an earlier one, and what it opened, serve no more."""
    code = make_code()
    link.code_hash, link.code_by = hash_code(link.id, code), vetter.name
    link.code_expires_at, link.code_tries = at + CODE_LASTS, 0
    link.key_hash = link.key_expires_at = None
    session.flush()
    record(session, Event(Action.CREATE, "link-code", link.id, vetter, link.organization_id))
    return code


def take_code(session: Session, link: ListingLink, typed: str, at: datetime) -> str | None:
    """Return the key that opens the form of the listing, or None where the code is not right.

    The try is counted before it is judged, and whatever comes of it is to be kept.
    """
    if link.code_hash is None or link.code_expires_at is None or link.code_expires_at <= at:
        return None
    link.code_tries += 1
    is_right = is_same(link.code_hash, hash_code(link.id, typed))
    if is_right or link.code_tries >= CODE_TRIES:
        link.code_hash = None
    key = None
    if is_right:
        key = make_token()
        link.key_hash, link.key_expires_at = hash_token(key), at + KEY_LASTS
    session.flush()
    actor = as_actor(link)
    act = Action.CHANGE if is_right else Action.REFUSAL
    record(session, Event(act, "link-code", link.id, actor, link.organization_id))
    return key


def holds_key(link: ListingLink, key: str, at: datetime) -> bool:
    """Say whether a page was opened by a code that was right, a short while ago."""
    if link.key_hash is None or link.key_expires_at is None or link.key_expires_at <= at:
        return False
    return is_same(link.key_hash, hash_token(key))


def list_links(
    session: Session, organization_id: UUID | None, at: datetime, page: int = 1
) -> tuple[Sequence[ListingLink], int]:
    """Return a page of the links of an organization, or of all, the latest first; and how many pages."""
    where = [ListingLink.made_at > at - KEPT]
    if organization_id is not None:
        where.append(ListingLink.organization_id == organization_id)
    count = session.scalar(sa.select(sa.func.count()).select_from(ListingLink).where(*where)) or 0
    pages = max(1, -(-count // PAGE))
    statement = (
        sa.select(ListingLink)
        .where(*where)
        .order_by(ListingLink.made_at.desc(), ListingLink.id)
        .limit(PAGE)
        .offset((min(max(1, page), pages) - 1) * PAGE)
    )
    return session.scalars(statement).all(), pages


def list_open(
    session: Session, organization_id: UUID, purpose: Purpose, at: datetime
) -> Sequence[ListingLink]:
    """Return the links of one purpose that serve, the latest first."""
    statement = (
        sa.select(ListingLink)
        .where(ListingLink.organization_id == organization_id, ListingLink.purpose == purpose, *_serves(at))
        .order_by(ListingLink.made_at.desc())
    )
    return session.scalars(statement).all()


def find_held(session: Session, link_id: UUID, organization_id: UUID | None = None) -> ListingLink | None:
    """Return a link, locked; of one organization only where one is named."""
    link = session.get(ListingLink, link_id, with_for_update=True, populate_existing=True)
    return link if link is not None and organization_id in {None, link.organization_id} else None


def is_serving(link: ListingLink, at: datetime) -> bool:
    """Say whether a link still opens its page."""
    return link.revoked_at is None and link.used_at is None and link.expires_at > at


def forget_old(session: Session, at: datetime) -> None:
    """Delete the links that served no more long ago."""
    session.execute(sa.delete(ListingLink).where(ListingLink.expires_at < at - KEPT))
