"""Many who sign in at once: hashing takes its few places and no more, and whoever finds none is told so."""

from __future__ import annotations

import re
import threading
from contextlib import ExitStack, suppress
from html import unescape

import pytest

from referral.accounts import entry, passwords, recovery
from referral.accounts.rules import FREE_FAILURES
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, db
from tests.accounts.conftest import ANOTHER, PASSWORD, hash_of
from tests.accounts.test_entry import visible
from tests.accounts.test_throttling import at_once
from tools.serve import LEAST_THREADS, server_command

BUSY, AGAIN = "Too many are signing in at once", "Show my page again"
INSTANT = 0.2


class Places(threading.BoundedSemaphore):
    """Places that count how often one was asked for."""

    asked = 0

    def acquire(self, *more, **named):
        """Note it."""
        self.asked += 1
        return super().acquire(*more, **named)


@pytest.fixture
def room(session, monkeypatch):
    """One place at hashing, and nobody who waits."""
    hash_of(PASSWORD)  # what people of tests have
    places = Places(1)
    monkeypatch.setattr(passwords, "_room", places)
    return places


@pytest.fixture
def full(room):
    """No place at hashing."""
    room.acquire()
    return room


def typed_again(page):
    """Return what the page of a crowd carries along."""
    form = page[page.index("<main") :]
    return {name: unescape(text) for name, text in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


@pytest.mark.parametrize("name", ["camille.exemple", "personne.exemple"])
def test_whoever_finds_no_place_is_told_so_and_types_no_name_again(people, visit, full, name):
    people.lead()
    answer = visit.type_password(name, next="/en/account/security", kept="sealed")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert BUSY in answer.text
    assert PASSWORD not in answer.text
    assert typed_again(answer.text) | {"csrf_token": ""} == {
        "csrf_token": "",
        "username": name,
        "next": "/en/account/security",
        "kept": "sealed",
        "restored": "1",
    }


def test_the_page_is_the_same_whoever_was_named(people, visit, full):
    names = people.lead().username, "personne.exemple"

    assert len({str(visible(visit.type_password(name).text, name)) for name in names}) == 1


def test_it_is_in_french_too(people, visit, full):
    answer = visit.post("/fr/account/sign-in", {"username": "personne.exemple", "password": PASSWORD})

    assert "Trop de personnes se connectent en même temps" in unescape(answer.text)


def test_from_there_one_comes_back_to_what_one_typed(people, visit, full):
    page = visit.type_password(people.lead().username, kept="sealed").text
    again = visit.post("/sign-in", typed_again(page)).text

    assert AGAIN in page
    assert 'value="camille.exemple"' in again
    assert 'name="kept" value="sealed"' in again


def test_a_try_that_found_no_place_is_not_counted(people, visit, full):
    person = people.lead()
    for _ in range(FREE_FAILURES + 1):
        visit.type_password(person.username, ANOTHER)
    full.release()

    assert visit.type_password(person.username).location == "/en/account/sign-in/code"


def test_nor_is_a_recovery_code(people, visit, room):
    person = people.lead()
    visit.type_password(person.username)
    room.acquire()
    answers = {visit.type_code("abcd-abcd-abcd-abcd").status_code for _ in range(FREE_FAILURES + 1)}

    assert answers == {503}
    assert visit.type_code(person.code(visit.app)).location == "/en/account/"


def test_a_code_of_an_application_needs_no_place(people, visit, room):
    person = people.lead()
    visit.type_password(person.username)
    room.acquire()

    assert visit.type_code(person.code(visit.app)).location == "/en/account/"


def test_whoever_changes_her_password_in_a_crowd_stays_signed_in(people, browser_of, room):
    browser = browser_of(people.lead())
    room.acquire()
    answer = browser.post("/password", {"current_password": PASSWORD, "new_password": ANOTHER})

    assert answer.status_code == 503
    assert not {PASSWORD, ANOTHER} & set(typed_again(answer.text).values())
    assert browser.is_in()


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/password", {"current_password": PASSWORD, "new_password": ANOTHER}),
        ("/confirm", {"password": PASSWORD}),
    ],
)
def test_what_needs_several_hashes_takes_one_place_and_gives_it_back(people, browser_of, room, path, fields):
    browser = browser_of(people.lead())
    room.asked = 0

    assert browser.post(path, fields).status_code == 303
    assert room.asked == 1
    assert room.acquire(blocking=False)


def test_recovery_codes_take_one_place_together(room):
    recovery.draw_codes()

    assert room.asked == 1


def test_a_place_is_given_back_when_hashing_fails(room, monkeypatch):
    monkeypatch.setattr(passwords, "verify_password", lambda *_given: 1 / 0)
    with suppress(ZeroDivisionError):
        passwords.matches(PASSWORD, None)

    assert room.acquire(blocking=False)


def test_whoever_waited_long_gives_the_place_back_too(room, monkeypatch):
    busy = threading.BoundedSemaphore(1)
    busy.acquire()
    monkeypatch.setattr(passwords, "_at_it", busy)
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0)

    with pytest.raises(passwords.CrowdError):
        passwords.matches(PASSWORD, None)
    assert room.acquire(blocking=False)


def test_no_more_hashes_are_made_at_once_than_there_are_places(app, session, monkeypatch):
    both, met = threading.Barrier(2), []

    def verify(*_given):
        with suppress(threading.BrokenBarrierError):
            met.append(both.wait(INSTANT))

    passwords._decoy()  # noqa: SLF001
    monkeypatch.setattr(passwords, "_at_it", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "verify_password", verify)
    outcomes = at_once(app, lambda _number: passwords.matches(PASSWORD, None), 3)

    assert (outcomes, met) == ([None] * 3, [])


def test_of_a_crowd_those_beyond_the_room_are_told_at_once(app, session, people, monkeypatch):
    """Threads that wait would keep others from searching."""
    held = threading.Event()
    monkeypatch.setattr(passwords, "_room", threading.BoundedSemaphore(2))
    monkeypatch.setattr(passwords, "verify_password", lambda *_given: held.wait(5))
    turned_away = []

    def enter(number):
        try:
            entry.enter_with_password(f"personne.{number}", PASSWORD, "", now())
        except passwords.CrowdError:
            turned_away.append(number)
            if len(turned_away) == 4:
                held.set()
            raise

    outcomes = at_once(app, enter, 6)

    assert sorted(type(each).__name__ for each in outcomes) == ["CrowdError"] * 4 + ["NotRightError"] * 2


def test_hashing_takes_half_of_the_threads_that_serve_at_most():
    command = server_command("127.0.0.1", "8000")
    threads = int(command[command.index("--blocking-threads") + 1])

    assert 1 <= passwords.AT_ONCE <= passwords.ROOM <= threads / 2


def test_each_thread_that_serves_finds_a_connection_and_some_are_left(app, session):
    engine = db.engines[DIRECTORY]
    with ExitStack() as held:
        for _ in range(LEAST_THREADS + 1):
            held.enter_context(engine.connect())

        assert engine.pool.checkedout() > LEAST_THREADS


def test_no_error_of_the_database_repeats_what_was_typed(app, session):
    assert db.engines[DIRECTORY].hide_parameters
