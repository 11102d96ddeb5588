"""Who looked at what: an organization reads it, on pages and as a sheet, and reading it is recorded too."""

from __future__ import annotations

import csv
import io

import pytest

from referral.access.policy import Actor, Role
from referral.accounts.log_views import defuse
from referral.accounts.rules import FRESH
from referral.audit.events import Action, Event
from referral.audit.queries import PAGE
from referral.audit.services import record_apart
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_invitations import FORM
from tests.conftest import ON_ONE_BACKEND


@pytest.fixture
def look(people):
    """Record that somebody looked at something of an organization's, so many times."""

    def look(times, name="Sacha Exemple", place="Maison Exemple", target="people"):
        for _ in range(times):
            where = people.place(place)
            record_apart(Event(Action.VIEW, target, where, Actor(name, acting_for=where), where))

    return look


@pytest.fixture
def lead(people, browser_of):
    """The browser of a lead."""
    return browser_of(people.lead())


def read_sheet(answer):
    """Return the rows of a sheet."""
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_log_shows_what_was_done_here_and_nothing_of_elsewhere(people, lead, look):
    look(1)
    look(1, "Ailleurs Exemple", "Autre Exemple")
    page = lead.get(f"/places/{people.place()}/log").text

    assert "Sacha Exemple looked at" in page
    assert "Ailleurs Exemple" not in page


def test_the_log_has_pages(people, lead, look):
    look(1, "Tout Premier")
    look(PAGE)
    first = lead.get(f"/places/{people.place()}/log").text
    older = first.partition("before=")[2].partition('"')[0]
    second = lead.get(f"/places/{people.place()}/log?before={older}").text

    assert first.count("Sacha Exemple looked at") == PAGE
    assert "Tout Premier" not in first
    assert "Tout Premier" in second


@pytest.mark.parametrize("before", ["-1", "0", "x", "9" * 40, "1e9", "%00", "1; DROP TABLE audit_event"])
def test_a_page_that_is_none_breaks_nothing(people, lead, before):
    assert lead.get(f"/places/{people.place()}/log?before={before}").status_code in {200, 400, 404}


def test_the_one_in_charge_of_personal_information_reads_it(people, browser_of):
    browser = browser_of(people.add("max.exemple", (Role.PRIVACY_OFFICER, people.place())))

    assert browser.get(f"/places/{people.place()}/log").status_code == 200


def test_reading_the_log_is_in_it(people, lead, events):
    lead.get(f"/places/{people.place()}/log")

    assert events("view") == [("view", "access_log", "Camille Exemple")]


def test_the_sheet_asks_for_a_fresh_proof(people, lead, clock, events):
    clock.shift(FRESH)
    path = f"/en/account/places/{people.place()}/log.csv"
    answer = lead.get(path)

    assert answer.location == f"/en/account/confirm?next={path}"
    assert not events("export")
    assert lead.post("/confirm", {"password": PASSWORD, "next": path}).location == path
    assert lead.get(path).status_code == 200


def test_taking_the_sheet_is_recorded(people, lead, events):
    lead.get(f"/places/{people.place()}/log.csv")

    assert events("export") == [("export", "access_log", "Camille Exemple")]


def test_the_sheet_holds_what_the_page_shows_and_more(people, lead, look):
    look(PAGE + 5)
    rows = read_sheet(lead.get(f"/places/{people.place()}/log.csv"))

    assert rows[0] == ["When", "What"]
    assert [row[1] for row in rows[1:]] == [
        "Sacha Exemple looked at the list of the organization's people"
    ] * (PAGE + 5)


@ON_ONE_BACKEND
@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x.example")'])
def test_no_name_is_a_formula_in_the_sheet(people, lead, look, name):
    look(1, name)
    cells = [cell for row in read_sheet(lead.get(f"/places/{people.place()}/log.csv")) for cell in row]

    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert [cell for cell in cells if cell.startswith(f"'{name}")]


@pytest.mark.parametrize("text", ["Sacha Exemple", "", "2026-11-24", "a=b"])
def test_ordinary_cells_stay_as_they_are(text):
    assert defuse(text) == text


def test_the_sheet_is_a_file_with_a_neutral_name(people, lead):
    headers = lead.get(f"/places/{people.place()}/log.csv").headers

    assert headers["Content-Disposition"] == 'attachment; filename="relais.csv"'
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in headers["Cache-Control"]


def test_what_cannot_be_recorded_is_not_shown(people, lead, monkeypatch):
    def fail(_event):
        raise RuntimeError

    monkeypatch.setattr("referral.accounts.log_views.record_apart", fail)

    with pytest.raises(RuntimeError):
        lead.get(f"/places/{people.place()}/log.csv")


def test_each_act_of_a_lead_makes_its_event(people, lead, events, session):
    place, person = people.place(), people.worker()
    lead.get(f"/places/{place}/people")
    lead.post(f"/places/{place}/people/invite", FORM)
    fields = {"roles": ["partner-editor"], "shown": "intake-worker"}
    lead.post(f"/places/{place}/people/{person.id}", fields)
    lead.post(f"/places/{place}/people/{person.id}/reset-factor")
    lead.post(f"/places/{place}/people/{person.id}/end")

    assert events("view", "create", "change") == [
        ("view", "people", "Camille Exemple"),
        ("create", "invitation", "Camille Exemple"),
        ("change", "membership", "Camille Exemple"),
        ("change", "factor", "Camille Exemple"),
        ("change", "access", "Camille Exemple"),
    ]


def test_each_step_of_coming_and_going_makes_its_event(people, visit, events):
    person = people.lead()
    visit.type_password(person.username, "pas le bon mot")
    visit.type_password("personne.exemple", "pas le bon mot")
    visit.enter(person)
    visit.post("/sign-out")

    assert events() == [
        ("sign_in_failed", "account", person.name),
        ("sign_in_failed", "account", None),
        ("sign_in", "account", person.name),
        ("sign_out", "account", person.name),
    ]


def test_a_refusal_makes_its_event(people, browser_of, events):
    browser_of(people.worker()).get(f"/places/{people.place()}/log")

    assert events("refusal") == [("refusal", "audit:read", "Sacha Exemple")]
