"""Passwords, links and codes of somebody's own: what each lets one do, how often and until when."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from referral.access.policy import Actor, Role
from referral.accounts import factors, passwords, resets
from referral.accounts.models import Invitation, Stage, User, UserSession
from referral.accounts.names import hash_token, make_token
from referral.accounts.recovery import draw_codes
from referral.shared.clock import now
from referral.shared.database import writing
from tests.security.people import HOME, make_invitation, make_organization, make_user, sign_in, token_of

OLD, NEW = "trois bateaux mauves et un tambour", "sept lanternes grises sous la pluie"


@pytest.fixture
def person(app, client, session):
    """Somebody with a password, who leads an organization."""
    place = make_organization(session)
    with app.app_context():
        user = make_user(session, ((place, Role.ORGANIZATION_LEAD),), password=passwords.make_hash(OLD))
    return sign_in(app, session, user)


def account_of(session, person):
    session.rollback()
    return session.get(User, person.user_id)


def sessions_of(session, person):
    session.rollback()
    return session.query(UserSession).filter_by(user_id=person.user_id).count()


@pytest.mark.parametrize("current", ["", "x", OLD.upper(), NEW])
def test_a_password_is_changed_by_whoever_knows_it_only(session, person, current):
    before = account_of(session, person).password

    assert person.post(f"{HOME}password", current_password=current, new_password=NEW).status_code == 422
    assert account_of(session, person).password == before


def test_a_changed_password_ends_every_other_session(app, session, person):
    elsewhere = sign_in(app, session, account_of(session, person))

    assert person.post(f"{HOME}password", current_password=OLD, new_password=NEW).status_code == 303
    assert passwords.matches(NEW, account_of(session, person).password)
    assert sessions_of(session, person) == 1
    assert elsewhere.browser.get(HOME).status_code == 303
    assert person.browser.get(HOME).status_code == 200


def test_a_password_serves_until_it_is_changed(app, session, person):
    user = account_of(session, person)
    user.password_changed_at = now() - timedelta(days=3650)
    username = user.username
    session.commit()
    browser = app.test_client()

    typed = {"csrf_token": token_of(browser), "username": username, "password": OLD}
    assert browser.post(f"{HOME}sign-in", data=typed).status_code == 303
    assert sessions_of(session, person) == 2


def test_a_new_password_by_letter_signs_nobody_in_and_leaves_the_second_step(app, session, person):
    user = account_of(session, person)
    with writing(session):
        token = resets.make_link(session, user, now())
    browser = app.test_client()
    path = f"{HOME}reset/{token}"
    sent = {"csrf_token": token_of(browser, path), "new_password": NEW}

    assert browser.post(path, data=sent).headers["Location"] == f"{HOME}sign-in"
    assert browser.get(HOME).status_code == 303
    assert sessions_of(session, person) == 0

    typed = {
        "csrf_token": token_of(browser),
        "username": account_of(session, person).username,
        "password": NEW,
    }
    browser.post(f"{HOME}sign-in", data=typed)
    session.rollback()
    assert {row.stage for row in session.query(UserSession)} <= {Stage.FACTOR, Stage.SETUP}
    assert browser.get(path).status_code == 404


def accept(app, token):
    """Return what comes of an invitation's link with a good password typed."""
    browser = app.test_client()
    path = f"{HOME}invitation/{token}"
    if browser.get(path).status_code == 404:
        return 404
    return browser.post(path, data={"csrf_token": token_of(browser, path), "new_password": NEW}).status_code


def test_an_invitation_serves_once(app, client, session):
    _, token = make_invitation(session, make_organization(session), Role.INTAKE_WORKER)

    assert accept(app, token) == 303
    assert accept(app, token) == 404
    session.rollback()
    assert session.query(User).count() == 1


def test_an_invitation_serves_seven_days_at_most(app, client, session):
    invitation_id, token = make_invitation(session, make_organization(session), Role.INTAKE_WORKER)
    session.get(Invitation, invitation_id).expires_at = now()
    session.commit()

    assert accept(app, token) == 404


def test_tokens_have_two_hundred_and_fifty_six_random_bits_and_are_kept_as_hashes():
    made = {make_token() for _ in range(200)}

    assert len(made) == 200
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in made)
    assert hash_token(next(iter(made))) not in made


def test_recovery_codes_are_random_and_long_enough(app, session, person):
    with writing(session):
        user = factors.find_user(session, person.user_id)
        codes = factors.make_recovery_codes(session, user, Actor(user.name, user_id=user.id), draw_codes())

    assert len(set(codes)) == len(codes) >= 8
    assert all(len(re.sub(r"[^0-9a-z]", "", code)) >= 12 for code in codes)


def test_a_lead_who_resets_a_second_step_ends_every_session_of_that_person(app, session, person):
    place = next(iter(account_of(session, person).memberships)).organization_id
    other = make_user(session, ((place, Role.INTAKE_WORKER),))
    colleague = sign_in(app, session, other)

    answer = person.post(f"{HOME}places/{place}/people/{colleague.user_id}/reset-factor")

    assert answer.status_code == 303
    assert sessions_of(session, colleague) == 0
    assert sessions_of(session, person) == 1
