"""New passwords: by a link in a letter, or in one's own account. Callers write."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.access.policy import Actor
from referral.accounts import factors, letters, sessions, throttling
from referral.accounts.models import PasswordReset, User
from referral.accounts.names import hash_token, is_login_name, make_token
from referral.accounts.rules import RESET
from referral.accounts.sessions import SignIn
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.mail.letters import Message
from referral.mail.services import enqueue

NOBODY = User(username="personne.inconnue", email="personne@exemple.invalid", language="fr")
SCOPE = "reset"


class NoResetError(LookupError):
    """There is no such link, or it was used or is too old: which, nobody learns."""


def request_reset(session: Session, username: str, at: datetime) -> None:
    """Send a link to whoever has that name; does the same work, and undoes it, where nobody can have it.

    Raises throttling.TooManyTriesError, of which the caller says nothing either.
    """
    throttling.count_attempt(session, SCOPE, username, at)
    named = username if is_login_name(username) else ""
    user = session.scalars(sa.select(User).where(User.username == named, User.active)).one_or_none()
    is_known = user is not None and user.email is not None
    with session.begin_nested() as savepoint:
        send_link(session, user if user is not None and is_known else NOBODY, at)
        if not is_known:
            savepoint.rollback()


def send_link(session: Session, user: User, at: datetime) -> None:
    """Make a link and put the letter that brings it into the outbox."""
    token = make_link(session, user, at)
    language = letters.language_of(user)
    values = {
        "account": user.username,
        "until": letters.say_moment(at + RESET, language),
        "link": letters.link_to(f"reset/{token}", language),
    }
    key = f"password_reset {hash_token(token)}"
    enqueue(session, Message("password_reset", user.email or "", language, key, values))


def make_link(session: Session, user: User, at: datetime) -> str:
    """Return the token of a link to choose a new password; earlier ones serve no more."""
    close_links(session, user, at)
    token = make_token()
    session.add(
        PasswordReset(
            user_id=user.id,
            token_hash=hash_token(token),
            created_at=at,
            expires_at=at + RESET,
            closed_at=None,
        )
    )
    session.flush()
    return token


def close_links(session: Session, user: User, at: datetime) -> None:
    """Let the links that somebody holds serve no more."""
    session.execute(
        sa.update(PasswordReset)
        .where(PasswordReset.user_id == user.id, PasswordReset.closed_at.is_(None))
        .values(closed_at=at)
    )


def find_open(session: Session, token: str, at: datetime, *, lock: bool = False) -> PasswordReset | None:
    """Return the link of a token while it can be used."""
    statement = sa.select(PasswordReset).where(
        PasswordReset.token_hash == hash_token(token),
        PasswordReset.closed_at.is_(None),
        PasswordReset.expires_at > at,
        PasswordReset.user_id.is_not(None),
    )
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def find_owner(session: Session, token: str, at: datetime) -> User | None:
    """Return whose link it is, while it can be used."""
    link = find_open(session, token, at)
    return None if link is None else session.get(User, link.user_id)


def reset_password(session: Session, token: str, password_hash: str, at: datetime) -> User:
    """Change the password of a link's owner and end her sessions; raises NoResetError for the second."""
    link = find_open(session, token, at, lock=True)
    if link is None:
        raise NoResetError
    link.closed_at = at
    user = factors.find_user(session, link.user_id)
    if not user.active:
        raise NoResetError
    set_password(session, user, password_hash, at)
    sessions.end_sessions(session, user.id)
    throttling.forget(session, "password", user.username)
    throttling.forget(session, SCOPE, user.username)
    return user


def change_password(session: Session, sign_in: SignIn, password_hash: str, at: datetime) -> User:
    """Change one's own password and end one's sessions everywhere else."""
    user = factors.find_user(session, sign_in.user_id)
    set_password(session, user, password_hash, at)
    sessions.end_sessions(session, user.id, but=sign_in.session_id)
    return user


def set_password(session: Session, user: User, password_hash: str, at: datetime) -> None:
    """Write a new password, record it and tell its owner."""
    user.password, user.password_changed_at = password_hash, at
    close_links(session, user, at)
    record(session, Event(Action.CHANGE, "password", user.id, Actor(user.name, user_id=user.id)))
    letters.tell_of_change(session, user, "password_changed", at)


def forget_old(session: Session, at: datetime) -> None:
    """Delete links that can serve no more."""
    session.execute(sa.delete(PasswordReset).where(PasswordReset.expires_at < at))
