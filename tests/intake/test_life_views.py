from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from referral.access.policy import Role
from referral.audit.events import Action
from referral.audit.models import CasesAuditEvent
from referral.intake import file_views
from referral.intake.follow_ups import day_of, list_follow_ups
from referral.intake.models import Case
from referral.intake.vocabulary import CaseStatus, FollowUpStatus
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, make_actor, make_case, make_draft, make_house

PHONE = "514 555-0142"
ALWAYS = {"channel": "phone", "detail": PHONE, "words": "Dire Léa du garage", "voicemail": False}
NEVER_NOW = {**ALWAYS, "days": [(day_of(now()).weekday() + 3) % 7]}
OUTSIDERS = [Role.PARTNER_EDITOR, Role.PRIVACY_OFFICER]


def find(case_id):
    cases_session().rollback()
    return cases_session().get_one(Case, case_id)


def coming(days=3):
    return (day_of(now()) + timedelta(days=days)).isoformat()


def at(case_id, rest=""):
    return f"/fr/cases/{case_id}{rest}"


@pytest.fixture(autouse=True)
def visitors(client):
    """Browsers whose requests have a context each, as when served."""


@pytest.fixture
def worker(app, session, house):
    return enter(app, session, house.worker)


# The page of a file


def test_a_file_shows_her_number_and_the_words_while_her_rule_allows_it(worker, house):
    page = worker.browser.get(at(make_case(house, {"safe_contact": ALWAYS}))).text

    assert PHONE in page
    assert "Dire Léa du garage" in page


def test_a_file_holds_no_number_and_no_words_while_her_rule_does_not_allow_it(worker, house):
    page = worker.browser.get(at(make_case(house, {"safe_contact": NEVER_NOW}))).text

    assert PHONE not in page
    assert "Léa du garage" not in page


def test_looking_anyway_asks_for_a_reason(worker, house):
    answer = worker.post(at(make_case(house, {"safe_contact": NEVER_NOW}), "/contact"), reason=" ")

    assert answer.status_code == 422
    assert PHONE not in answer.text


def test_looking_anyway_is_audited_and_told_on_the_timeline(worker, house):
    case_id = make_case(house, {"safe_contact": NEVER_NOW})
    answer = worker.post(at(case_id, "/contact"), reason="Rendez-vous annulé Exemple")
    again = worker.browser.get(at(case_id)).text

    assert PHONE in answer.text
    assert PHONE not in again
    assert "Rendez-vous annulé Exemple" in again
    seen = cases_session().scalars(
        sa.select(CasesAuditEvent.action).where(CasesAuditEvent.target_id == str(case_id))
    )
    assert Action.EXCEPTIONAL_ACCESS in set(seen)


@pytest.mark.parametrize(("band", "shown"), [("0-13", True), ("14-17", True), ("18-24", False)])
def test_the_duty_to_report_is_shown_for_who_is_under_18(worker, house, band, shown):
    page = worker.browser.get(at(make_case(house, {"age_band": band}))).text

    assert ('id="duty-title"' in page) is shown


def test_a_title_tells_nothing_of_a_file(worker, house):
    case_id = make_case(house, {"nickname": "Sorbier-Exemple"})
    for rest in ("", "/step", "/people", "/close"):
        title = re.search(r"<title>(.*?)</title>", worker.browser.get(at(case_id, rest)).text, re.DOTALL)[1]
        assert "Sorbier" not in title
        assert find(case_id).code not in title


def test_no_page_of_a_file_stays_in_the_browser(worker, house):
    case_id = make_case(house)
    for path in ("/fr/cases/", at(case_id), at(case_id, "/step"), "/fr/cases/hand-over"):
        assert "no-store" in worker.browser.get(path).headers["Cache-Control"]


def test_a_page_of_a_file_is_noted_as_looked_at(worker, house):
    case_id = make_case(house)
    worker.browser.get(at(case_id))

    seen = cases_session().scalars(
        sa.select(CasesAuditEvent.action).where(CasesAuditEvent.target_id == str(case_id))
    )
    assert Action.VIEW in set(seen)


# Who gets in


PAGES = ["", "/step", "/people", "/open", "/close", "/reopen", f"/follow-ups/{uuid.UUID(int=7)}"]


@ON_ONE_BACKEND
@pytest.mark.parametrize("role", OUTSIDERS)
@pytest.mark.parametrize("rest", PAGES)
def test_who_keeps_no_files_there_sees_no_page_of_one(app, session, house, role, rest):
    outsider = enter(app, session, make_actor(session, house.id, "Dana Exemple", role))

    assert outsider.browser.get(at(make_case(house), rest)).status_code == 404


@ON_ONE_BACKEND
@pytest.mark.parametrize("rest", PAGES)
def test_another_organization_sees_no_page_of_a_file(app, session, house, rest):
    other = enter(app, session, make_house(session, "Autre Exemple").lead)

    assert other.browser.get(at(make_case(house), rest)).status_code == 404


@ON_ONE_BACKEND
@pytest.mark.parametrize("role", OUTSIDERS)
@pytest.mark.parametrize("path", ["/fr/cases/", "/fr/cases/hand-over"])
def test_who_keeps_no_files_sees_no_list(app, session, house, role, path):
    outsider = enter(app, session, make_actor(session, house.id, "Dana Exemple", role))

    assert outsider.browser.get(path).status_code == 404


@pytest.mark.parametrize("role", [Role.VETTER, Role.OPERATOR])
def test_nobody_of_the_installation_sees_files(app, session, house, role):
    outsider = enter(app, session, make_actor(session, None, "Dana Exemple", role))

    assert outsider.browser.get("/fr/cases/").status_code == 404
    assert outsider.browser.get(at(make_case(house))).status_code == 404


def test_who_neither_owns_a_file_nor_leads_does_not_give_it_away(app, session, house):
    deputy = enter(app, session, house.deputy)
    case_id = make_case(house)
    answer = deputy.post(
        at(case_id, "/people"), owner=str(house.deputy.user_id), deputy=str(house.lead.user_id), how="good"
    )

    assert answer.status_code == 404
    assert find(case_id).owner_id == house.worker.user_id


# Steps of a life


def test_a_next_step_is_changed(worker, house):
    case_id = make_case(house)
    page = worker.browser.get(at(case_id, "/step")).text
    shown = dict(re.findall(r'name="(shown_\w+)"[^>]*value="([^"]*)"', page))
    answer = worker.post(at(case_id, "/step"), text="Appeler le refuge", on=coming(), **shown)

    assert answer.status_code == 303
    assert "Appeler le refuge" in worker.browser.get(at(case_id)).text


def test_two_people_at_once_see_both_next_steps(app, session, worker, house):
    case_id, deputy = make_case(house), enter(app, session, house.deputy)
    shown = dict(
        re.findall(r'name="(shown_\w+)"[^>]*value="([^"]*)"', worker.browser.get(at(case_id, "/step")).text)
    )
    deputy.post(at(case_id, "/step"), text="Le sien Exemple", on=coming(), **shown)
    answer = worker.post(at(case_id, "/step"), text="Le mien Exemple", on=coming(), **shown)

    assert answer.status_code == 409
    assert "Le sien Exemple" in answer.text
    assert 'value="Le mien Exemple"' in answer.text


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "fields",
    [
        {"text": "", "on": coming()},
        {"text": "Exemple" * 30, "on": coming()},
        {"text": "Exemple", "on": ""},
        {"text": "Exemple", "on": "hier"},
        {"text": "Exemple", "on": coming(-1)},
        {"text": "Exemple", "on": coming(900)},
    ],
    ids=["empty", "long", "no day", "no date", "past", "far"],
)
def test_a_next_step_that_cannot_be_is_refused_and_comes_back(worker, house, fields):
    answer = worker.post(at(make_case(house), "/step"), **fields)

    assert answer.status_code == 422
    assert "summary-title" in answer.text


def test_a_draft_is_opened_with_a_deputy_and_a_step(worker, house):
    case_id = make_draft(house)
    answer = worker.post(at(case_id, "/open"), deputy=str(house.deputy.user_id), text="Rappeler", on=coming())

    assert answer.status_code == 303
    assert find(case_id).status is CaseStatus.OPEN


@pytest.mark.parametrize("deputy", ["", "x", str(uuid.UUID(int=9)), "owner"])
def test_a_draft_is_not_opened_with_a_deputy_who_cannot_be(worker, house, deputy):
    case_id = make_draft(house)
    who = str(house.worker.user_id) if deputy == "owner" else deputy
    answer = worker.post(at(case_id, "/open"), deputy=who, text="Rappeler", on=coming())

    assert answer.status_code == 422
    assert 'value="Rappeler"' in answer.text
    assert find(case_id).status is CaseStatus.DRAFT


def test_a_file_is_closed_and_opened_again(worker, house):
    case_id = make_case(house)
    assert worker.post(at(case_id, "/close"), reason="moved", note="Exemple").status_code == 303
    assert find(case_id).status is CaseStatus.CLOSED

    answer = worker.post(
        at(case_id, "/reopen"),
        owner=str(house.worker.user_id),
        deputy=str(house.lead.user_id),
        text="Revoir",
        on=coming(),
    )
    assert answer.status_code == 303
    assert find(case_id).status is CaseStatus.OPEN


def test_a_file_is_not_closed_without_a_reason(worker, house):
    case_id = make_case(house)

    assert worker.post(at(case_id, "/close"), note="Exemple").status_code == 422
    assert find(case_id).status is CaseStatus.OPEN


def test_closing_twice_does_nothing_more(worker, house):
    case_id = make_case(house)
    for _ in range(2):
        assert worker.post(at(case_id, "/close"), reason="moved").status_code == 303

    page = worker.browser.get(at(case_id)).text
    assert page.count("Le dossier a été fermé") + page.count("The file was closed") == 1


def shown_people(person, case_id):
    page = person.browser.get(at(case_id, "/people")).text
    return dict(re.findall(r'name="(shown_\w+)"[^>]*value="([^"]*)"', page))


def test_a_file_is_lent_until_a_day(worker, house):
    case_id = make_case(house)
    answer = worker.post(
        at(case_id, "/people"),
        owner=str(house.lead.user_id),
        deputy=str(house.deputy.user_id),
        how="until",
        until=coming(),
        **shown_people(worker, case_id),
    )

    assert answer.status_code == 303
    assert (find(case_id).owner_id, find(case_id).returns_to_id) == (house.lead.user_id, house.worker.user_id)


def test_lending_needs_a_day(worker, house):
    case_id = make_case(house)
    answer = worker.post(
        at(case_id, "/people"), owner=str(house.lead.user_id), deputy=str(house.deputy.user_id), how="until"
    )

    assert answer.status_code == 422


def test_two_people_at_once_see_both_owners_by_name(app, session, worker, house):
    case_id, lead = make_case(house), enter(app, session, house.lead)
    shown, another = shown_people(lead, case_id), str(house.deputy.user_id)
    worker.post(
        at(case_id, "/people"),
        owner=str(house.worker.user_id),
        deputy=str(house.lead.user_id),
        how="good",
        **shown,
    )
    answer = lead.post(
        at(case_id, "/people"), owner=another, deputy=str(house.worker.user_id), how="good", **shown
    )

    assert answer.status_code == 409
    assert "Chloé Exemple" in answer.text


def test_the_outcome_of_a_follow_up_is_written_and_shown(worker, house):
    case_id = make_case(house, {"follow_up": ["48-hours"], "safe_contact": ALWAYS})
    row = list_follow_ups(cases_session(), case_id)[0]
    path = at(case_id, f"/follow-ups/{row.id}")

    assert worker.browser.get(path).status_code == 200
    assert worker.post(path, words="Va bien").status_code == 422
    assert worker.post(path, reached="yes", words="Va bien Exemple").status_code == 303
    assert "Va bien Exemple" in worker.browser.get(at(case_id)).text
    cases_session().rollback()
    assert list_follow_ups(cases_session(), case_id)[0].status is FollowUpStatus.DONE


# Lists and many files at once


@pytest.mark.parametrize("which", ["mine", "deputy", "all", "drafts", "closed", "odd", ""])
def test_every_list_answers_also_when_it_is_empty(worker, which):
    assert worker.browser.get(f"/fr/cases/?list={which}").status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "2", "²"])
def test_an_odd_page_is_answered(worker, house, page):
    make_case(house)

    assert worker.browser.get(f"/fr/cases/?page={page}").status_code == 200


def test_a_file_is_found_by_its_nickname_and_what_was_typed_is_in_no_address(worker, house):
    make_case(house, {"nickname": "Sorbier-Exemple"})
    answer = worker.post("/fr/cases/find", words="sorbier exemple")

    assert answer.status_code == 200
    assert answer.text.count("<h3>") == 1


def test_a_file_of_another_organization_is_found_by_nobody_here(worker, session):
    make_case(make_house(session, "Autre Exemple"), {"nickname": "Sorbier-Exemple"})

    assert "<h3>" not in worker.post("/fr/cases/find", words="Sorbier-Exemple").text


def test_finding_asks_for_words(worker):
    assert worker.post("/fr/cases/find", words=" ").status_code == 422


def test_a_list_has_pages(worker, house):
    for _ in range(26):
        make_case(house)

    counts = [worker.browser.get(f"/fr/cases/?page={page}").text.count("<h3>") for page in (1, 2, 3)]
    assert counts == [25, 1, 0]


def test_files_are_handed_over_together(worker, house):
    first, second = make_case(house), make_case(house)
    answer = worker.post(
        "/fr/cases/hand-over", files=[str(first), str(second)], owner=str(house.lead.user_id), how="good"
    )

    assert answer.status_code == 303
    assert {find(each).owner_id for each in (first, second)} == {house.lead.user_id}


def test_a_file_of_somebody_else_is_not_handed_over_with_ones_own(app, session, house):
    case_id, deputy = make_case(house), enter(app, session, house.deputy)
    answer = deputy.post("/fr/cases/hand-over", files=str(case_id), owner=str(house.lead.user_id), how="good")

    assert answer.status_code == 422
    assert find(case_id).owner_id == house.worker.user_id


def test_files_of_another_are_handed_over_by_whoever_leads_only(app, session, house):
    case_id, path = make_case(house), f"/fr/cases/hand-over?of={house.worker.user_id}"
    fields = {"files": str(case_id), "owner": str(house.lead.user_id), "how": "good"}

    assert enter(app, session, house.deputy).post(path, **fields).status_code == 404
    assert enter(app, session, house.lead).post(path, **fields).status_code == 303
    assert find(case_id).owner_id == house.lead.user_id


def test_an_heir_who_is_the_deputy_asks_for_another_deputy(worker, house):
    case_id = make_case(house)
    fields = {"files": str(case_id), "owner": str(house.deputy.user_id), "how": "good"}

    assert worker.post("/fr/cases/hand-over", **fields).status_code == 422
    answer = worker.post("/fr/cases/hand-over", deputy=str(house.lead.user_id), **fields)
    assert answer.status_code == 303
    assert find(case_id).deputy_id == house.lead.user_id


def test_the_bar_tells_how_many_files_wait(worker, house):
    case_id = make_case(house)
    find(case_id)
    worker.post(
        at(case_id, "/step"), text="Aujourd’hui", on=coming(0), shown_text="Rappeler", shown_on=coming(1)
    )

    assert re.search(r"account-bar__waiting[^>]*>[^<]*\(1\)", worker.browser.get("/fr/account/").text)


# Odd values


ODD = ["\x00", "é" * 400, "[]", "{}", "-1", "9999-99-99", "\u202eabc", "'; DROP TABLE case_file; --"]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_values_are_refused_and_nothing_breaks(worker, house, odd):
    case_id = make_case(house, {"follow_up": ["48-hours"], "safe_contact": NEVER_NOW})
    row = list_follow_ups(cases_session(), case_id)[0].id
    names = ("text", "on", "owner", "deputy", "how", "until", "reason", "note", "reached", "words", "files")
    fields = dict.fromkeys((*names, "shown_text", "shown_on", "shown_owner", "shown_deputy"), odd)
    for path in (
        *(at(case_id, rest) for rest in ("/step", "/people", "/close", f"/follow-ups/{row}")),
        "/fr/cases/hand-over",
        f"/fr/cases/hand-over?of={'x' * 50}",
    ):
        assert worker.post(path, **fields).status_code in {400, 422}, path

    case = find(case_id)
    assert (case.status, case.owner_id) == (CaseStatus.OPEN, house.worker.user_id)


def test_the_account_stands_where_files_cannot_be_read(worker, monkeypatch):
    def fail(*_arguments):
        raise OperationalError("SELECT", {}, Exception("no database"))

    monkeypatch.setattr(file_views.queries, "count_due", fail)

    assert worker.browser.get("/fr/account/").status_code == 200
