"""Sessions: one row a sign-in, found by the hash of the token in its cookie. Callers write."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from referral.access.policy import Actor, Role
from referral.accounts.models import Stage, User, UserSession
from referral.accounts.names import hash_token, make_token
from referral.accounts.rules import LONGEST_SESSION, SEEN_STEP, is_alive, is_fresh
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.shared.bilingual import Language
from referral.shared.database import DIRECTORY, db


class SessionEndedError(Exception):
    """A session ended while something was done in it: by another request, or on another device."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Whoever a cookie stands for, as plain values that outlive the database session."""

    session_id: uuid.UUID
    user_id: uuid.UUID
    username: str
    name: str
    language: Language
    stage: Stage
    has_factor: bool
    has_totp: bool
    memberships: frozenset[tuple[uuid.UUID | None, Role]]
    has_chosen: bool
    acting_for: uuid.UUID | None
    started_at: datetime
    seen_at: datetime
    confirmed_at: datetime
    is_alive: bool

    @property
    def places(self) -> tuple[uuid.UUID | None, ...]:
        """Return where she has a role, the installation last."""
        places = {place for place, _ in self.memberships}
        return tuple(sorted(places, key=lambda place: (place is None, str(place))))

    def is_fresh(self, at: datetime) -> bool:
        """Say whether she proved who she is a short while ago."""
        return is_fresh(self.confirmed_at, at)

    def as_actor(self) -> Actor:
        """Return who acts; without a place chosen no role counts."""
        chosen = self.has_chosen and self.acting_for in self.places
        return Actor(
            name=self.name,
            memberships=self.memberships if chosen else frozenset(),
            user_id=self.user_id,
            acting_for=self.acting_for if chosen else None,
        )


def find_sign_in(token: str, at: datetime) -> SignIn | None:
    """Return whoever a token stands for, also where the session has run out, which ``is_alive`` says.

    Reads in a session that is closed again at once: nothing of it can be written by accident.
    """
    statement = (
        sa.select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == hash_token(token), User.active)
        .options(selectinload(User.memberships), selectinload(User.passkeys))
    )
    with Session(db.engines[DIRECTORY]) as session:
        found = session.execute(statement).one_or_none()
        return None if found is None else describe(*found, at)


def describe(row: UserSession, user: User, at: datetime) -> SignIn:
    """Return a session with its person as plain values."""
    return SignIn(
        session_id=row.id,
        user_id=user.id,
        username=user.username,
        name=user.name,
        language="en" if user.language == "en" else "fr",
        stage=row.stage,
        has_factor=user.has_factor,
        has_totp=user.totp_secret is not None,
        memberships=frozenset((each.organization_id, each.role) for each in user.memberships),
        has_chosen=row.has_chosen,
        acting_for=row.acting_for,
        started_at=row.started_at,
        seen_at=row.seen_at,
        confirmed_at=row.confirmed_at,
        is_alive=is_alive(row.started_at, row.seen_at, at, is_open=row.stage is Stage.OPEN),
    )


def open_session(session: Session, user: User, stage: Stage, device: str, at: datetime) -> str:
    """Begin a session and return its token, which is nowhere else."""
    token = make_token()
    places = {each.organization_id for each in user.memberships}
    session.add(
        UserSession(
            user_id=user.id,
            token_hash=hash_token(token),
            stage=stage,
            device=device,
            started_at=at,
            seen_at=at,
            confirmed_at=at,
            has_chosen=len(places) == 1,
            acting_for=next(iter(places)) if len(places) == 1 else None,
        )
    )
    session.flush()
    return token


def needs_touch(seen_at: datetime, at: datetime) -> bool:
    """Say whether it is time to write that somebody is there."""
    return at - seen_at >= SEEN_STEP


def touch(session: Session, session_id: uuid.UUID, at: datetime) -> None:
    """Write that somebody is there; never makes a session young again that another request ended."""
    session.execute(
        sa.update(UserSession)
        .where(UserSession.id == session_id, UserSession.seen_at < at)
        .values(seen_at=at)
    )


def confirm(session: Session, session_id: uuid.UUID, at: datetime) -> str:
    """Write that somebody proved anew who she is, and return her session's new token; raises as ``renew``."""
    session.execute(sa.update(UserSession).where(UserSession.id == session_id).values(confirmed_at=at))
    return renew(session, session_id, at)


def renew(session: Session, session_id: uuid.UUID, at: datetime) -> str:
    """Return another token of a session, of which the old cookie knows nothing; raises SessionEndedError."""
    token, row = make_token(), find_held(session, session_id)
    row.token_hash, row.seen_at = hash_token(token), at
    session.flush()
    return token


def find_held(session: Session, session_id: object) -> UserSession:
    """Return a session that nobody can end before the transaction does; raises SessionEndedError."""
    row = session.get(UserSession, session_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise SessionEndedError
    return row


def act_for(session: Session, sign_in: SignIn, place: uuid.UUID | None) -> None:
    """Act for another organization, or the installation; raises LookupError where she has no role there."""
    if place not in sign_in.places:
        raise LookupError(place)
    act_for_new(session, sign_in, place)


def act_for_new(session: Session, sign_in: SignIn, place: uuid.UUID | None) -> None:
    """Act for a place where somebody has just got a role."""
    session.execute(
        sa.update(UserSession)
        .where(UserSession.id == sign_in.session_id)
        .values(acting_for=place, has_chosen=True)
    )


def end_session(session: Session, user_id: uuid.UUID, session_id: uuid.UUID) -> int:
    """End one of a person's own sessions; returns how many ended, one or none."""
    which = (UserSession.id == session_id, UserSession.user_id == user_id)
    return int(session.execute(sa.delete(UserSession).where(*which)).rowcount)  # type: ignore[attr-defined]


def end_sessions(session: Session, user_id: uuid.UUID, but: uuid.UUID | None = None) -> int:
    """End a person's sessions everywhere, but for one where it is named; returns how many."""
    which = [UserSession.user_id == user_id]
    if but is not None:
        which.append(UserSession.id != but)
    return int(session.execute(sa.delete(UserSession).where(*which)).rowcount)  # type: ignore[attr-defined]


def list_sessions(session: Session, user_id: uuid.UUID, at: datetime) -> Sequence[UserSession]:
    """Return a person's sessions that hold, the latest first."""
    statement = (
        sa.select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.stage == Stage.OPEN)
        .order_by(UserSession.seen_at.desc())
    )
    return [
        each
        for each in session.scalars(statement)
        if is_alive(each.started_at, each.seen_at, at, is_open=True)
    ]


def forget_old(session: Session, at: datetime) -> None:
    """Delete sessions that can hold no more, also those whose typed text could still come back."""
    session.execute(sa.delete(UserSession).where(UserSession.started_at < at - 2 * LONGEST_SESSION))


def end_own_session(session: Session, found: SignIn, session_id: uuid.UUID) -> int:
    """End one of a person's sessions and record it; returns how many ended."""
    ended = end_session(session, found.user_id, session_id)
    if ended:
        record(session, Event(Action.SIGN_OUT, "session", found.user_id, _person(found)))
    return ended


def end_own_sessions(session: Session, found: SignIn) -> int:
    """End all of a person's sessions and record it; returns how many ended."""
    ended = end_sessions(session, found.user_id)
    record(session, Event(Action.SIGN_OUT, "session", found.user_id, _person(found)))
    return ended


def _person(found: SignIn) -> Actor:
    return Actor(found.name, user_id=found.user_id)
