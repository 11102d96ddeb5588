"""Signing in, in several short transactions: nothing is locked while a password is checked.

Whoever types a name that nobody has waits as long and hears the same as with a wrong password.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.accounts import factors, passwords, sessions, throttling
from referral.accounts.models import Stage, User
from referral.accounts.names import is_login_name
from referral.accounts.rules import REFUSAL_STEP, STRANGERS_STEP
from referral.accounts.sessions import SessionEndedError, SignIn
from referral.audit.events import Action, Event
from referral.audit.services import record, record_or_feign
from referral.shared.database import DIRECTORY, db, writing

PASSWORD, FACTOR, FRESH = "password", "factor", "fresh proof"  # what is counted apart
FAILURE, REFUSAL = "failure told", "refusal told"
NO_TOKEN, DURING_WAIT = "form_without_token", "try_during_wait"
log = structlog.get_logger(__name__)


class NotRightError(Exception):
    """The name, the password or the code is not right; which of them nobody learns."""


class Proof(NamedTuple):
    """Whose password was right, and the hash that it was checked against."""

    user_id: UUID
    hashed: str


def enter_with_password(
    username: str, password: str, device: str, at: datetime, before: SignIn | None = None
) -> str:
    """Return the token of a session that waits for the second factor; the browser's session before it ends.

    Raises NotRightError, also where the password was changed meanwhile, and throttling.TooManyTriesError.
    """
    proof = check_password(username, password, (PASSWORD, username), at)
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        user = factors.find_user(session, proof.user_id)
        if not user.active or user.password != proof.hashed:
            raise NotRightError
        throttling.forget(session, PASSWORD, username)
        if before is not None:
            sessions.end_session(session, before.user_id, before.session_id)
        stage = Stage.FACTOR if user.has_factor else Stage.SETUP
        return sessions.open_session(session, user, stage, device, at)


def check_password(username: str, password: str, counted: tuple[str, str], at: datetime) -> Proof:
    """Return whose password it is, after counting the attempt.

    Raises NotRightError, TooManyTriesError, and passwords.CrowdError, before which nothing is counted.
    """
    named = username if is_login_name(username) else ""
    with passwords.place():
        with Session(db.engines[DIRECTORY]) as session, writing(session):
            throttling.count_attempt(session, *counted, at)
        with Session(db.engines[DIRECTORY]) as session:
            found = session.execute(
                sa.select(User.id, User.name, User.password).where(User.username == named, User.active)
            ).one_or_none()
        is_right = passwords.matches(password, found.password if found else None)
    if is_right and found:
        return Proof(found.id, found.password)
    record_failure(found.id if found else None, found.name if found else None, at)
    raise NotRightError


def record_failure(user_id: UUID | None, name: str | None, at: datetime) -> None:
    """Record that somebody tried to sign in: each time in whose name it was, once an hour where in nobody's.

    The same is done for both, and undone where it is not to be kept.
    """
    actor = Actor(name, user_id=user_id) if name and user_id else None
    step = STRANGERS_STEP if actor is None else timedelta(0)
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        untold = throttling.count_untold(session, FAILURE, str(user_id or ""), at, step)
        record_or_feign(session, Event(Action.SIGN_IN_FAILED, "account", user_id, actor), feigned=not untold)
    if untold and actor is None:
        log.warning("sign_ins_of_nobody", count=untold)


def record_refusal(sign_in: SignIn, what: str, at: datetime) -> None:
    """Record that a form or a try of somebody known was refused; once a minute: no audit is filled."""
    actor = (
        sign_in.as_actor() if sign_in.stage is Stage.OPEN else Actor(sign_in.name, user_id=sign_in.user_id)
    )
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        if throttling.count_untold(session, REFUSAL, str(sign_in.user_id), at, REFUSAL_STEP):
            record(session, Event(Action.REFUSAL, what, sign_in.user_id, actor, actor.acting_for))


def enter_with_code(sign_in: SignIn, typed: str, device: str, at: datetime) -> str:
    """Return an open session's token after the second factor; raises as ``check_code`` and ``finish``."""
    check_code(sign_in, typed, at)
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        return finish(session, sign_in, device, at)


def check_code(sign_in: SignIn, typed: str, at: datetime) -> None:
    """Take a code of somebody whose password was right; raises as ``check_password``."""
    with factors.place_for(typed):
        with Session(db.engines[DIRECTORY]) as session, writing(session):
            throttling.count_attempt(session, FACTOR, str(sign_in.user_id), at)
        recovery_code = factors.find_recovery_code(sign_in.user_id, typed)
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        user = factors.find_user(session, sign_in.user_id)
        is_right = factors.check_code(session, user, typed, recovery_code)
        if is_right:
            throttling.forget(session, FACTOR, str(sign_in.user_id))
    if not is_right:
        record_failure(sign_in.user_id, sign_in.name, at)
        raise NotRightError


def finish(session: Session, sign_in: SignIn, device: str, at: datetime) -> str:
    """Replace a session that was waiting by an open one with its own token; raises SessionEndedError.

    A session opens once: of two requests with one cookie the second finds nothing.
    """
    if not sessions.end_session(session, sign_in.user_id, sign_in.session_id):
        raise SessionEndedError
    return open_fully(session, factors.find_user(session, sign_in.user_id), device, at)


def open_fully(session: Session, user: User, device: str, at: datetime) -> str:
    """Open a session for somebody who proved everything, and record that she came."""
    token = sessions.open_session(session, user, Stage.OPEN, device, at)
    record(session, Event(Action.SIGN_IN, "account", user.id, Actor(user.name, user_id=user.id)))
    return token


def leave(sign_in: SignIn) -> None:
    """End a session at its owner's wish."""
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        if sessions.end_session(session, sign_in.user_id, sign_in.session_id):
            actor = Actor(sign_in.name, user_id=sign_in.user_id)
            record(session, Event(Action.SIGN_OUT, "account", sign_in.user_id, actor))


def confirm_with_password(sign_in: SignIn, password: str, at: datetime) -> str:
    """Take somebody's password anew and return the session's new token.

    Counted by session: whoever tries her name elsewhere keeps her out of nothing here. Raises as
    ``check_password``, and SessionEndedError.
    """
    counted = (FRESH, str(sign_in.session_id))
    if check_password(sign_in.username, password, counted, at).user_id != sign_in.user_id:
        raise NotRightError
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        throttling.forget(session, *counted)
        return sessions.confirm(session, sign_in.session_id, at)


def touch(sign_in: SignIn, at: datetime) -> None:
    """Write that somebody is there."""
    with Session(db.engines[DIRECTORY]) as session, writing(session):
        sessions.touch(session, sign_in.session_id, at)
