"""What somebody altered in the database itself is not shown, is no fault, and hides nothing else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.intake.models import Answer, Case, Incident
from referral.intake.nicknames import find_by_nickname
from referral.shared.database import CASES, cases_session, writing
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, make_case, make_house
from tests.intake.test_incidents import PLANTED, enter_incident

BROKEN = b"\x01" + bytes(60)
PAGES = ("", "/intake?one-page=1", "/services", "/consents", "/rights/copy", "/rights/copy.json")


@pytest.fixture
def lead(app, client, session, house):
    return enter(app, session, house.lead)


@pytest.fixture
def two(house):
    """Two files, the nickname and next step of the first altered."""
    files = [make_case(house, {"nickname": f"Merle {name}"}) for name in ("Altéré", "Exemple")]
    alter(Answer.sealed, Answer.case_id == files[0])
    alter(Case.next_step_sealed, Case.id == files[0])
    return files


def alter(column, which, value=BROKEN):
    with writing(cases_session(), CASES) as session:
        session.execute(sa.update(column.class_).where(which).values({column.key: value}))


@ON_ONE_BACKEND
@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_that_it_was_altered(lead, two, page):
    answer = lead.browser.get(f"/fr/cases/{two[0]}{page}")

    assert answer.status_code == 503
    assert "no-store" in answer.headers["Cache-Control"]
    assert "<h1>Un élément ne peut pas être ouvert</h1>" in answer.text


def test_an_answer_of_one_file_is_not_opened_in_another(lead, house, two):
    sealed = cases_session().scalars(sa.select(Answer.sealed).where(Answer.case_id == two[1])).one()
    alter(Answer.sealed, Answer.case_id == two[0], sealed)
    answer = lead.browser.get(f"/fr/cases/{two[0]}")

    assert answer.status_code == 503
    assert "Merle" not in answer.text


@pytest.mark.parametrize("page", ["?list=all", "hand-over"])
def test_lists_stand_without_it(app, session, house, two, page):
    answer = enter(app, session, house.worker).browser.get(f"/fr/cases/{page}")

    assert answer.status_code == 200
    assert "Merle Exemple" in answer.text
    assert "Merle Altéré" not in answer.text


def test_the_others_are_found(house, two):
    assert [each.case_id for each in find_by_nickname(cases_session(), house.id, "merle")] == [two[1]]


def test_the_register_of_incidents_says_so_rather_than_leave_one_out(lead, house):
    enter_incident(house)
    alter(Incident.sealed, sa.true())

    assert lead.browser.get("/fr/cases/incidents").status_code == 503
    assert lead.browser.get("/fr/cases/incidents/register.csv").status_code == 503


def test_a_file_that_was_moved_to_another_organization_opens_to_nobody(app, session, house, two):
    other = make_house(session, "Refuge Exemple")
    alter(Case.organization_id, Case.id == two[1], other.id)
    thief, worker = (enter(app, session, each.lead) for each in (other, house))
    found = thief.post("/fr/cases/find", words="Merle Exemple")
    listed = thief.browser.get("/fr/cases/?list=all")

    assert thief.browser.get(f"/fr/cases/{two[1]}").status_code == 503
    assert "Merle Exemple" not in thief.browser.get(f"/fr/cases/{two[1]}/rights/copy.json").text
    assert (found.status_code, listed.status_code) == (200, 200)
    assert str(two[1]) not in found.text + listed.text
    assert worker.browser.get(f"/fr/cases/{two[1]}").status_code == 404


def test_an_incident_that_was_moved_to_another_organization_opens_to_nobody(app, session, house, lead):
    incident_id = enter_incident(house)
    other = make_house(session, "Refuge Exemple")
    alter(Incident.organization_id, Incident.id == incident_id, other.id)
    thief = enter(app, session, other.lead)

    assert thief.browser.get(f"/fr/cases/incidents/{incident_id}").status_code == 503
    assert PLANTED not in thief.browser.get("/fr/cases/incidents").text
