"""Whoever leaves takes all with her: nothing of hers stays in the browser or can be used again."""

from __future__ import annotations

import csv
import io

import pytest

from referral.access.policy import Role
from referral.accounts.log_views import defuse
from tests.security.people import HOME, make_organization, make_user, sign_in

LAST_PAGES = ("sign-out", "sessions/end-all")


@pytest.fixture
def person(app, client, session):
    """Somebody who leads an organization, with its id."""
    place = make_organization(session)
    leader = make_user(session, ((place, Role.ORGANIZATION_LEAD),), name="=1+1 Exemple")
    return sign_in(app, session, leader), place


@pytest.mark.parametrize("last", LAST_PAGES)
def test_the_browser_is_told_to_let_go_of_what_it_kept(person, last):
    answer = person[0].post(f"{HOME}{last}")

    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("last", LAST_PAGES)
def test_a_copy_of_the_cookie_opens_nothing_afterwards(app, person, last):
    copy = app.test_client()
    with copy.session_transaction(HOME) as cookie:
        cookie["sid"] = person[0].cookie
    assert copy.get(HOME).status_code == 200

    person[0].post(f"{HOME}{last}")

    assert copy.get(HOME).status_code == 303


def test_nobody_who_stays_is_told_to_let_go(person):
    assert "Clear-Site-Data" not in person[0].browser.get(HOME).headers


def test_every_page_of_whoever_is_signed_in_lets_her_sign_out(app, person):
    browser, place = person[0].browser, person[1]
    for page in ("", "password", "security", "sessions", "history", "confirm", f"places/{place}/people"):
        assert f'action="{HOME}sign-out"' in browser.get(f"{HOME}{page}").text, page


def test_a_sheet_has_no_cell_that_a_spreadsheet_computes(person):
    browser, place = person[0].browser, person[1]
    browser.get(f"{HOME}places/{place}/people")

    text = browser.get(f"{HOME}places/{place}/log.csv").get_data(as_text=True)
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]

    assert any("1+1" in cell for cell in cells)
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r"] == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_would_be_computed_begins_with_an_apostrophe(sign):
    assert defuse(f"{sign}1+1") == f"'{sign}1+1"
    assert defuse(f"a{sign}1") == f"a{sign}1"
