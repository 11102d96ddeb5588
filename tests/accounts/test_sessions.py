"""Sessions: how long they hold, who ends them, and what must be proved anew."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from referral.accounts.models import Stage, User
from referral.accounts.rules import FRESH, IDLE, LONGEST_SESSION, SIGNING_IN
from tests.accounts.conftest import ANOTHER, PASSWORD, session_rows
from tests.conftest import ON_ONE_BACKEND

INSTANT = timedelta(seconds=1)


def test_a_session_holds_until_it_was_idle_for_long(people, browser_of, clock):
    browser = browser_of(people.lead())
    clock.shift(IDLE - INSTANT)

    assert browser.is_in()


def test_an_idle_session_ends(people, browser_of, clock):
    browser = browser_of(people.lead())
    clock.shift(IDLE)

    assert browser.get("/").location == "/en/account/sign-in?next=/en/account/"


def test_each_page_begins_the_idle_time_anew(people, browser_of, clock):
    browser = browser_of(people.lead())
    for _ in range(3):
        clock.shift(IDLE - INSTANT)
        assert browser.is_in()


def test_saying_that_one_is_there_begins_it_anew(people, browser_of, clock):
    browser = browser_of(people.lead())
    for _ in range(3):
        clock.shift(IDLE - timedelta(minutes=1))
        assert browser.post("/stay").status_code == 204

    assert browser.is_in()


def test_a_session_that_ended_cannot_say_that_it_is_there(people, browser_of, clock):
    browser = browser_of(people.lead())
    clock.shift(IDLE)
    browser.post("/stay")

    assert not browser.is_in()


def test_public_pages_do_not_keep_a_session_alive(people, browser_of, clock):
    browser = browser_of(people.lead())
    clock.shift(IDLE - INSTANT)
    browser.get("/sign-in")
    clock.shift(INSTANT)

    assert not browser.is_in()


def test_no_session_is_longer_than_a_day_of_work(people, browser_of, clock):
    browser = browser_of(people.lead())
    steps = LONGEST_SESSION // timedelta(minutes=20)
    held = []
    for _ in range(steps):
        clock.shift(timedelta(minutes=20))
        held.append(browser.is_in())

    assert held == [True] * (steps - 1) + [False]


def test_confirming_does_not_make_a_session_younger(people, browser_of, session):
    person = people.lead()
    browser = browser_of(person)
    (before,) = [row.started_at for row in session_rows(session, person)]
    browser.clock.shift(timedelta(minutes=5))
    browser.confirm()

    assert [row.started_at for row in session_rows(session, person)] == [before]


def test_the_second_proof_must_come_soon(people, visit, clock):
    person = people.lead()
    visit.type_password(person.username)
    clock.shift(SIGNING_IN)

    assert visit.type_code(person.code(visit.app)).location == "/en/account/sign-in"


def test_setting_up_a_factor_must_come_soon(people, visit, clock):
    visit.type_password(people.lead(has_factor=False).username)
    clock.shift(SIGNING_IN)

    assert visit.get("/factor").location == "/en/account/sign-in"


def test_an_account_that_was_ended_is_out_at_once(people, browser_of, session):
    person = people.lead()
    browser = browser_of(person)
    people.change(person, active=False)

    assert not browser.is_in()


def test_signing_out_ends_the_session_also_for_a_copy_of_the_cookie(
    people, browser_of, open_browser, session
):
    person = people.lead()
    browser, thief = browser_of(person), open_browser()
    with thief.client.session_transaction("/en/account/") as held:
        held.update(browser.cookie())
    browser.post("/sign-out")

    assert not browser.is_in()
    assert not thief.is_in()
    assert not session_rows(session, person)


def test_signing_out_works_without_a_session(visit):
    assert visit.post("/sign-out").location == "/en/account/sign-in"


def test_signing_out_by_a_link_does_nothing(people, browser_of):
    browser = browser_of(people.lead())

    assert browser.get("/sign-out").status_code == 405
    assert browser.is_in()


def test_signing_out_everywhere_ends_all_sessions_and_nobody_elses(people, browser_of):
    person, other = people.lead(), people.worker()
    first, second, third = browser_of(person), browser_of(person), browser_of(other)

    answer = first.post("/sessions/end-all")

    assert answer.location == "/en/account/sign-in"
    assert [each.is_in() for each in (first, second, third)] == [False, False, True]


def test_one_session_can_be_ended_from_another(people, browser_of, session):
    person = people.lead()
    first = browser_of(person)
    (row,) = session_rows(session, person)
    second = browser_of(person)

    second.post(f"/sessions/{row.id}/end")

    assert [first.is_in(), second.is_in()] == [False, True]


def test_another_persons_session_is_not_there(people, browser_of, session):
    person, other = people.lead(), people.worker()
    browser, theirs = browser_of(person), browser_of(other)
    (row,) = session_rows(session, other)

    answer = browser.post(f"/sessions/{row.id}/end")

    assert answer.status_code == browser.post(f"/sessions/{uuid4()}/end").status_code == 404
    assert theirs.is_in()


def test_the_list_shows_own_sessions_only(people, browser_of, session):
    person, other = people.lead(), people.worker()
    browser_of(other)
    browser, _ = browser_of(person), browser_of(person)
    page = browser.get("/sessions").text

    assert page.count('<li class="row">') == 2
    assert str(session_rows(session, other)[0].id) not in page


def test_the_list_shows_no_session_that_has_ended_or_never_began(people, browser_of, open_browser, clock):
    person = people.lead()
    browser_of(person)
    clock.shift(IDLE)
    open_browser().type_password(person.username)
    page = browser_of(person).get("/sessions").text

    assert page.count('<li class="row">') == 1


def test_the_history_shows_own_comings_and_failed_tries_only(people, browser_of, open_browser):
    person, other = people.lead(), people.worker()
    browser_of(other)
    open_browser().type_password(person.username, ANOTHER)
    page = browser_of(person).get("/history").text

    assert "Camille Exemple signed in" in page
    assert "Camille Exemple tried to sign in and did not succeed" in page
    assert other.name not in page


def test_a_wrong_code_is_in_the_history(people, visit, browser_of):
    person = people.lead()
    visit.type_password(person.username)
    visit.type_code("000000")

    assert "did not succeed" in browser_of(person).get("/history").text


@pytest.mark.parametrize("path", ["/factor", "/factor/application"])
def test_changing_how_one_signs_in_asks_for_a_fresh_proof(people, browser_of, clock, path):
    browser = browser_of(people.lead())
    clock.shift(FRESH)

    assert browser.get(path).location.startswith("/en/account/confirm?next=")


@pytest.mark.parametrize(
    "path", ["/recovery-codes", "/factor/application/begin", "/factor/application/remove"]
)
def test_no_form_that_changes_a_factor_acts_without_a_fresh_proof(people, browser_of, clock, session, path):
    person = people.lead()
    browser = browser_of(person)
    clock.shift(FRESH)

    assert browser.post(path).status_code in {401, 303}
    session.rollback()
    user = session.get_one(User, person.id)
    assert user.has_factor
    assert not user.mf_recovery_codes
    assert not [row for row in session_rows(session, person) if row.waiting_secret]


def test_no_passkey_is_challenged_without_a_fresh_proof(people, browser_of, clock):
    browser = browser_of(people.lead())
    clock.shift(FRESH)

    assert browser.post("/passkeys/new").status_code == 401


def test_a_fresh_proof_lets_one_on_to_where_one_was_going(people, browser_of, clock):
    browser = browser_of(people.lead())
    clock.shift(FRESH)

    answer = browser.post("/confirm", {"password": PASSWORD, "next": "/en/account/factor"})

    assert answer.location == "/en/account/factor"
    assert browser.get("/factor").status_code == 200


@pytest.mark.parametrize("password", [ANOTHER, "", "\ud7ff" * 600])
def test_a_wrong_password_is_no_fresh_proof(people, browser_of, clock, password):
    browser = browser_of(people.lead())
    clock.shift(FRESH)

    assert browser.post("/confirm", {"password": password}).status_code == 422
    assert browser.get("/factor").status_code == 303


def test_the_password_of_another_is_no_fresh_proof(people, browser_of, clock, session):
    from tests.accounts.conftest import hash_of  # noqa: PLC0415

    other = people.worker()
    people.change(other, password=hash_of(ANOTHER))
    browser = browser_of(people.lead())
    clock.shift(FRESH)

    assert browser.post("/confirm", {"password": ANOTHER, "username": other.username}).status_code == 422


def test_nobody_may_be_left_without_a_second_factor(people, browser_of, session):
    person = people.lead()
    browser_of(person).post("/factor/application/remove")

    session.rollback()
    assert session.get_one(User, person.id).has_factor


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "where",
    [
        "https://exemple.example/",
        "//exemple.example",
        "/\\exemple.example",
        "/en/\\exemple.example",
        "javascript:alert(1)",
        "/en/account/sessions/end-all",
        "/en/account/\r\nSet-Cookie: x=y",
        "/en/account/security\n",
        "/en/account/security?x=\r\nSet-Cookie: x=y",
        "/en/account//exemple.example",
        "/en/about",
    ],
)
def test_after_signing_in_one_is_led_nowhere_but_to_a_page_of_ours(people, visit, where):
    person = people.lead()
    visit.type_password(person.username, next=where)

    assert visit.type_code(person.code(visit.app), next=where).location == "/en/account/"


def test_a_stage_before_the_last_is_no_session_in_the_list_of_where_one_is(people, visit, session):
    person = people.lead()
    visit.type_password(person.username)

    assert [row.stage for row in session_rows(session, person)] == [Stage.FACTOR]
