"""What is over is deleted by the scheduled command, and what holds stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.accounts import passkeys, throttling
from referral.accounts.jobs import forget_daily
from referral.accounts.models import Invitation, PasskeyChallenge, PasswordReset, Throttle, User, UserSession
from referral.accounts.rules import CHALLENGE, FORGETTING, INVITATION, KEPT, LONGEST_SESSION, RESET
from referral.shared.clock import now
from referral.shared.database import writing
from referral.shared.tick import list_jobs
from tests.accounts.test_invitations import invite

LASTING = {
    Invitation: INVITATION,
    PasskeyChallenge: CHALLENGE,
    PasswordReset: RESET,
    Throttle: FORGETTING,
    UserSession: 2 * LONGEST_SESSION,
}


@pytest.fixture
def full(people, visit, session):
    """One row of each table that fills up by itself."""
    person = people.lead()
    invite(session, people.place())
    visit.post("/reset", {"username": person.username})
    visit.type_password(person.username)
    with writing(session):
        session.execute(sa.delete(Throttle))
        throttling.count_attempt(session, "password", "camille.exemple", now())
        passkeys.challenge_any(session, now())


def count(session, table):
    """Return how many rows there are."""
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(table))


def test_it_is_done_once_a_day(app, session):
    (job,) = [job for job in list_jobs() if job.name == "accounts_forget"]

    assert (job.every, job.run) == (timedelta(days=1), forget_daily)


@pytest.mark.parametrize("table", LASTING)
def test_what_is_over_is_deleted(full, session, clock, table):
    clock.shift(LASTING[table] + timedelta(seconds=1))
    forget_daily(now())

    assert count(session, table) == 0


@pytest.mark.parametrize("table", LASTING)
def test_what_holds_stays(full, session, clock, table):
    clock.shift(LASTING[table] - timedelta(seconds=1))
    forget_daily(now())

    assert count(session, table) == 1


def test_an_invitation_that_was_withdrawn_is_deleted_soon(full, session, clock):
    with writing(session):
        session.execute(sa.update(Invitation).values(closed_at=now()))
    clock.shift(timedelta(seconds=1))
    forget_daily(now())

    assert count(session, Invitation) == 0


def test_accounts_stay(full, session, clock):
    clock.shift(timedelta(days=400))
    forget_daily(now())

    assert count(session, User) == 1


def test_sessions_are_kept_for_as_long_as_typed_words_can_come_back():
    assert 2 * LONGEST_SESSION >= LONGEST_SESSION + KEPT
