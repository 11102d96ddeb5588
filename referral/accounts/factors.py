"""The second factor: codes of an authenticator application, and recovery codes. Callers write."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from flask_security.totp import Totp
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.accounts import passwords, recovery, sessions, throttling
from referral.accounts.letters import tell_of_change
from referral.accounts.models import Passkey, Stage, User, UserSession
from referral.accounts.recovery import RecoveryCode
from referral.accounts.security import AlteredSecretError, is_intact
from referral.accounts.sessions import SignIn
from referral.audit.events import Action, Event
from referral.audit.services import record

WINDOW_SECONDS = 30
"""Before and after the moment, for clocks that differ."""
CODE = re.compile(r"\d{6}")


class LastFactorError(Exception):
    """Nobody may be left without a second factor."""


class NoSecretWaitsError(LookupError):
    """No application is being set up in this session, or nobody may by it."""


def check_setup(user: User, sign_in: SignIn) -> None:
    """Refuse a factor to whoever proved the password only, once there is one; raises NoSecretWaitsError."""
    if sign_in.stage is Stage.SETUP and user.has_factor:
        raise NoSecretWaitsError


def find_user(session: Session, user_id: object) -> User:
    """Return an account, locked until the transaction ends."""
    statement = sa.select(User).where(User.id == user_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def place_for(typed: str) -> AbstractContextManager[None]:
    """Return what holds a place at hashing where that will be needed: for recovery codes alone."""
    return nullcontext() if is_of_six(typed) else passwords.place()


def find_recovery_code(user_id: UUID, typed: str) -> str | None:
    """Return which recovery code was typed, if any; looked for before anything is locked."""
    return None if is_of_six(typed) else recovery.find_code(user_id, typed)


def is_of_six(typed: str) -> bool:
    """Say whether a code is one that an application shows."""
    return CODE.fullmatch(bare(typed)) is not None


def check_code(session: Session, user: User, typed: str, recovery_code: str | None) -> bool:
    """Say whether a code of the application or a recovery code is right, and let it serve no more."""
    if recovery_code is not None:
        return recovery.take_code(user, recovery_code)
    return user.totp_secret is not None and is_of_application(session, user, user.totp_secret, typed)


def is_of_application(session: Session, user: User, secret: str, typed: str) -> bool:
    """Say whether a code is of a sealed secret; one that was altered has none, which is recorded."""
    try:
        return bool(_totp().verify_totp(bare(typed), secret, user, window=WINDOW_SECONDS))
    except AlteredSecretError:
        record(session, Event(Action.REFUSAL, "altered_secret", user.id, Actor(user.name, user_id=user.id)))
        return False


def bare(typed: str) -> str:
    """Return a code without what people put between its signs."""
    return re.sub(r"[\s-]", "", typed).lower()


def count_recovery_codes(user: User) -> int:
    """Return how many recovery codes are left."""
    return len(user.mf_recovery_codes or ())


def make_recovery_codes(session: Session, user: User, actor: Actor, drawn: list[RecoveryCode]) -> list[str]:
    """Return the codes that were drawn, to be shown once; somebody's old ones serve no more."""
    user.mf_recovery_codes = [each.kept for each in drawn]
    record(session, Event(Action.CREATE, "recovery_codes", user.id, actor))
    return [each.shown for each in drawn]


def begin_application(session: Session, session_id: object) -> None:
    """Draw a secret for an application, which counts once a code was typed; raises SessionEndedError."""
    row = sessions.find_held(session, session_id)
    row.waiting_secret = _totp().generate_totp_secret()


def find_waiting_secret(session: Session, session_id: object) -> str | None:
    """Return the sealed secret that is being set up in a session; None also where it was altered."""
    row = session.get(UserSession, session_id)
    return row.waiting_secret if row is not None and is_intact(row.waiting_secret) else None


def address_for(secret: str, username: str) -> str:
    """Return what a QR code says to an authenticator application."""
    return str(_totp().get_totp_uri(username, secret))


def key_for(secret: str) -> str:
    """Return a secret in groups of letters, to be typed."""
    return str(_totp().get_totp_pretty_key(secret))


def finish_application(session: Session, sign_in: SignIn, typed: str, at: datetime) -> User | None:
    """Keep the application that is being set up, if the code is of it.

    Raises NoSecretWaitsError and sessions.SessionEndedError.
    """
    user = find_user(session, sign_in.user_id)
    check_setup(user, sign_in)
    row = sessions.find_held(session, sign_in.session_id)
    if row.waiting_secret is None:
        raise NoSecretWaitsError
    if not is_of_application(session, user, row.waiting_secret, typed):
        return None
    user.totp_secret, row.waiting_secret = row.waiting_secret, None
    note_change(session, user, sign_in, (Action.CREATE, "application"), at)
    return user


def remove_application(session: Session, sign_in: SignIn, at: datetime) -> None:
    """Let go of the authenticator application; raises LastFactorError where nothing else is left."""
    user = find_user(session, sign_in.user_id)
    if not user.passkeys:
        raise LastFactorError
    user.totp_secret = user.totp_counter = None
    note_change(session, user, sign_in, (Action.CHANGE, "application"), at)


def remove_passkey(session: Session, sign_in: SignIn, passkey: Passkey, at: datetime) -> None:
    """Let go of a passkey; raises LastFactorError where nothing else is left."""
    user = find_user(session, sign_in.user_id)
    if user.totp_secret is None and len(user.passkeys) == 1:
        raise LastFactorError
    user.passkeys.remove(passkey)
    note_change(session, user, sign_in, (Action.CHANGE, "passkey"), at)


def note_change(
    session: Session, user: User, sign_in: SignIn, change: tuple[Action, str], at: datetime
) -> None:
    """Record a change of how somebody signs in, and tell her unless she is just beginning."""
    actor = Actor(user.name, user_id=user.id)
    record(session, Event(*change, user.id, actor))
    if sign_in.stage is Stage.OPEN:
        tell_of_change(session, user, "factor_changed", at)


def clear_factors(session: Session, user: User) -> None:
    """Take everything but the password from an account, and end its sessions."""
    user.totp_secret = user.totp_counter = user.mf_recovery_codes = None
    user.passkeys.clear()
    sessions.end_sessions(session, user.id)
    throttling.forget(session, "factor", str(user.id))


def _totp() -> Totp:
    factory: Totp = current_app.extensions["security"]._totp_factory  # noqa: SLF001  # it has no public name
    return factory
