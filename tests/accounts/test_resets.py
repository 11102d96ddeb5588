"""New passwords: who asks learns nothing, and the second step is asked for all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.accounts import resets
from referral.accounts.models import PasswordReset
from referral.accounts.names import hash_token
from referral.accounts.rules import FREE_FAILURES, RESET
from referral.mail.models import Outbox
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, db, writing
from tests.accounts.conftest import ANOTHER, PASSWORD, link_in, session_rows
from tests.accounts.test_throttling import at_once


@pytest.fixture
def link(visit, letters, clock):
    """Somebody who asked for a link, and its path."""

    def ask(person):
        clock.shift(timedelta(seconds=1))
        visit.post("/reset", {"username": person.username})
        return link_in(letters("password_reset")[-1])

    return ask


def choose(browser, path, password=ANOTHER):
    """Choose a new password behind a link."""
    return browser.post(path, {"new_password": password})


@pytest.fixture
def statements(app, session):
    """Note the kind and table of each statement."""
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(" ".join(statement.split()[:3]) if "SAVEPOINT sa" not in statement else "SAVEPOINT")

    sa.event.listen(db.engines[DIRECTORY], "before_cursor_execute", note)
    yield seen
    sa.event.remove(db.engines[DIRECTORY], "before_cursor_execute", note)


@pytest.fixture
def attempts(monkeypatch):
    """Note each letter that is written, whether or not it stays."""
    written = []
    real = resets.enqueue
    monkeypatch.setattr(
        resets, "enqueue", lambda session, message: written.append(message.kind) or real(session, message)
    )
    return written


@pytest.mark.parametrize("who", ["personne.exemple", "partie.exemple", "sans.adresse", "é ü"])
def test_asking_answers_and_works_the_same_whoever_is_named(people, visit, statements, attempts, who):
    person = people.lead()
    people.change(people.worker("partie.exemple"), active=False)
    people.worker("sans.adresse", email=None)
    seen = []
    token = visit.token()
    for name in (person.username, who):
        statements.clear()
        answer = visit.client.post("/en/account/reset", data={"csrf_token": token, "username": name})
        seen.append((answer.status_code, answer.location, list(statements), list(attempts)))
        attempts.clear()

    assert seen[0] == seen[1]
    assert seen[0][3] == ["password_reset"]


def test_only_who_has_an_account_gets_a_letter(people, visit, session, letters):
    people.lead()
    visit.post("/reset", {"username": "personne.exemple"})

    assert not letters()
    assert not session.scalars(sa.select(PasswordReset)).all()


def test_too_many_asking_answers_the_same(people, visit):
    person = people.lead()
    answers = [visit.post("/reset", {"username": person.username}) for _ in range(FREE_FAILURES + 2)]

    assert {(each.status_code, each.location) for each in answers} == {(303, "/en/account/reset/sent")}


def test_a_link_changes_the_password(people, open_browser, link):
    person = people.lead()
    choose(open_browser(), link(person))
    browser = open_browser()

    assert browser.type_password(person.username, PASSWORD).status_code == 422
    assert browser.type_password(person.username, ANOTHER).status_code == 303


def test_the_second_step_is_asked_for_after_a_reset(people, open_browser, link):
    person, browser = people.lead(), open_browser()
    choose(browser, link(person))
    assert not browser.is_in()
    browser.type_password(person.username, ANOTHER)

    assert not browser.is_in()
    assert browser.get("/sign-in/code").status_code == 200


def test_a_link_serves_once(people, open_browser, link):
    path = link(people.lead())
    choose(open_browser(), path)

    assert choose(open_browser(), path, PASSWORD).status_code == 404


def test_of_two_at_once_one_changes_the_password(app, people, session, link):
    token = link(people.lead()).rpartition("/")[2]

    def act(number):
        with Session(db.engines[DIRECTORY]) as own, writing(own):
            resets.reset_password(own, token, f"hash {number}", now())

    outcomes = at_once(app, act, 4)

    assert outcomes.count(None) == 1
    assert {type(each) for each in outcomes} == {type(None), resets.NoResetError}


def test_a_link_expires(people, open_browser, link, clock):
    path = link(people.lead())
    clock.shift(RESET)

    assert choose(open_browser(), path).status_code == 404


def test_a_link_holds_until_then(people, open_browser, link, clock):
    path = link(people.lead())
    clock.shift(RESET - timedelta(seconds=1))

    assert choose(open_browser(), path).status_code == 303


def test_a_later_link_ends_the_one_before(people, open_browser, link):
    person = people.lead()
    first, second = link(person), link(person)

    assert choose(open_browser(), first).status_code == 404
    assert choose(open_browser(), second).status_code == 303


def test_changing_the_password_ends_the_links(people, open_browser, browser_of, link):
    person = people.lead()
    path = link(person)
    browser_of(person).post("/password", {"current_password": PASSWORD, "new_password": ANOTHER})

    assert choose(open_browser(), path, "tout autre chose encore plus longue").status_code == 404


def test_a_link_of_somebody_who_left_serves_no_more(people, open_browser, link):
    person = people.lead()
    path = link(person)
    people.change(person, active=False)

    assert choose(open_browser(), path).status_code == 404


def test_a_reset_ends_all_sessions(people, open_browser, browser_of, link, session):
    person = people.lead()
    browser = browser_of(person)
    choose(open_browser(), link(person))

    assert not browser.is_in()
    assert not session_rows(session, person)


def test_a_reset_ends_the_session_of_another_that_the_browser_had(people, browser_of, link, session):
    other = people.worker()
    choose(browser_of(other), link(people.lead()))

    assert not session_rows(session, other)


def test_a_reset_is_told_by_a_letter(people, open_browser, link, letters):
    choose(open_browser(), link(people.lead()))

    assert len(letters("password_changed")) == 1


def test_a_reset_ends_the_wait_of_whoever_forgot_her_password(people, open_browser, visit, link):
    person = people.lead()
    for _ in range(FREE_FAILURES + 1):
        visit.type_password(person.username, "pas le bon mot")
    choose(open_browser(), link(person))

    assert open_browser().type_password(person.username, ANOTHER).status_code == 303


def test_a_weak_password_is_refused_also_when_it_is_made_of_ones_own_name(people, open_browser, link):
    person = people.lead("wilhelmine.exemplova")
    path = link(person)

    assert choose(open_browser(), path, "wilhelmine.exemplova").status_code == 422
    assert choose(open_browser(), path, "court").status_code == 422


def test_the_database_holds_only_the_hash_of_a_link(people, link, session):
    token = link(people.lead()).rpartition("/")[2]
    (row,) = session.scalars(sa.select(PasswordReset))

    assert row.token_hash == hash_token(token)
    assert token not in str([vars(each) for each in (row, *session.scalars(sa.select(Outbox)))])


def test_a_token_of_an_invitation_is_none_of_a_reset(people, visit, session):
    from tests.accounts.test_invitations import invite  # noqa: PLC0415

    _, token = invite(session, people.place())

    assert visit.get(f"/reset/{token}").status_code == 404


def test_changing_ones_password_needs_the_old_one(people, browser_of, open_browser):
    person = people.lead()
    answer = browser_of(person).post(
        "/password", {"current_password": ANOTHER, "new_password": ANOTHER + " x"}
    )

    assert answer.status_code == 422
    assert open_browser().type_password(person.username, PASSWORD).status_code == 303


def test_changing_ones_password_ends_the_other_sessions_and_keeps_this_one(people, browser_of):
    person = people.lead()
    other, browser = browser_of(person), browser_of(person)
    before = browser.sid()
    browser.post("/password", {"current_password": PASSWORD, "new_password": ANOTHER})

    assert [other.is_in(), browser.is_in()] == [False, True]
    assert browser.sid() != before


def test_the_same_password_again_is_refused_and_keeps_one_signed_in(people, browser_of):
    browser = browser_of(people.lead())
    answer = browser.post("/password", {"current_password": PASSWORD, "new_password": PASSWORD})

    assert answer.status_code == 422
    assert browser.is_in()
