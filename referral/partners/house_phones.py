"""The telephones of houses: paired by a code that a person reads, revoked at once. Callers write.

A telephone has a cookie of its own, of which only the hash is kept. It is nobody's session: it may
tell of room and of closures, for the services that were chosen for it, and nothing else.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session, selectinload

from referral.access.policy import Actor, Role
from referral.accounts import throttling
from referral.accounts.names import hash_token, make_token
from referral.accounts.throttling import key_of
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.models import Service
from referral.partners.capacity import GONE
from referral.partners.house_phone_models import HousePhone, HousePhoneService
from referral.shared.database import DIRECTORY, db, writing

SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that look like others."""
LENGTH = 8
CODE = timedelta(minutes=15)
UNUSED = timedelta(days=180)
"""A telephone that nobody touched for so long is to be paired anew."""
KEPT = timedelta(days=731)
"""Telephones that were revoked are listed for so long; codes that nobody typed, for a day."""
SEEN_STEP = timedelta(hours=1)
SCOPE = "house-phone-code"
PER_PAGE = 20


class NoCodeError(LookupError):
    """No telephone waits for this code: it was used, is too old or was never there; which, nobody learns."""


class NotItsServicesError(ValueError):
    """Services were chosen that are not the organization's."""


@dataclass(frozen=True, slots=True)
class PairedPhone:
    """A telephone that may tell, as plain values that outlive the database session."""

    id: UUID
    name: str
    organization_id: UUID
    services: frozenset[UUID]
    used_at: datetime

    def as_actor(self) -> Actor:
        """Return who acts: a key of the organization, no person."""
        place = self.organization_id
        return Actor(self.name, frozenset({(place, Role.HOUSE_PHONE)}), acting_for=place)


def make_phone(  # noqa: PLR0913, PLR0917  # whose, called what, for what, by whom, when
    session: Session,
    organization_id: UUID,
    name: str,
    services: Collection[UUID],
    actor: Actor,
    at: datetime,
) -> tuple[HousePhone, str]:
    """Let a telephone be paired; returns it with its code. Raises NotItsServicesError."""
    own = sa.select(Service.id).where(
        Service.organization_id == organization_id, Service.trust.not_in(GONE), Service.id.in_(services)
    )
    chosen = set(session.scalars(own))
    if not chosen or chosen != set(services):
        raise NotItsServicesError
    code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    phone = HousePhone(
        organization_id=organization_id,
        name=name,
        made_by=actor.name,
        made_at=at,
        code_hash=hash_code(code),
        code_expires_at=at + CODE,
        token_hash=None,
        paired_at=None,
        used_at=None,
        revoked_by=None,
        revoked_at=None,
        services=[HousePhoneService(service_id=each) for each in sorted(chosen)],
    )
    session.add(phone)
    session.flush()
    record(session, Event(Action.CREATE, "house phone", phone.id, actor, organization_id))
    return phone, code


def hash_code(typed: str) -> str:
    """Return what is kept of a code: with a key, since so few signs could be tried one by one."""
    return key_of(SCOPE, tidy_code(typed))


def tidy_code(typed: str) -> str:
    """Return a code as it was made, however it was typed."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper())


def show_code(code: str) -> str:
    """Return a code in two halves, as one reads it aloud."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def pair(typed: str, caller: str, device: str, at: datetime) -> str:
    """Return the token of the cookie that a telephone has from now on; the code serves no more.

    Raises NoCodeError, and throttling.TooManyTriesError where ``caller`` tried too often.
    """
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        throttling.count_attempt(session, SCOPE, caller, at)
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        phone = session.scalars(
            sa.select(HousePhone)
            .where(
                HousePhone.code_hash == hash_code(typed),
                HousePhone.code_expires_at > at,
                HousePhone.revoked_at.is_(None),
            )
            .with_for_update()
        ).one_or_none()
        if phone is None:
            raise NoCodeError
        token = make_token()
        phone.code_hash, phone.token_hash = None, hash_token(token)
        phone.paired_at = phone.used_at = at
        phone.device = device
        throttling.forget(session, SCOPE, caller)
        actor = Actor(phone.name, acting_for=phone.organization_id)
        record(session, Event(Action.CHANGE, "house phone", phone.id, actor, phone.organization_id))
    return token


def find_paired(session: Session, token: str, at: datetime) -> PairedPhone | None:
    """Return the telephone of a cookie; None for one that is revoked, was not used for long, or is none.

    A service that is another organization's by now, or listed no more, is not its own any more.
    """
    phone = session.scalars(
        sa.select(HousePhone).where(
            HousePhone.token_hash == hash_token(token),
            HousePhone.revoked_at.is_(None),
            HousePhone.used_at > at - UNUSED,
        )
    ).one_or_none()
    if phone is None or phone.used_at is None:
        return None
    own = (
        sa.select(Service.id)
        .join(HousePhoneService, HousePhoneService.service_id == Service.id)
        .where(
            HousePhoneService.house_phone_id == phone.id,
            Service.organization_id == phone.organization_id,
            Service.trust.not_in(GONE),
        )
    )
    services = frozenset(session.scalars(own))
    return PairedPhone(phone.id, phone.name, phone.organization_id, services, phone.used_at)


def lock(session: Session, phone_id: UUID) -> bool:
    """Hold a telephone while it tells, so that none tells after it was revoked; False where it was."""
    statement = sa.select(HousePhone).where(HousePhone.id == phone_id, HousePhone.revoked_at.is_(None))
    return session.scalars(statement.with_for_update()).one_or_none() is not None


def touch(session: Session, phone_id: UUID, at: datetime) -> None:
    """Write that a telephone was used."""
    session.execute(
        sa.update(HousePhone).where(HousePhone.id == phone_id, HousePhone.used_at < at).values(used_at=at)
    )


def form_token(token: str) -> str:
    """Return what the forms of a telephone carry: nobody without its cookie can make it."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(secret, f"relais.house-phone-form {token}".encode(), "sha256").hex()


def is_form_token(token: str, sent: str) -> bool:
    """Say whether a form is the telephone's own."""
    return hmac.compare_digest(form_token(token).encode(), sent.encode())


def find_phone(session: Session, organization_id: UUID, phone_id: UUID) -> HousePhone | None:
    """Return a telephone if it is of that very organization, locked."""
    found = session.get(HousePhone, phone_id, with_for_update=True, populate_existing=True)
    return found if found is not None and found.organization_id == organization_id else None


def revoke(session: Session, phone: HousePhone, actor: Actor, at: datetime) -> bool:
    """Let a telephone, or a code that waits, serve no more; False where somebody did so first."""
    if phone.revoked_at is not None:
        return False
    phone.revoked_by, phone.revoked_at = actor.name, at
    phone.code_hash = phone.token_hash = None
    record(session, Event(Action.CHANGE, "house phone", phone.id, actor, phone.organization_id))
    return True


def list_phones(session: Session, organization_id: UUID, at: datetime, page: int = 1) -> Sequence[HousePhone]:
    """Return a page of an organization's telephones, one more than it shows; those in use first."""
    waits = sa.or_(HousePhone.token_hash.is_not(None), HousePhone.code_expires_at > at)
    return session.scalars(
        sa.select(HousePhone)
        .where(
            HousePhone.organization_id == organization_id, sa.or_(HousePhone.revoked_at.is_not(None), waits)
        )
        .options(selectinload(HousePhone.services))
        .order_by(HousePhone.revoked_at.is_not(None), HousePhone.made_at.desc(), HousePhone.id)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    ).all()


def forget_old(session: Session, at: datetime) -> None:
    """Delete what serves no more: codes that nobody typed, and what was revoked long ago."""
    session.execute(
        sa.delete(HousePhone).where(
            sa.or_(
                HousePhone.revoked_at < at - KEPT,
                sa.and_(
                    HousePhone.token_hash.is_(None),
                    HousePhone.revoked_at.is_(None),
                    HousePhone.code_expires_at < at - timedelta(days=1),
                ),
            )
        )
    )
