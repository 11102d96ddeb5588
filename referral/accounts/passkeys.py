"""Passkeys: registering and signing, with the ``webauthn`` package. Callers write."""

from __future__ import annotations

import ipaddress
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from referral.accounts import factors
from referral.accounts.models import Passkey, PasskeyChallenge, User
from referral.accounts.rules import CHALLENGE
from referral.accounts.security import ISSUER
from referral.accounts.sessions import SignIn
from referral.audit.events import Action

MOST_PASSKEYS = 10
UNREADABLE = (WebAuthnException, ValueError, LookupError, TypeError, RecursionError)
"""What reading an answer raises that is made by hand: webauthn trusts that a key has its parts."""


class PasskeyError(Exception):
    """What a browser sent is not a right answer to our challenge; why, nobody learns."""


def site_host() -> str:
    """Return the name that passkeys are bound to."""
    return urlsplit(current_app.config["SITE_URL"]).hostname or ""


def are_possible() -> bool:
    """Say whether browsers make passkeys here: they refuse an address of numbers."""
    try:
        ipaddress.ip_address(site_host())
    except ValueError:
        return True
    return False


def challenge_new(session: Session, user: User, at: datetime) -> tuple[uuid.UUID, str]:
    """Ask a device of somebody's for a new passkey; returns the challenge's id and what the browser needs."""
    options = generate_registration_options(
        rp_id=site_host(),
        rp_name=ISSUER,
        user_name=user.username,
        user_id=uuid.UUID(hex=user.fs_uniquifier).bytes,
        user_display_name=user.name,
        exclude_credentials=[PublicKeyCredentialDescriptor(each.credential_id) for each in user.passkeys],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return _keep(session, user.id, options.challenge, at), options_to_json(options)


def challenge_any(session: Session, at: datetime) -> tuple[uuid.UUID, str]:
    """Ask for a passkey of whoever it may be: nothing is told of who has any."""
    options = generate_authentication_options(
        rp_id=site_host(), user_verification=UserVerificationRequirement.REQUIRED
    )
    return _keep(session, None, options.challenge, at), options_to_json(options)


def _keep(session: Session, user_id: uuid.UUID | None, challenge: bytes, at: datetime) -> uuid.UUID:
    forget_old(session, at)
    row = PasskeyChallenge(user_id=user_id, challenge=challenge, expires_at=at + CHALLENGE)
    session.add(row)
    session.flush()
    return row.id


def forget_old(session: Session, at: datetime) -> None:
    """Delete challenges that nobody answered in time."""
    session.execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < at))


def take_challenge(session: Session, challenge_id: str, user_id: uuid.UUID | None, at: datetime) -> bytes:
    """Return a challenge and forget it, so that it is answered once; raises PasskeyError."""
    try:
        row = session.get(PasskeyChallenge, uuid.UUID(challenge_id), with_for_update=True)
    except ValueError as error:
        raise PasskeyError from error
    if row is None or row.expires_at < at or row.user_id != user_id:
        raise PasskeyError
    session.delete(row)
    session.flush()
    return row.challenge


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser made of a challenge, and what its owner calls the passkey."""

    challenge: bytes
    credential: str
    name: str


def register(session: Session, sign_in: SignIn, answer: Answer, at: datetime) -> User:
    """Keep a new passkey of somebody's; raises PasskeyError."""
    user = factors.find_user(session, sign_in.user_id)
    try:
        factors.check_setup(user, sign_in)
        made = verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=site_host(),
            expected_origin=current_app.config["SITE_URL"],
            require_user_verification=True,
        )
    except (*UNREADABLE, factors.NoSecretWaitsError) as error:
        raise PasskeyError from error
    if len(user.passkeys) >= MOST_PASSKEYS or find_passkey(session, made.credential_id):
        raise PasskeyError
    user.passkeys.append(
        Passkey(
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=answer.name,
            created_at=at,
        )
    )
    factors.note_change(session, user, sign_in, (Action.CREATE, "passkey"), at)
    return user


def recognize(session: Session, challenge: bytes, answer: str, at: datetime) -> User:
    """Return whose passkey signed a challenge; raises PasskeyError."""
    passkey = find_passkey(session, _credential_id(answer))
    if passkey is None or not passkey.user.active:
        raise PasskeyError
    try:
        signed = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site_host(),
            expected_origin=current_app.config["SITE_URL"],
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise PasskeyError from error
    passkey.sign_count, passkey.used_at = signed.new_sign_count, at
    return passkey.user


def recognize_own(session: Session, sign_in: SignIn, challenge: bytes, answer: str, at: datetime) -> None:
    """Check that a passkey of whoever is signed in signed a challenge; raises PasskeyError."""
    if recognize(session, challenge, answer, at).id != sign_in.user_id:
        raise PasskeyError


def find_passkey(session: Session, credential_id: bytes) -> Passkey | None:
    """Return a passkey by what its device calls it."""
    statement = sa.select(Passkey).where(Passkey.credential_id == credential_id)
    return session.scalars(statement.with_for_update()).one_or_none()


def _credential_id(answer: str) -> bytes:
    try:
        read: dict[str, Any] = msgspec.json.decode(answer, type=dict)
        return base64url_to_bytes(str(read["id"]))
    except (msgspec.MsgspecError, *UNREADABLE) as error:
        raise PasskeyError from error
