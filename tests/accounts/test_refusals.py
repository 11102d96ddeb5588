"""Forms without their token, tries during a wait, names that nobody has: what the audit is told of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.accounts.rules import FREE_FAILURES, REFUSAL_STEP, STRANGERS_STEP
from referral.audit.models import DIRECTORY_CHAIN
from referral.audit.services import current_key
from referral.audit.verification import verify
from referral.shared.database import DIRECTORY, db
from tests.accounts.conftest import ANOTHER, PASSWORD, Browser

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Let no password be checked: only what is recorded is looked at."""
    monkeypatch.setattr(
        "referral.accounts.passwords.matches", lambda password, hashed: bool(hashed) and password == PASSWORD
    )


@pytest.fixture
def refusals(events):
    """Read the refusals in the audit."""
    return lambda: events("refusal")


def send_bare(browser: Browser, path: str = "/stay", **fields: str):
    """Send a form without its token."""
    return browser.client.post(f"/en/account{path}", data=fields)


def test_a_form_without_its_token_of_somebody_signed_in_is_recorded(people, browser_of, refusals):
    person = people.lead()
    answer = send_bare(browser_of(person))

    assert answer.status_code == 400
    assert refusals() == [("refusal", "form_without_token", person.name)]


def test_so_is_one_with_fields_that_says_to_come_from_our_pages(people, browser_of, refusals):
    person = people.lead()
    answer = browser_of(person).client.post(
        "/en/account/password", data={"x": "y"}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert answer.status_code == 400
    assert refusals() == [("refusal", "form_without_token", person.name)]


def test_one_of_somebody_whose_password_was_right_is_recorded(people, visit, refusals):
    person = people.lead()
    visit.type_password(person.username)
    send_bare(visit, "/sign-in/code", code="000000")

    assert refusals() == [("refusal", "form_without_token", person.name)]


def test_one_of_a_stranger_is_not_recorded_whomever_it_names(people, visit, events):
    person = people.lead()
    send_bare(visit, "/sign-in", username=person.username, password=ANOTHER)

    assert events() == []


def test_one_of_a_session_that_ran_out_is_not_recorded(people, browser_of, refusals, clock):
    browser = browser_of(people.lead())
    clock.shift(timedelta(days=1))
    send_bare(browser)

    assert refusals() == []


def test_the_organization_that_somebody_acts_for_reads_it(people, browser_of, session):
    person = people.lead()
    send_bare(browser_of(person))
    session.rollback()
    event = DIRECTORY_CHAIN.event
    row = session.scalars(sa.select(event).where(event.action == "refusal")).one()

    assert (row.organization_id, row.user_id) == (people.place(), person.id)


def test_nothing_that_was_typed_is_recorded(people, browser_of, session):
    send_bare(browser_of(people.lead()), "/password", current_password="mot-tape-ici")
    session.rollback()
    rows = [vars(row) for row in session.scalars(sa.select(DIRECTORY_CHAIN.event))]

    assert "mot-tape-ici" not in str(rows)


def test_refusals_of_one_person_are_recorded_once_a_minute(people, browser_of, refusals, clock):
    browser = browser_of(people.lead())
    for _ in range(5):
        send_bare(browser)
    clock.shift(REFUSAL_STEP - SECOND)
    send_bare(browser)
    before = len(refusals())
    clock.shift(SECOND)
    send_bare(browser)

    assert (before, len(refusals())) == (1, 2)


def test_refusals_of_another_person_are_recorded_too(people, browser_of, refusals):
    first, second = people.lead(), people.worker()
    for person in (first, second):
        send_bare(browser_of(person))

    assert [who for _, _, who in refusals()] == [first.name, second.name]


def test_a_code_typed_during_a_wait_is_recorded(people, visit, refusals):
    person = people.lead()
    visit.type_password(person.username)
    for _ in range(FREE_FAILURES + 3):
        visit.type_code("000000")

    assert refusals() == [("refusal", "try_during_wait", person.name)]


@pytest.mark.parametrize(
    "typed",
    [
        ("/confirm", {"password": "wrong"}),
        ("/password", {"current_password": "wrong", "new_password": ANOTHER}),
    ],
)
def test_a_password_typed_during_a_wait_by_somebody_signed_in_is_recorded(
    people, browser_of, refusals, typed
):
    person = people.lead()
    browser = browser_of(person)
    for _ in range(FREE_FAILURES + 1):
        browser.post(*typed)

    assert refusals() == [("refusal", "try_during_wait", person.name)]


def test_a_letter_asked_for_during_a_wait_by_somebody_signed_in_is_recorded(people, browser_of, refusals):
    person = people.lead()
    browser = browser_of(person)
    for _ in range(FREE_FAILURES + 1):
        browser.post("/reset", {"username": "personne.exemple"})

    assert refusals() == [("refusal", "try_during_wait", person.name)]


@pytest.mark.parametrize("name", ["camille.exemple", "personne.exemple"])
def test_a_try_of_a_stranger_during_a_wait_is_not_recorded(people, visit, refusals, name):
    people.lead()
    for _ in range(FREE_FAILURES + 2):
        visit.type_password(name, ANOTHER)

    assert refusals() == []


def fail(browser: Browser, *names: str) -> None:
    """Type a wrong password in each of some names."""
    for name in names:
        browser.type_password(name, ANOTHER)


def test_each_failure_in_the_name_of_somebody_is_recorded(people, visit, events):
    person = people.lead()
    fail(visit, person.username, person.username)

    assert events() == [("sign_in_failed", "account", person.name)] * 2


def test_failures_in_names_that_nobody_has_are_recorded_once_an_hour(people, visit, events, clock):
    fail(visit, *(f"personne.{number}" for number in range(12)))
    clock.shift(STRANGERS_STEP - SECOND)
    fail(visit, "personne.avant")
    before = len(events())
    clock.shift(SECOND)
    fail(visit, "personne.apres")

    assert (before, len(events())) == (1, 2)


def test_how_many_there_were_is_in_the_log_without_names(people, visit, clock, capfd):
    fail(visit, "personne.une", "personne.deux", "personne.trois")
    clock.shift(STRANGERS_STEP)
    capfd.readouterr()
    fail(visit, "personne.quatre")
    written = capfd.readouterr().err

    assert '"count":3' in written.replace(" ", "")
    assert "personne" not in written.replace("sign_ins_of_nobody", "")


def test_names_that_nobody_has_hide_no_failure_in_somebodys_name(people, visit, events):
    person = people.lead()
    fail(visit, "personne.une", "personne.deux", person.username)

    assert events()[-1] == ("sign_in_failed", "account", person.name)


@pytest.fixture
def statements(app, session):
    """Note the beginning of each statement."""
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(" ".join(statement.split()[:3]))

    sa.event.listen(db.engines[DIRECTORY], "before_cursor_execute", note)
    yield seen
    sa.event.remove(db.engines[DIRECTORY], "before_cursor_execute", note)


def of_kinds(statements):
    """Return statements in their order, but for how a savepoint ends: kept or undone."""
    ends = ("RELEASE SAVEPOINT", "ROLLBACK TO")
    return ["END" if each.startswith(ends) else each.split(" sa_savepoint")[0] for each in statements]


@pytest.mark.parametrize("who", ["personne.exemple", "partie.exemple", "é ü"])
def test_a_failure_costs_the_same_work_whoever_is_named(people, visit, statements, clock, who):
    person = people.lead()
    people.change(people.worker("partie.exemple"), active=False)
    fail(visit, person.username, who)
    token, seen = visit.token(), []
    for name in (person.username, who):
        clock.shift(SECOND)
        statements.clear()
        visit.client.post(
            "/en/account/sign-in", data={"csrf_token": token, "username": name, "password": ANOTHER}
        )
        seen.append(of_kinds(statements))

    assert seen[0] == seen[1]
    assert "INSERT INTO audit_event" in seen[0]


def test_work_that_was_undone_leaves_the_audit_whole(people, visit, session):
    fail(visit, "personne.une", "personne.deux", people.lead().username)
    session.rollback()

    assert verify(session, current_key()).is_whole
