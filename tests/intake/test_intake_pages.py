from __future__ import annotations

import re
import uuid
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.accounts.models import UserSession
from referral.audit.models import CasesAuditEvent
from referral.intake.answer_fields import show_value
from referral.intake.answers import Given, read_answers, save_answers
from referral.intake.models import Case, CaseEvent
from referral.intake.notices import NOTICE_VERSION
from referral.intake.questions import BY_NAME
from referral.intake.safe import open_safe
from referral.intake.steps import STEPS, step_of
from referral.intake.vocabulary import CaseEventKind, CaseStatus, Said, Urgency
from referral.shared.clock import now
from referral.shared.database import cases_session, writing
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, held_case, make_actor, make_case, make_draft, make_house
from tests.intake.test_answer_fields import VALUES

ANSWERED = [(name, value) for name, values in VALUES.items() for value in values]
FIELD = re.compile(r'<input type="hidden" name="([a-z_0-9]+-(?:row|base))" value="([^"]*)">')
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile"}


@pytest.fixture
def worker(app, client, session, house):
    return enter(app, session, house.worker)


def known(case_id):
    cases_session().rollback()
    return read_answers(cases_session(), case_id, open_safe(case_id))


def path(case_id, step=None):
    return f"/fr/cases/{case_id}/intake" + (f"/{step}" if step else "")


def hidden(page):
    return dict(FIELD.findall(page))


def fill(worker, where, more, *, keep=False, page=None):
    """Send what a page holds, with some fields filled in; from the page as it was shown, if one is given."""
    page = page or worker.browser.get(f"{where}?one-page=1").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    data = {"csrf_token": token, **hidden(page), **more}
    return worker.browser.post(where, data=data, headers={"X-Keep": "1"} if keep else {})


def typed(name, said, value):
    return {field: list(texts) for field, texts in show_value(name, said, value).fields.items()}


@ON_ONE_BACKEND
@pytest.mark.parametrize(("name", "value"), ANSWERED)
def test_an_answer_that_is_typed_is_kept_and_shown_again(house, worker, name, value):
    case_id = make_draft(house)
    where = path(case_id, step_of(name))

    assert fill(worker, where, typed(name, Said.ANSWERED, value)).status_code == 303
    assert known(case_id)[name] == Given(Said.ANSWERED, value, 1)

    page = worker.browser.get(where).text
    for text in (each for each in show_value(name, Said.ANSWERED, value).fields.values()):
        assert all(f'value="{one}"' in page or one in page for one in text)
    assert fill(worker, where, typed(name, Said.ANSWERED, value), page=page).status_code == 303
    assert known(case_id)[name].version == 1


@ON_ONE_BACKEND
@pytest.mark.parametrize("said", [Said.DECLINED, Said.UNKNOWN])
@pytest.mark.parametrize("name", BY_NAME)
def test_why_there_is_no_answer_is_kept_for_every_question(house, worker, name, said):
    case_id = make_draft(house, {name: VALUES[name][0]})
    where = path(case_id, step_of(name))

    assert fill(worker, where, typed(name, said, None)).status_code == 303
    assert known(case_id)[name] == Given(said, None, 2)

    assert fill(worker, where, typed(name, None, None)).status_code == 303
    assert name not in known(case_id)


def test_the_whole_form_takes_every_question_at_once(house, worker):
    case_id = make_draft(house)
    fields = {}
    for name, values in VALUES.items():
        fields |= typed(name, Said.ANSWERED, values[0])

    assert fill(worker, path(case_id), fields).status_code == 303
    assert {name: each.value for name, each in known(case_id).items()} == {
        name: values[0] for name, values in VALUES.items()
    }


def test_what_is_wrong_comes_back_as_typed_and_the_rest_is_kept(house, worker):
    case_id = make_draft(house)

    answer = fill(
        worker,
        path(case_id),
        {"nickname-text": "Merle Exemple", "urgency-said": "u2", "note-text": "x" * 501},
    )

    assert answer.status_code == 422
    assert "x" * 501 in answer.text
    assert 'href="#urgency"' in answer.text
    assert 'href="#note"' in answer.text
    assert set(known(case_id)) == {"nickname"}


def test_urgency_is_never_chosen_beforehand(house, worker):
    page = worker.browser.get(path(make_draft(house, {"age_band": "0-13"}), "urgency")).text

    assert not re.search(r'value="u[1-4]"\s+checked', page)
    assert "911" in page


def test_the_queue_is_told_of_the_urgency_and_danger_shows_911_on_every_page(house, worker):
    case_id = make_draft(house)
    fill(worker, path(case_id, "urgency"), {"urgency-said": "u1", "urgency-reason": "Exemple"})
    cases_session().rollback()

    assert cases_session().get_one(Case, case_id).urgency is Urgency.NOW
    assert 'class="danger-banner"' in worker.browser.get(path(case_id, "note")).text


def test_two_who_change_one_answer_see_both_versions_and_neither_is_lost(app, session, house, worker):
    case_id = make_draft(house, {"nickname": "Grive Exemple"})
    page = worker.browser.get(path(case_id, "name")).text
    with held_case(case_id, house.deputy) as held:
        save_answers(held, {"nickname": Given(Said.ANSWERED, "Merle Exemple", 1)})

    answer = fill(worker, path(case_id, "name"), {"nickname-text": "Pinson Exemple"}, page=page)

    assert answer.status_code == 409
    assert "Merle Exemple" in answer.text
    assert 'value="Pinson Exemple"' in answer.text
    assert known(case_id)["nickname"].value == "Merle Exemple"

    again = fill(worker, path(case_id, "name"), {"nickname-text": "Pinson Exemple"}, page=answer.text)
    assert again.status_code == 303
    assert known(case_id)["nickname"].value == "Pinson Exemple"


def test_who_takes_back_an_answer_that_another_changed_is_told(house, worker):
    case_id = make_draft(house, {"nickname": "Grive Exemple"})
    page = worker.browser.get(path(case_id, "name")).text
    with held_case(case_id, house.deputy) as held:
        save_answers(held, {"nickname": Given(Said.ANSWERED, "Merle Exemple", 1)})

    assert fill(worker, path(case_id, "name"), {"nickname-text": ""}, page=page).status_code == 409
    assert known(case_id)["nickname"].value == "Merle Exemple"


def test_a_second_tab_that_changes_another_answer_disturbs_nobody(house, worker):
    case_id = make_draft(house, {"nickname": "Grive Exemple", "note": "Exemple"})
    page = worker.browser.get(f"{path(case_id)}?one-page=1").text
    with held_case(case_id, house.deputy) as held:
        save_answers(held, {"note": Given(Said.ANSWERED, "Autre exemple", 1)})

    answer = fill(
        worker, path(case_id), {"nickname-text": "Merle Exemple", "note-text": "Exemple"}, page=page
    )

    assert answer.status_code == 303
    assert {name: each.value for name, each in known(case_id).items()} == {
        "nickname": "Merle Exemple",
        "note": "Autre exemple",
    }


def test_what_is_kept_as_it_is_typed_is_answered_without_content(house, worker):
    case_id = make_draft(house)

    answer = fill(
        worker,
        path(case_id),
        {"nickname-text": "Merle Exemple", "urgency-said": "u2", "age_band-said": "18-24"},
        keep=True,
    )

    assert answer.status_code == 200
    assert answer.json["kept"]["nickname"]["row"] == 1
    assert answer.json["wrong"].keys() == {"urgency"}
    assert "Merle" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert known(case_id).keys() == {"nickname", "age_band"}


def test_what_is_kept_as_it_is_typed_says_of_a_conflict_which_question(house, worker):
    case_id = make_draft(house, {"nickname": "Grive Exemple"})
    page = worker.browser.get(path(case_id, "name")).text
    with held_case(case_id, house.deputy) as held:
        save_answers(held, {"nickname": Given(Said.ANSWERED, "Merle Exemple", 1)})

    answer = fill(worker, path(case_id, "name"), {"nickname-text": "Pinson"}, keep=True, page=page)

    assert answer.json["conflicts"] == ["nickname"]
    assert "nickname" not in answer.json["kept"]


def test_a_time_out_brings_back_what_was_typed(app, session, house, worker):
    case_id = make_draft(house)
    page = worker.browser.get(path(case_id, "note")).text
    with writing(session):
        session.execute(
            sa.update(UserSession)
            .where(UserSession.id == worker.session_id)
            .values(seen_at=now() - timedelta(days=1))
        )

    ended = fill(worker, path(case_id, "note"), {"note-text": "Exemple tapé"}, page=page)
    assert ended.status_code == 401
    assert "Exemple tapé" not in ended.text
    assert known(case_id) == {}

    again = enter(app, session, house.worker)
    fields = {**hidden(page), "note-text": "Exemple tapé", "restored": "1"}
    shown = again.post(path(case_id, "note"), **fields)
    assert shown.status_code == 200
    assert "Exemple tapé" in shown.text
    assert known(case_id) == {}
    assert (
        fill(again, path(case_id, "note"), {"note-text": "Exemple tapé"}, page=shown.text).status_code == 303
    )
    assert known(case_id)["note"].value == "Exemple tapé"


def test_what_comes_back_upon_an_older_version_still_conflicts(app, session, house, worker):
    case_id = make_draft(house, {"note": "Un"})
    page = worker.browser.get(path(case_id, "note")).text
    with held_case(case_id, house.deputy) as held:
        save_answers(held, {"note": Given(Said.ANSWERED, "Deux", 1)})

    fields = {**hidden(page), "note-text": "Trois", "restored": "1"}
    shown = worker.post(path(case_id, "note"), **fields)
    assert fill(worker, path(case_id, "note"), {"note-text": "Trois"}, page=shown.text).status_code == 409


def test_a_closed_file_keeps_what_was_typed_on_the_page(house, worker):
    case_id = make_case(house)
    page = worker.browser.get(path(case_id, "note")).text
    with held_case(case_id, house.worker) as held:
        held.case.status = CaseStatus.CLOSED

    answer = fill(worker, path(case_id, "note"), {"note-text": "Exemple tapé"}, page=page)

    assert answer.status_code == 409
    assert "Exemple tapé" in answer.text
    assert worker.browser.get(path(case_id, "note")).status_code == 303


def test_an_intake_goes_on_where_it_was_left(house, worker):
    case_id = make_draft(house, {"notice": VALUES["notice"][0], "nickname": "Merle Exemple"})

    led = worker.browser.get(path(case_id), headers=PHONE)

    assert led.headers["Location"].endswith("/intake/age")
    assert worker.browser.get(f"{path(case_id)}?one-page=1", headers=PHONE).status_code == 200


def test_pages_lead_from_one_idea_to_the_next_and_back(house, worker):
    case_id = make_draft(house)
    steps = list(STEPS)

    for before, after in pairwise(steps):
        assert fill(worker, path(case_id, before), {}).headers["Location"].endswith(f"/{after}")
        back = fill(worker, path(case_id, after), {"do": "back"}).headers["Location"]
        assert back.endswith(f"/{before}")


def test_the_end_says_what_is_said_and_what_is_left(house, worker):
    page = worker.browser.get(path(make_draft(house, {"age_band": "18-24"}), "end")).text

    assert page.count('<span class="mark" aria-hidden="true">○</span>') == 11
    assert page.count('<span class="mark" aria-hidden="true">●</span>') == 1


def test_a_likely_duplicate_of_the_organization_is_pointed_out(session, house, worker):
    other = make_case(house, {"nickname": "Sorbier Exemple"})
    case_id = make_draft(house)

    answer = fill(worker, path(case_id, "name"), {"nickname-text": "sorbier exempel"})

    assert answer.headers["Location"].endswith("/name")
    page = worker.browser.get(path(case_id, "name")).text
    assert cases_session().get_one(Case, other).code in page
    assert "Alex Exemple" in page
    on = fill(worker, path(case_id, "name"), {"nickname-text": "sorbier exempel"})
    assert on.headers["Location"].endswith("/age")


def test_nobody_is_told_of_a_file_of_another_organization(session, house, worker):
    elsewhere = make_case(make_house(session, "Refuge Exemple"), {"nickname": "Sorbier Exemple"})
    case_id = make_draft(house)

    answer = fill(worker, path(case_id, "name"), {"nickname-text": "Sorbier Exemple"})

    assert answer.headers["Location"].endswith("/age")
    page = worker.browser.get(path(case_id, "name")).text
    assert cases_session().get_one(Case, elsewhere).code not in page
    assert 'class="alike"' not in page


def test_a_child_under_14_brings_up_who_consents_and_nothing_is_written_by_itself(house, worker):
    case_id = make_draft(house)

    answer = fill(worker, path(case_id, "age"), {"age_band-said": "0-13"})

    assert answer.headers["Location"].endswith("/age")
    page = worker.browser.get(path(case_id, "age")).text
    assert "P-34.1" in page or "protection de la jeunesse" in page
    assert known(case_id).keys() == {"age_band"}
    assert "minor-line" in worker.browser.get(path(case_id, "note")).text
    events = cases_session().scalars(sa.select(CaseEvent.kind).where(CaseEvent.case_id == case_id)).all()
    assert set(events) == {CaseEventKind.CREATED, CaseEventKind.CHANGED}


def test_organizations_to_avoid_are_found_by_name_without_javascript(session, house, worker):
    avoided = make_house(session, "Auberge du Sureau Exemple").id
    case_id = make_draft(house)

    offered = fill(
        worker,
        path(case_id, "organizations"),
        {"organizations_to_avoid-find": "sureau auberge", "do": "organizations"},
    )
    assert offered.status_code == 200
    assert f'value="{avoided}"' in offered.text
    sent = {"organizations_to_avoid-ids": str(avoided)}
    assert fill(worker, path(case_id, "organizations"), sent, page=offered.text).status_code == 303

    assert known(case_id)["organizations_to_avoid"].value == [str(avoided)]
    assert "Auberge du Sureau Exemple" in worker.browser.get(path(case_id, "organizations")).text


def test_one_sitting_is_one_line_of_the_timeline_and_of_the_audit(house, worker):
    case_id = make_draft(house)
    for text in ("Un", "Deux", "Trois"):
        fill(worker, path(case_id, "note"), {"note-text": text}, keep=True)

    changed = sa.select(CaseEvent).where(
        CaseEvent.case_id == case_id, CaseEvent.kind == CaseEventKind.CHANGED
    )
    assert len(cases_session().scalars(changed).all()) == 1
    acts = cases_session().scalars(
        sa.select(CasesAuditEvent.action).where(CasesAuditEvent.target_id == str(case_id))
    )
    assert list(acts).count("change") == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_notice_is_read_in_under_a_minute(house, worker, language):
    page = worker.browser.get(f"/{language}/cases/{make_draft(house)}/intake/rights").text
    texts = re.findall(r'<div class="read-out" lang="(..)">(.*?)</div>', page, re.DOTALL)

    assert [each[0] for each in texts] == [language, "en" if language == "fr" else "fr"]
    for _language, text in texts:
        assert len(re.sub(r"<[^>]+>", " ", text).split()) <= 150
        assert "Maison Exemple" in text
    assert NOTICE_VERSION in page


@ON_ONE_BACKEND
@pytest.mark.parametrize("step", [None, *STEPS])
def test_a_title_tells_nothing(house, worker, step):
    case_id = make_draft(house, {"nickname": "Merle Exemple"})
    page = worker.browser.get(f"{path(case_id, step)}?one-page=1").text
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1].strip()

    assert title == "Dossier – Relais"


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "role", [Role.PARTNER_EDITOR, Role.VETTER, Role.OPERATOR, Role.PRIVACY_OFFICER, "elsewhere"]
)
def test_nobody_else_finds_the_form(app, client, session, house, role):
    place = make_house(session, "Refuge Exemple").id if role == "elsewhere" else house.id
    kept = Role.INTAKE_WORKER if role == "elsewhere" else role
    actor = make_actor(session, None if role in {Role.VETTER, Role.OPERATOR} else place, "Dany", kept)
    person, case_id = enter(app, session, actor), make_draft(house)

    for where in (path(case_id), path(case_id, "name"), path(case_id, "nowhere")):
        assert person.browser.get(where).status_code == 404
        assert person.post(where, **{"nickname-row": "0", "nickname-text": "x"}).status_code == 404
    if role != "elsewhere":
        for where in ("new", "new/open", "paper", "paper/plan"):
            assert person.browser.get(f"/fr/cases/{where}").status_code == 404
        assert person.post("/fr/cases/new").status_code == 404
    assert known(case_id) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"nickname-row": "²", "nickname-text": "Merle"},
        {"nickname-row": "-1", "nickname-text": "Merle"},
        {"nickname-row": "9" * 5000, "nickname-text": "Merle"},
        {"regions-row": "0", "regions-now": "'; --"},
        {"safe_contact-row": "0", "safe_contact-days": "9" * 5000},
        {"organizations_to_avoid-row": "0", "organizations_to_avoid-ids": "../"},
        {"needs-row": "0", "needs-safety": "<script>"},
        {"notice-row": "0", "notice-language": "fr", "notice-version": "x" * 400},
        {"note-row": "0", "note-text": "x" * 100_000},
        {"unknown-row": "0", "unknown-text": "x"},
    ],
)
def test_odd_values_are_refused_in_words(house, worker, fields):
    case_id = make_draft(house, {"age_band": "18-24"})

    assert worker.post(path(case_id), **fields).status_code in {303, 409, 413, 422}
    assert set(known(case_id)) - {"nickname"} == {"age_band"}


def test_an_unknown_page_of_the_form_is_not_there(house, worker):
    case_id = make_draft(house)

    assert worker.browser.get(path(case_id, "nowhere")).status_code == 404
    assert worker.post(path(case_id, "nowhere")).status_code == 404
    assert worker.browser.get(path(uuid.uuid4(), "name")).status_code == 404
