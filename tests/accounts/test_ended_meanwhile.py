"""A session that another request ends while one is answered: nothing is done, and the sign-in comes next."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.accounts import factors, sessions
from referral.accounts.models import User, UserSession
from tests.accounts.conftest import PASSWORD, STEP, code_of, session_rows

SIGN_IN = "/en/account/sign-in"


def end_all(session):
    """Do what a sign-out does that was quicker."""
    session.execute(sa.delete(UserSession))


@pytest.fixture
def end_before(monkeypatch):
    """End all sessions just before something that a request does while it writes."""

    def arrange(module, name):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda session, *more: end_all(session) or real(session, *more))

    return arrange


def test_whoever_proves_anew_who_she_is(people, browser_of, end_before):
    browser = browser_of(people.lead())
    end_before(sessions, "confirm")

    assert browser.post("/confirm", {"password": PASSWORD}).location == SIGN_IN


def test_whoever_begins_with_an_application(people, browser_of, end_before):
    browser = browser_of(people.lead())
    end_before(factors, "begin_application")

    assert browser.post("/factor/application/begin").location == SIGN_IN


def test_whoever_finishes_an_application(people, browser_of, session, end_before):
    person = people.lead()
    browser = browser_of(person)

    assert finish(browser, person, session, end_before).location == SIGN_IN
    assert secret_of(session, person) == person.secret


def test_whoever_finishes_her_first_one(people, visit, session, end_before):
    person = people.lead(has_factor=False)
    visit.type_password(person.username)

    assert finish(visit, person, session, end_before).location == SIGN_IN
    assert secret_of(session, person) is None


def finish(browser, person, session, end_before):
    """Set up an application in a session that ends at the last moment."""
    browser.post("/factor/application/begin")
    row = session_rows(session, person)[0]
    end_before(factors, "note_change")
    browser.clock.shift(STEP)
    return browser.post("/factor/application", {"code": code_of(browser.app, row.waiting_secret)})


def secret_of(session, person):
    """Return the secret of somebody's application."""
    session.rollback()
    return session.get(User, person.id).totp_secret
