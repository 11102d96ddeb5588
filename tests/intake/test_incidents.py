"""The register of incidents: its eight items, a conclusion that a person draws, notices that nobody sends."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.accounts.models import UserSession
from referral.audit.models import CasesAuditEvent
from referral.intake import incidents
from referral.intake.incident_facts import ITEMS, NAMES, Facts, make_facts, missing_to_conclude
from referral.intake.incident_forms import LABELS, IncidentForm
from referral.intake.incidents import Change, IncidentChangedError, IncidentRefusedError, Told
from referral.intake.models import Case, Incident
from referral.intake.retention import register_until
from referral.intake.safe import open_safe
from referral.mail.models import Outbox
from referral.shared.clock import QUEBEC, now
from referral.shared.database import CASES, cases_session, writing
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, make_actor, make_case, make_house

pytestmark = pytest.mark.usefixtures("client")
PLANTED = "Érable-Exemple"
TODAY = date(2026, 11, 20)
WRONG = (
    {"learned_on": "hier"},
    {"learned_on": ""},
    {"is_serious": "maybe"},
    {"people": "x" * 300},
    {"version": "9" * 40, "learned_on": "0000-00-00"},
)
CONCLUDED = Facts(
    information=f"{PLANTED}: téléphones",
    circumstances="Courriel envoyé à un autre organisme",
    people="3",
    sensitivity="Très sensible",
    consequences="Être retrouvée",
    likelihood="Faible : détruit aussitôt",
    conclusion="Le destinataire a confirmé la destruction",
)


def enter_incident(house, facts=CONCLUDED):
    safe = incidents.prepare(house.id, now())
    with writing(cases_session(), CASES) as session:
        incidents.create_incident(session, safe, Told(TODAY, facts, is_serious=True), house.lead, now())
    return safe.thing


def typed(**more):
    return {"learned_on": TODAY.isoformat(), "circumstances": "Dossier oublié", "version": "0", **more}


def test_the_register_has_the_eight_items_of_the_regulation_and_asks_for_each():
    assert len(ITEMS) == 8
    asked = {name for name in vars(IncidentForm) if not name.startswith("_")}

    assert {name for item in ITEMS for name in item} <= asked & LABELS.keys()


def test_what_an_earlier_version_sealed_is_still_read():
    assert make_facts({"people": "2", "unknown": "x"}) == Facts(people="2")


def test_nobody_concludes_without_writing_why():
    assert missing_to_conclude(Facts(sensitivity="x", consequences=" ")) == [
        "consequences",
        "likelihood",
        "conclusion",
    ]
    with pytest.raises(IncidentRefusedError):
        incidents.check_told(Told(TODAY, Facts(), is_serious=False), TODAY)
    incidents.check_told(Told(TODAY, Facts()), TODAY)


def test_an_incident_is_not_learned_of_tomorrow():
    with pytest.raises(IncidentRefusedError):
        incidents.check_told(Told(TODAY + timedelta(days=1), Facts()), TODAY)


def test_an_entry_is_sealed_under_a_key_of_its_own(house):
    row_id = enter_incident(house)
    row = cases_session().get_one(Incident, row_id)

    assert PLANTED.encode() not in row.sealed
    assert incidents.read_told(row, open_safe(row_id)).facts == CONCLUDED


def test_an_entry_is_kept_five_years_from_the_day_on_which_it_was_entered_at_least(house):
    row_id, long_ago = enter_incident(house), date(2010, 1, 1)
    entered = cases_session().get_one(Incident, row_id).created_at.astimezone(QUEBEC).date()
    told = Told(long_ago, CONCLUDED, is_serious=True)
    with writing(cases_session(), CASES) as session:
        incidents.change_incident(session, open_safe(row_id), Change(told, 1), house.lead, now())

    assert cases_session().get_one(Incident, row_id).keep_until == register_until(entered)


def test_who_writes_upon_an_older_entry_sees_both(house):
    row_id = enter_incident(house)
    theirs = Told(TODAY, Facts(**{**CONCLUDED.as_plain(), "people": "4"}), is_serious=True)
    with writing(cases_session(), CASES) as session:
        incidents.change_incident(session, open_safe(row_id), Change(theirs, 1), house.lead, now())

    mine = Change(Told(TODAY, Facts(**{**CONCLUDED.as_plain(), "people": "5"}), is_serious=True), 1)
    with pytest.raises(IncidentChangedError) as raised, writing(cases_session(), CASES) as session:
        incidents.change_incident(session, open_safe(row_id), mine, house.lead, now())

    assert raised.value.theirs.facts.people == "4"


def test_the_page_shows_both_versions_and_what_was_typed(app, session, house):
    row_id = enter_incident(house)
    person = enter(app, session, house.lead)
    path = f"/fr/cases/incidents/{row_id}"
    assert person.post(path, **typed(people="4", version="1")).status_code == 303
    answer = person.post(path, **typed(people="5", version="1"))

    assert answer.status_code == 409
    assert 'name="version" type="hidden" value="2"' in answer.text.replace("  ", " ")
    assert 'value="5"' in answer.text
    assert ">4<" in answer.text.replace("\n", "").replace(" ", "")


def test_an_incident_is_entered_in_the_form_and_found_in_the_register(app, session, house):
    person = enter(app, session, house.lead)
    answer = person.post("/fr/cases/incidents/new", **typed())

    assert answer.status_code == 303
    assert "Dossier oublié" in person.browser.get("/fr/cases/incidents").text
    assert "Dossier oublié" in person.browser.get(answer.headers["Location"]).text


def test_a_conclusion_without_its_reasons_is_asked_for_and_nothing_typed_is_lost(app, session, house):
    person = enter(app, session, house.lead)
    answer = person.post("/fr/cases/incidents/new", **typed(is_serious="yes", information=PLANTED))

    assert answer.status_code == 422
    assert PLANTED in answer.text
    assert 'href="#sensitivity"' in answer.text
    assert cases_session().scalars(sa.select(Incident)).all() == []


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "fields",
    [
        {"learned_on": "hier"},
        {"learned_on": ""},
        {"is_serious": "maybe"},
        {"people": "x" * 300},
        {"version": "9" * 40, "learned_on": "0000-00-00"},
    ],
)
def test_what_makes_no_sense_is_refused(app, session, house, fields):
    person = enter(app, session, house.lead)

    assert person.post("/fr/cases/incidents/new", **typed(**fields)).status_code == 422


def test_only_those_in_charge_of_that_organization_keep_its_register(app, session, house):
    row_id, other = enter_incident(house), make_house(session, "Autre Exemple")
    privacy = make_actor(session, house.id, "Dominique Exemple", Role.PRIVACY_OFFICER)
    editor = make_actor(session, house.id, "Éloïse Exemple", Role.PARTNER_EDITOR)
    pages = ["", "/commission", "/person"]

    def seen(actor):
        browser = enter(app, session, actor).browser
        return {browser.get(f"/fr/cases/incidents/{row_id}{page}").status_code for page in pages}

    assert seen(house.lead) == seen(privacy) == {200}
    assert seen(house.worker) == seen(editor) == seen(other.lead) == {404}
    assert PLANTED not in enter(app, session, other.lead).browser.get("/fr/cases/incidents").text
    assert PLANTED not in enter(app, session, other.lead).browser.get("/fr/cases/incidents/register.csv").text
    assert enter(app, session, house.worker).browser.get("/fr/cases/incidents").status_code == 404


def test_nobody_else_changes_an_entry(app, session, house):
    row_id, other = enter_incident(house), make_house(session, "Autre Exemple")

    assert enter(app, session, other.lead).post(f"/fr/cases/incidents/{row_id}", **typed()).status_code == 404
    cases_session().rollback()
    assert cases_session().get_one(Incident, row_id).version == 1


def test_the_sheet_holds_every_item_and_no_formula(app, session, house):
    enter_incident(house, Facts(**{**CONCLUDED.as_plain(), "measures": "=cmd|' /C calc'!A0"}))
    answer = enter(app, session, house.lead).browser.get("/fr/cases/incidents/register.csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert len(rows[0]) == len({name for item in ITEMS for name in item})
    assert any(PLANTED in cell for cell in rows[1])
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert "'=cmd|' /C calc'!A0" in rows[1]
    assert answer.headers["Content-Disposition"] == "attachment; filename=relais.csv"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("page", ["register.csv", "{}/commission", "{}/person"])
def test_what_is_taken_away_needs_a_proof_that_is_fresh(app, session, house, page):
    row_id = enter_incident(house)
    person = enter(app, session, house.lead)
    session.get_one(UserSession, person.session_id).confirmed_at = now() - timedelta(hours=1)
    session.commit()

    answer = person.browser.get(f"/fr/cases/incidents/{page.format(row_id)}")

    assert answer.status_code == 303
    assert "/account/confirm" in answer.headers["Location"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_notice_to_the_commission_holds_its_items_and_nothing_is_sent(app, session, house, language):
    row_id = enter_incident(house)
    page = (
        enter(app, session, house.lead).browser.get(f"/{language}/cases/incidents/{row_id}/commission").text
    )
    paper = page.partition("<article")[2].partition("</article>")[0]

    assert paper.count("<h2") == 11
    assert PLANTED in paper
    assert "Commission d" in paper
    assert session.scalars(sa.select(Outbox)).all() == []


UNREACHABLE = {"channel": "none", "days": [], "voicemail": False}
CONTACT = {
    "channel": "text",
    "detail": "514 555-0100",
    "days": [],
    "voicemail": False,
    "words": "Ici la bibliothèque",
}


def ask(app, session, house, row_id, **fields):
    return enter(app, session, house.lead).post(f"/en/cases/incidents/{row_id}/person", **fields)


def code_of(case_id):
    return cases_session().get_one(Case, case_id).code


def test_no_notice_to_a_person_before_her_rule_was_read(app, session, house):
    row_id, code = enter_incident(house), code_of(make_case(house, {"safe_contact": CONTACT}))
    first = ask(app, session, house, row_id, code=code)
    second = ask(app, session, house, row_id, code=code, is_safe="y")

    assert "Ici la bibliothèque" in first.text
    assert "never leave a message" in first.text
    assert "<article" not in first.text
    assert second.text.partition("<article")[2].partition("</article>")[0].count("<h2") == 6


@pytest.mark.parametrize("answers", [{}, {"safe_contact": UNREACHABLE}])
def test_no_notice_at_all_to_whom_there_is_no_safe_way(app, session, house, answers):
    row_id, code = enter_incident(house), code_of(make_case(house, answers))
    answer = ask(app, session, house, row_id, code=code, is_safe="y")

    assert "<article" not in answer.text
    assert "notice is made" in answer.text


def test_a_code_of_another_organization_is_no_code(app, session, house):
    row_id, other = enter_incident(house), make_house(session, "Autre Exemple")
    code = code_of(make_case(other, {"safe_contact": CONTACT}))
    answer = ask(app, session, house, row_id, code=code, is_safe="y")

    assert answer.status_code == 422
    assert "bibliothèque" not in answer.text


def test_a_person_without_a_file_is_written_to_once_somebody_says_that_it_is_safe(app, session, house):
    row_id = enter_incident(house)

    assert "<article" not in ask(app, session, house, row_id, has_none="y").text
    assert "<article" in ask(app, session, house, row_id, has_none="y", is_safe="y").text
    assert ask(app, session, house, row_id, is_safe="y").status_code == 422


def test_the_audit_tells_who_read_the_register_and_nothing_of_it(app, session, house):
    row_id = enter_incident(house)
    browser = enter(app, session, house.lead).browser
    browser.get(f"/fr/cases/incidents/{row_id}")
    browser.get("/fr/cases/incidents/register.csv")
    rows = (
        cases_session()
        .scalars(
            sa.select(CasesAuditEvent)
            .where(CasesAuditEvent.target_type == "incident")
            .order_by(CasesAuditEvent.number)
        )
        .all()
    )

    assert [row.action for row in rows] == ["create", "view", "export"]
    assert all(PLANTED not in str(vars(row)) for row in rows)
    assert set(NAMES) == set(CONCLUDED.as_plain())
