"""What was typed when a session ended comes back to whoever typed it, and to nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.accounts.models import Invitation, UserSession
from referral.accounts.rules import IDLE, KEPT
from referral.shared.database import DIRECTORY, db
from tests.accounts.conftest import ANOTHER, PASSWORD, STEP, kept_in
from tests.conftest import ON_ONE_BACKEND

TYPED = "Noée Exemple-Inventée"
BACK = "What you typed is here"


@pytest.fixture
def invite():
    """Send the form that invites somebody."""
    return lambda browser, place, **more: browser.post(
        f"/places/{place}/people/invite",
        {"name": TYPED, "email": "noee@exemple.example", "role": "intake-worker", "language": "fr", **more},
    )


def come_back(browser, person, page, **more):
    """Sign in again with what a page carries along; return the last answer."""
    kept = kept_in(page)
    browser.clock.shift(STEP)
    second = browser.type_password(person.username, kept=kept)
    return browser.type_code(person.code(browser.app), kept=kept_in(second.text), **more)


def hidden(page):
    """Return the fields of the form that shows a page again, and where it goes."""
    form = page[page.index('<form class="tell"') :]
    fields = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[: form.index("</form>")]
    )
    return re.search(r'action="([^"]+)"', form)[1], {name: unescape(text) for name, text in fields}


def test_a_form_sent_after_the_end_leads_to_the_sign_in_with_what_was_typed(
    people, browser_of, clock, invite
):
    browser = browser_of(people.lead())
    clock.shift(IDLE)
    answer = invite(browser, people.place())

    assert answer.status_code == 401
    assert kept_in(answer.text)


def test_it_comes_back_after_signing_in_again(people, browser_of, clock, invite):
    person = people.lead()
    browser = browser_of(person)
    clock.shift(IDLE)
    answer = come_back(browser, person, invite(browser, people.place()).text)

    path, fields = hidden(answer.text)
    assert BACK in answer.text
    assert path == f"/en/account/places/{people.place()}/people/invite"
    assert fields["name"] == TYPED


def test_it_is_shown_before_anything_is_done(people, browser_of, clock, invite, session):
    person = people.lead()
    browser = browser_of(person)
    clock.shift(IDLE)
    path, fields = hidden(come_back(browser, person, invite(browser, people.place()).text).text)
    page = browser.client.post(path, data=fields)

    assert page.status_code == 200
    assert TYPED in page.text
    assert not session.scalars(sa.select(Invitation)).all()


def test_it_comes_back_to_the_place_for_which_it_was_typed(people, browser_of, clock, invite):
    home, other = people.place(), people.place("Autre Exemple")
    person = people.add("camille.exemple", (Role.ORGANIZATION_LEAD, home), (Role.ORGANIZATION_LEAD, other))
    browser = browser_of(person)
    browser.post("/acting", {"place": str(other)})
    clock.shift(IDLE)
    path, fields = hidden(come_back(browser, person, invite(browser, other).text).text)

    assert TYPED in browser.client.post(path, data=fields).text


def test_a_place_that_was_lost_meanwhile_is_not_taken_up(people, browser_of, clock, invite, session):
    home, other, third = people.place(), people.place("Autre Exemple"), people.place("Tiers Exemple")
    person = people.add("camille.exemple", *((Role.ORGANIZATION_LEAD, each) for each in (home, other, third)))
    browser = browser_of(person)
    browser.post("/acting", {"place": str(other)})
    clock.shift(IDLE)
    page = invite(browser, other).text
    people.take_roles(person, other)
    path, fields = hidden(come_back(browser, person, page).text)

    assert browser.client.post(path, data=fields).status_code == 404


def test_another_person_does_not_get_it(people, browser_of, open_browser, clock, invite):
    browser, other = browser_of(people.lead()), people.worker()
    clock.shift(IDLE)
    page = invite(browser, people.place()).text
    answer = come_back(open_browser(), other, page)

    assert BACK not in answer.text
    assert answer.status_code == 303


def test_it_comes_back_for_some_hours_only(people, browser_of, clock, invite):
    person = people.lead()
    browser = browser_of(person)
    clock.shift(IDLE)
    page = invite(browser, people.place()).text
    clock.shift(KEPT + timedelta(seconds=1))

    assert BACK not in come_back(browser, person, page).text


def test_what_was_altered_does_not_come_back(people, browser_of, clock, invite):
    person = people.lead()
    browser = browser_of(person)
    clock.shift(IDLE)
    kept = kept_in(invite(browser, people.place()).text)
    clock.shift(STEP)
    browser.type_password(person.username, kept=kept)

    assert browser.type_code(person.code(browser.app), kept=kept[:-8] + "AAAAAAA=").status_code == 303


def test_the_page_does_not_show_it_while_nobody_is_signed_in(people, browser_of, clock, invite):
    browser = browser_of(people.lead())
    clock.shift(IDLE)
    page = invite(browser, people.place()).text

    assert "Exemple-Invent" not in page
    assert "noee@" not in page


def test_nothing_of_it_is_on_the_server(people, browser_of, clock, invite, session):
    browser = browser_of(people.lead())
    clock.shift(IDLE)
    invite(browser, people.place())

    with db.engines[DIRECTORY].connect() as connection:
        for table in UserSession.metadata.sorted_tables:
            assert "Inventée" not in str(connection.execute(sa.select(table)).all())


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "name", ["password", "current_password", "new_password", "code", "credential", "csrf_token"]
)
def test_secrets_never_come_back(people, browser_of, clock, name):
    person = people.lead()
    browser = browser_of(person)
    clock.shift(IDLE)
    token = browser.token()
    sent = {"csrf_token": token, "harmless": TYPED} | ({} if name == "csrf_token" else {name: "secret-7f3a"})
    page = browser.client.post("/en/account/password", data=sent).text
    _, fields = hidden(come_back(browser, person, page).text)

    assert fields["harmless"] == TYPED
    assert fields.get(name) != token
    assert "secret-7f3a" not in str(fields)


def test_a_button_alone_is_not_kept_so_that_nothing_is_done_unseen(people, browser_of, clock):
    browser = browser_of(people.lead())
    clock.shift(IDLE)

    assert 'name="kept"' not in browser.post("/sessions/end-all").text


def test_a_fresh_proof_brings_it_back_too(people, browser_of, clock):
    lead, worker = people.lead(), people.worker()
    other = people.lead("alix.exemple")
    browser = browser_of(lead)
    clock.shift(timedelta(minutes=11))
    page = browser.post(f"/places/{people.place()}/people/{worker.id}/end", {"heir": str(other.id)}).text
    answer = browser.post("/confirm", {"password": PASSWORD, "kept": kept_in(page)})

    assert hidden(answer.text)[1]["heir"] == str(other.id)


def test_a_page_older_than_the_last_sign_in_is_shown_again(people, browser_of, invite, session):
    person = people.lead()
    browser = browser_of(person)
    old = browser.token()
    browser.confirm()
    answer = browser.client.post(
        f"/en/account/places/{people.place()}/people/invite",
        data={"csrf_token": old, "name": TYPED},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 400
    assert hidden(answer.text)[1]["name"] == TYPED


def test_a_button_of_a_page_older_than_the_last_sign_in_does_nothing(people, browser_of):
    browser = browser_of(people.lead())
    old = browser.token()
    browser.confirm()
    answer = browser.client.post(
        "/en/account/sessions/end-all", data={"csrf_token": old}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert answer.status_code == 400
    assert "restored" not in answer.text
    assert browser.is_in()


def test_a_wrong_password_carries_it_along(people, browser_of, clock, invite):
    person = people.lead()
    browser = browser_of(person)
    clock.shift(IDLE)
    kept = kept_in(invite(browser, people.place()).text)

    assert kept_in(browser.type_password(person.username, ANOTHER, kept=kept).text) == kept
