"""Listings and organizations that look like the same thing twice: by their names, numbers and web pages.

docs/vetters.md says how often it is right on the catalogue that we have.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import combinations
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from rapidfuzz import fuzz
from sqlalchemy.orm import Session, joinedload, selectinload

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.models import Organization, PhoneType, Revision, Service
from referral.catalogue.trust import Trust
from referral.catalogue.vetting_models import Entity, Moved, NotDuplicate
from referral.geo.names import fold_name
from referral.i18n.lists import say_list
from referral.i18n.locale import current_language
from referral.partners import queue
from referral.shared.bilingual import Bilingual

SAME_NAME, NEAR_NAME = 92, 80
COMMON = 40
"""A number, page or word that more have in common brings nobody together."""
EVERYWHERE = "00"
CACHE = "relais.suspected"
NAMESPACE = uuid.UUID("6a2f5f5e-6f0e-5f0c-9e0e-0d1f3b7a5c21")


class Sign(StrEnum):
    """What two have in common."""

    NAME = "name"
    PHONE = "phone"
    WEBSITE = "website"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of one of two."""

    id: uuid.UUID
    kind: Entity
    name: Bilingual
    owner_id: uuid.UUID
    owner: Bilingual
    phones: frozenset[str]
    page: str | None
    email: str | None
    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that look alike, the smaller id first, and why."""

    first: Side
    second: Side
    signs: tuple[Sign, ...]

    @property
    def item_id(self) -> uuid.UUID:
        """Identify the pair in the queue."""
        return uuid.uuid5(NAMESPACE, f"{self.first.id} {self.second.id}")


def list_suspected(session: Session) -> list[Pair]:
    """Return the pairs that nobody told apart yet; compared anew only where the directory changed."""
    told_apart = {(row.first_id, row.second_id) for row in session.scalars(sa.select(NotDuplicate))}
    return [pair for pair in _suspected(session) if (pair.first.id, pair.second.id) not in told_apart]


def _suspected(session: Session) -> list[Pair]:
    seen = _state(session)
    kept: tuple[Hashable, list[Pair]] | None = current_app.extensions.get(CACHE)
    if kept is None or kept[0] != seen:
        pairs = find_pairs(read_services(session)) + find_pairs(read_organizations(session))
        kept = current_app.extensions[CACHE] = (seen, pairs)
    return kept[1]


def _state(session: Session) -> Hashable:
    """Return what differs once anything of the directory did."""
    number, at = session.execute(
        sa.select(sa.func.max(Revision.number), sa.func.max(Revision.occurred_at))
    ).one()
    text = sa.cast(Service.id, sa.String)
    return number, at, session.execute(sa.select(sa.func.count(), sa.func.min(text), sa.func.max(text))).one()


def read_services(session: Session) -> list[Side]:
    """Return the services that are, or may come to be, shown."""
    statement = (
        sa.select(Service)
        .where(Service.trust.not_in([Trust.RETIRED]))
        .options(joinedload(Service.organization), selectinload(Service.phones))
    )
    services = session.scalars(statement).all()
    regions = queue.regions_of(session, (each.id for each in services))
    return [
        Side(
            each.id,
            Entity.SERVICE,
            each.name,
            each.organization_id,
            each.organization.name,
            frozenset(phone.number for phone in each.phones if phone.type is PhoneType.VOICE),
            page_of(each.website),
            (each.email or "").lower() or None,
            regions.get(each.id, frozenset()),
        )
        for each in services
    ]


def read_organizations(session: Session) -> list[Side]:
    """Return the organizations, with the regions and numbers of their services."""
    services: defaultdict[uuid.UUID, list[Side]] = defaultdict(list)
    for side in read_services(session):
        services[side.owner_id].append(side)
    gone = sa.select(Moved.old_id).where(Moved.kind == Entity.ORGANIZATION)
    return [
        Side(
            each.id,
            Entity.ORGANIZATION,
            each.name,
            each.id,
            each.name,
            frozenset().union(*(side.phones for side in services[each.id])),
            page_of(each.website) if each.website_scope == "own" else None,
            (each.email or "").lower() or None,
            frozenset().union(*(side.regions for side in services[each.id])),
        )
        for each in session.scalars(sa.select(Organization).where(Organization.id.not_in(gone)))
    ]


def page_of(address: str | None) -> str | None:
    """Return a web page as compared: without the way there, ``www.`` and a last slash."""
    if not address:
        return None
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}".lower()


def find_pairs(sides: Sequence[Side]) -> list[Pair]:
    """Return the pairs that look alike, most signs first."""
    found = []
    for first, second in _candidates(sides):
        signs = compare(first, second)
        if signs:
            found.append(Pair(first, second, signs))
    return sorted(found, key=lambda pair: (-len(pair.signs), str(pair.first.id), str(pair.second.id)))


def _candidates(sides: Sequence[Side]) -> Iterable[tuple[Side, Side]]:
    """Return the pairs that have anything rare in common; the others are not compared."""
    blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
    for position, side in enumerate(sides):
        for key in _keys(side):
            blocks[key].append(position)
    pairs = {pair for block in blocks.values() if len(block) <= COMMON for pair in combinations(block, 2)}
    for one, other in sorted(pairs):
        first, second = sorted((sides[one], sides[other]), key=lambda side: str(side.id))
        yield first, second


def _keys(side: Side) -> set[Hashable]:
    names = [_fold(text) for text in (side.name.fr, side.name.en, side.owner.fr) if text]
    words = {word for name in names for word in name.split()}
    keys: set[Hashable] = {*words, *names, *side.phones, side.page, side.email}
    return keys - {None, ""}


def compare(first: Side, second: Side) -> tuple[Sign, ...]:
    """Return what two have in common, where it is enough to look at them; nothing where it is not."""
    if not _meet(first, second):
        return ()
    phone = bool(first.phones & second.phones)
    page = first.page is not None and first.page == second.page
    email = first.email is not None and first.email == second.email
    contact = phone or page or email
    if _differ(first.phones, second.phones) and not (page or email):
        return ()
    names = likeness(first.name, second.name)
    if names < NEAR_NAME:
        return ()
    signs = [sign for sign, has in zip(Sign, (True, phone, page, email), strict=True) if has]
    if first.owner_id == second.owner_id:
        enough = names >= SAME_NAME
    elif first.kind is Entity.ORGANIZATION:
        enough = names >= SAME_NAME or contact
    else:
        enough = contact or likeness(first.owner, second.owner) >= NEAR_NAME
    return tuple(signs) if enough else ()


def likeness(one: Bilingual, other: Bilingual) -> float:
    """Return how alike two names are, from 0 to 100, in the language in which they are most."""
    pairs = ((one.fr, other.fr), (one.en, other.en), (one.fr, other.en), (one.en, other.fr))
    return max(
        (fuzz.token_sort_ratio(_fold(left), _fold(right)) for left, right in pairs if left and right),
        default=0.0,
    )


_fold = lru_cache(maxsize=20_000)(fold_name)


def _meet(first: Side, second: Side) -> bool:
    """Say whether two serve a region in common; where one of them has none, they may."""
    if not first.regions or not second.regions:
        return True
    return bool(first.regions & second.regions)


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether both have numbers, and none in common."""
    return bool(one and other) and not one & other


SIGNS = {
    Sign.NAME: lambda: _("names alike"),
    Sign.PHONE: lambda: _("the same number"),
    Sign.WEBSITE: lambda: _("the same web page"),
    Sign.EMAIL: lambda: _("the same e-mail address"),
}


def say_why(pair: Pair) -> str:
    """Say what two have in common, in the language of the page."""
    said = say_list([SIGNS[sign]() for sign in pair.signs], current_language())
    what = _("Two organizations") if pair.first.kind is Entity.ORGANIZATION else _("Two listings")
    return _("%(what)s have this in common: %(signs)s.", what=what, signs=said)


def tell_apart(
    session: Session, kind: Entity, ids: tuple[uuid.UUID, uuid.UUID], actor: Actor, at: datetime
) -> None:
    """Remember that two are not the same."""
    first, second = sorted(ids, key=str)
    known = sa.select(NotDuplicate.id).where(NotDuplicate.first_id == first, NotDuplicate.second_id == second)
    if session.scalar(known) is not None:
        return
    row = NotDuplicate(kind=kind, first_id=first, second_id=second, decided_by=actor.name, decided_at=at)
    session.add(row)
    session.flush()
    record(session, Event(Action.CREATE, "not_duplicate", row.id, actor))
