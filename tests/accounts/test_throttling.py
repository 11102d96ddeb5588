"""How often one may try in one name: counted in the database, never for ever, never by address."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.accounts import entry, throttling
from referral.accounts.models import Throttle
from referral.accounts.rules import FIRST_WAIT, FORGETTING, FREE_FAILURES, FRESH, LONGEST_WAIT, wait_after
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, db, writing
from tests.accounts.conftest import ANOTHER, PASSWORD

TOO_MANY = "Too many tries in this name."
AT_ONCE = 12


@pytest.fixture
def cheap(monkeypatch):
    """Let no password be checked: only the counting is looked at."""
    monkeypatch.setattr("referral.accounts.passwords.matches", lambda password, _hashed: password == PASSWORD)


def fail(browser, username, times):
    """Type a wrong password so many times; return the last answer."""
    for _ in range(times):
        answer = browser.type_password(username, ANOTHER)
    return answer


def test_the_first_failures_cost_no_wait(people, visit, cheap):
    person = people.lead()

    assert TOO_MANY not in fail(visit, person.username, FREE_FAILURES).text


def test_after_them_even_the_right_password_must_wait(people, visit, cheap):
    person = people.lead()
    fail(visit, person.username, FREE_FAILURES)

    assert TOO_MANY in visit.type_password(person.username).text


def test_while_one_waits_no_password_is_looked_at(people, visit, count_checks):
    person = people.lead()
    fail(visit, person.username, FREE_FAILURES)
    count_checks.clear()
    visit.type_password(person.username)

    assert not count_checks


def test_a_wait_ends(people, visit, cheap, clock):
    person = people.lead()
    fail(visit, person.username, FREE_FAILURES)
    clock.shift(FIRST_WAIT)

    assert visit.type_password(person.username).location == "/en/account/sign-in/code"


def test_waits_double_up_to_a_longest():
    waits = [wait_after(FREE_FAILURES + number) for number in range(30)]

    assert waits[:4] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, 8 * FIRST_WAIT]
    assert set(waits[4:]) == {LONGEST_WAIT}


def test_tries_during_a_wait_do_not_make_it_longer(people, visit, cheap, clock):
    person = people.lead()
    fail(visit, person.username, FREE_FAILURES + 5)
    clock.shift(FIRST_WAIT)

    assert visit.type_password(person.username).status_code == 303


def test_failures_are_forgotten_after_a_day(people, visit, cheap, clock):
    person = people.lead()
    fail(visit, person.username, FREE_FAILURES - 1)
    clock.shift(FORGETTING + timedelta(seconds=1))

    assert TOO_MANY not in fail(visit, person.username, FREE_FAILURES).text


def test_a_right_password_forgets_the_failures_before_it(people, visit, cheap):
    person = people.lead()
    fail(visit, person.username, FREE_FAILURES - 1)
    visit.type_password(person.username)

    assert TOO_MANY not in fail(visit, person.username, FREE_FAILURES).text


def test_one_name_does_not_make_another_wait(people, visit, cheap):
    person, other = people.lead(), people.worker()
    fail(visit, person.username, FREE_FAILURES + 1)

    assert visit.type_password(other.username).status_code == 303


def test_the_address_of_a_visitor_counts_for_nothing(people, visit, open_browser, cheap):
    person = people.lead()
    for number in range(FREE_FAILURES):
        open_browser().post(
            "/sign-in",
            {"username": person.username, "password": ANOTHER},
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        )

    assert TOO_MANY in visit.type_password(person.username).text


def test_a_name_that_nobody_has_waits_as_long(people, visit, cheap):
    people.lead()

    assert TOO_MANY in fail(visit, "personne.exemple", FREE_FAILURES + 1).text


def test_other_spellings_of_a_name_count_together(people, visit, cheap):
    person = people.lead()
    for spelling in (person.username.upper(), f" {person.username} ", person.username.title()):
        fail(visit, spelling, 2)

    assert TOO_MANY in visit.type_password(person.username).text


def test_the_database_does_not_hold_the_name_that_was_typed(people, visit, session, cheap):
    fail(visit, "un-mot-de-passe-tape-au-mauvais-endroit", 1)

    rows = [vars(row) for row in session.scalars(sa.select(Throttle))]
    assert rows
    assert "mot-de-passe" not in str(rows)


def test_codes_are_counted_too(people, visit, clock):
    person = people.lead()
    visit.type_password(person.username)
    for _ in range(FREE_FAILURES):
        visit.type_code("000000")

    assert TOO_MANY in visit.type_code(person.code(visit.app)).text


def test_typing_the_password_again_does_not_forget_failed_codes(people, visit, open_browser):
    person = people.lead()
    for _ in range(FREE_FAILURES):
        browser = open_browser()
        browser.type_password(person.username)
        browser.type_code("000000")
    visit.type_password(person.username)

    assert TOO_MANY in visit.type_code(person.code(visit.app)).text


def test_recovery_codes_are_counted_with_the_others(people, visit):
    person = people.lead()
    visit.type_password(person.username)
    for number in range(FREE_FAILURES):
        visit.type_code(f"abcd-abcd-abc{number}")

    assert TOO_MANY in visit.type_code(person.code(visit.app)).text


@pytest.fixture
def doubtful(people, browser_of, clock):
    """Somebody signed in, and her browser that must prove anew who she is."""
    person = people.lead()
    browser = browser_of(person)
    clock.shift(FRESH)
    return person, browser


def confirm(browser, password, times=1):
    """Prove anew so many times who one is; return the last answer."""
    for _ in range(times):
        answer = browser.post("/confirm", {"password": password})
    return answer


def test_fresh_proofs_are_counted(doubtful, cheap):
    confirm(doubtful[1], ANOTHER, FREE_FAILURES)

    assert TOO_MANY in confirm(doubtful[1], PASSWORD).text


def test_a_fresh_proof_forgets_the_failures_before_it(doubtful, cheap):
    confirm(doubtful[1], ANOTHER, FREE_FAILURES - 1)
    confirm(doubtful[1], PASSWORD)

    assert TOO_MANY not in confirm(doubtful[1], ANOTHER, FREE_FAILURES).text


def test_whoever_tries_a_name_keeps_its_owner_out_of_nothing_where_she_is(doubtful, visit, cheap):
    person, browser = doubtful
    fail(visit, person.username, FREE_FAILURES + 1)

    assert confirm(browser, PASSWORD).status_code == 303


def test_nor_do_fresh_proofs_that_fail_in_one_session_in_another(doubtful, browser_of, cheap):
    other = browser_of(doubtful[0])
    confirm(doubtful[1], ANOTHER, FREE_FAILURES + 1)

    assert confirm(other, PASSWORD).status_code == 303


def test_a_fresh_proof_gives_no_more_tries_of_the_name(doubtful, visit, cheap):
    person, browser = doubtful
    fail(visit, person.username, FREE_FAILURES + 1)
    confirm(browser, PASSWORD)

    assert TOO_MANY in fail(visit, person.username, 1).text


def test_letters_for_a_new_password_are_counted(people, visit, letters):
    person = people.lead()
    for _ in range(FREE_FAILURES + 3):
        visit.post("/reset", {"username": person.username})

    assert len(letters("password_reset")) == FREE_FAILURES


def at_once(app, act, times=AT_ONCE):
    """Do something in so many threads that begin together; return what each raised, or None."""
    barrier, outcomes = threading.Barrier(times), []

    def run(number):
        with app.app_context():
            barrier.wait()
            try:
                act(number)
            except Exception as error:  # noqa: BLE001  # whatever it is, the test looks at it
                outcomes.append(error)
            else:
                outcomes.append(None)

    workers = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return outcomes


def test_many_tries_at_once_do_not_go_round_it(app, session, people):
    """Each is counted before it is judged, also the first of all."""

    def count(_number):
        with Session(db.engines[DIRECTORY]) as own, writing(own):
            throttling.count_attempt(own, entry.PASSWORD, "camille.exemple", now())

    outcomes = at_once(app, count)

    assert outcomes.count(None) == FREE_FAILURES
    assert {type(each) for each in outcomes} == {type(None), throttling.TooManyTriesError}


def test_one_code_typed_many_times_at_once_opens_one_session(app, session, people, visit):
    """Of those who hold a session each and one code among them, one gets in."""
    from referral.accounts.sessions import find_sign_in  # noqa: PLC0415

    person = people.lead()
    code = person.code(app)
    tokens = [entry.enter_with_password(person.username, PASSWORD, "", now()) for _ in range(3)]
    waiting = [find_sign_in(token, now()) for token in tokens]

    outcomes = at_once(app, lambda number: entry.enter_with_code(waiting[number], code, "", now()), 3)

    assert outcomes.count(None) == 1
