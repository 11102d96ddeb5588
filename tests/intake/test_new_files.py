from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from referral.intake import new_files, queries
from referral.intake.answers import read_answers
from referral.intake.cases import read_step
from referral.intake.models import Case
from referral.intake.new_files import make_entry, prepare, read_entry
from referral.intake.safe import open_safe
from referral.intake.vocabulary import CaseEventKind, CaseStatus, Said, Urgency
from referral.shared.clock import QUEBEC, now
from referral.shared.database import cases_session
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, make_case, make_house

NEW, QUICK = "/fr/cases/new", "/fr/cases/new/open"
PAPERS = ("/cases/paper", "/cases/paper/plan")
LOADED = ("traite", "traffic", "trafic", "victim", "relais", "exploit", "prostit", "survivant", "survivor")


@pytest.fixture
def worker(app, client, session, house):
    return enter(app, session, house.worker)


def today():
    return now().astimezone(QUEBEC).date()


def files():
    cases_session().rollback()
    return cases_session().scalars(sa.select(Case)).all()


def quick(house, **more):
    fields = {
        "entry": make_entry(house.id),
        "nickname": "Merle Exemple",
        "age_band": "25-64",
        "region": "06",
        "needs": "shelter",
        "level": "u2",
        "reason": "Exemple",
        "deputy": str(house.deputy.user_id),
        "step": "Rappeler",
        "step_on": today().isoformat(),
        "opened_on": "2026-01-15",
    }
    return {name: value for name, value in {**fields, **more}.items() if value is not None}


def test_a_button_begins_a_file_of_ones_own_and_leads_to_its_form(house, worker):
    answer = worker.post(NEW)
    [case] = files()

    assert (case.status, case.owner_id, case.organization_id) == (
        CaseStatus.DRAFT,
        house.worker.user_id,
        house.id,
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/cases/{case.id}/intake")


def test_a_telephone_is_led_to_the_first_idea(house, worker):
    token = worker.token()
    answer = worker.browser.post(NEW, data={"csrf_token": token}, headers={"Sec-CH-UA-Mobile": "?1"})

    assert answer.headers["Location"].endswith("/intake/rights")


def test_the_same_form_sent_twice_begins_one_file(house, worker):
    entry = re.search(r'name="entry" value="([^"]+)"', worker.browser.get(NEW).text)[1]

    first, second = (worker.post(NEW, entry=entry) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert len(files()) == 1


def test_a_key_that_a_cut_off_attempt_left_is_taken_up(house, worker):
    entry = make_entry(house.id)
    safe = prepare(read_entry(entry, house.id), house.id, now())

    assert worker.post(QUICK, **quick(house, entry=entry)).status_code == 303
    [case] = files()
    assert case.id == safe.thing
    assert open_safe(case.id).key == safe.key


def test_a_mark_of_another_organization_leads_to_none_of_its_files(app, session, house, worker):
    entry = make_entry(house.id)
    worker.post(NEW, entry=entry)
    other_house = make_house(session, "Refuge Exemple")
    other = enter(app, session, other_house.worker)

    answer = other.post(NEW, entry=entry)

    assert answer.status_code == 303
    assert str(read_entry(entry, house.id)) not in answer.headers["Location"]
    assert {case.organization_id for case in files()} == {house.id, other_house.id}


def test_a_mark_that_is_none_of_ours_begins_a_file_by_chance(house, worker):
    assert worker.post(NEW, entry="00000000-0000-0000-0000-000000000001").status_code == 303
    assert worker.post(NEW, entry="é" * 1000).status_code == 303
    assert len({case.id for case in files()}) == 2


def test_a_file_that_is_open_already_is_entered_as_it_stands(house, worker):
    answer = worker.post(QUICK, **quick(house))
    [case] = files()
    safe = open_safe(case.id)

    assert answer.headers["Location"].endswith(f"/cases/{case.id}")
    assert (case.status, case.deputy_id, case.urgency) == (
        CaseStatus.OPEN,
        house.deputy.user_id,
        Urgency.TONIGHT,
    )
    assert case.opened_at.astimezone(QUEBEC).date() == date(2026, 1, 15)
    assert read_step(case, safe).text == "Rappeler"
    known = read_answers(cases_session(), case.id, safe)
    assert {name: (each.said, each.value) for name, each in known.items()} == {
        "nickname": (Said.ANSWERED, "Merle Exemple"),
        "age_band": (Said.ANSWERED, "25-64"),
        "urgency": (Said.ANSWERED, {"level": "u2", "reason": "Exemple"}),
        "needs": (Said.ANSWERED, {"shelter": "need-now"}),
        "regions": (Said.ANSWERED, {"now": "06"}),
    }


def test_the_minimum_is_a_deputy_a_next_step_and_its_day(house, worker):
    empty = {"nickname": "", "age_band": "", "region": "", "needs": None, "level": None, "reason": ""}

    assert worker.post(QUICK, **quick(house, **empty)).status_code == 303
    [case] = files()
    assert case.urgency is None


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "wrong",
    [
        {"deputy": None},
        {"deputy": "00000000-0000-0000-0000-000000000001"},
        {"step": None},
        {"step": "  "},
        {"step_on": "hier"},
        {"step_on": "2020-01-01"},
        {"opened_on": "2999-01-01"},
        {"opened_on": "1999-01-01"},
        {"reason": None},
        {"level": None},
        {"level": "u9"},
        {"age_band": "15"},
        {"region": "99"},
        {"needs": "gold"},
        {"nickname": "x" * 61},
        {"step": "x" * 141},
    ],
)
def test_what_is_wrong_keeps_nothing_and_comes_back_as_typed(house, worker, wrong):
    answer = worker.post(QUICK, **quick(house, **wrong))

    assert answer.status_code == 422
    assert files() == []
    if "reason" not in wrong:
        assert 'value="Exemple"' in answer.text


def test_oneself_is_no_deputy(house, worker):
    assert worker.post(QUICK, **quick(house, deputy=str(house.worker.user_id))).status_code == 422


def test_a_likely_duplicate_asks_before_it_is_entered(session, house, worker):
    known = make_case(house, {"nickname": "Merle Exemple"})
    make_case(make_house(session, "Refuge Exemple"), {"nickname": "Merle Exemple"})

    asked = worker.post(QUICK, **quick(house))
    assert asked.status_code == 422
    assert asked.text.count("/fr/cases/" + str(known)) == 1
    assert len(re.findall(r"Dossier [0-9A-Z]{4}-[0-9A-Z]{4}", asked.text)) == 1

    assert worker.post(QUICK, **quick(house, another="y")).status_code == 303


def test_an_entry_sent_twice_is_one_file(house, worker):
    fields = quick(house)

    assert worker.post(QUICK, **fields).status_code == worker.post(QUICK, **fields).status_code == 303
    assert len(files()) == 1


def test_several_files_are_entered_one_after_the_other(house, worker):
    answer = worker.post(QUICK, **quick(house, do="another"))

    assert answer.headers["Location"].endswith(QUICK)
    page = worker.browser.get(QUICK).text
    assert files()[0].code in page
    assert 'value="Merle Exemple"' not in page
    assert f'value="{today().isoformat()}"' in page
    assert f'value="{(today() + timedelta(days=2)).isoformat()}"' in page


@ON_ONE_BACKEND
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PAPERS)
def test_what_is_printed_blank_tells_nothing_of_what_it_is_about(house, worker, language, path):
    page = worker.browser.get(f"/{language}{path}").text
    sheet = re.search(r'<article class="blank">(.*?)</article>', page, re.DOTALL)[1].casefold()
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1].casefold()

    assert not [word for word in LOADED if word in sheet or word in title]
    assert not re.search(r"<(form|input|textarea|select|img|svg|a)\b", sheet)
    assert files() == []


@pytest.mark.parametrize("where", [NEW, QUICK])
def test_a_button_pressed_twice_at_once_begins_one_file_and_breaks_no_page(house, worker, monkeypatch, where):
    """The other press makes the key after ours has looked for it, and the file before ours is stored."""
    entry, look, is_first = make_entry(house.id), new_files.open_safes, [True]

    def look_then_lose(things):
        found = look(things)
        if is_first.pop() if is_first else False:
            assert worker.post(where, **quick(house, entry=entry)).status_code == 303
        return found

    monkeypatch.setattr(new_files, "open_safes", look_then_lose)
    answer = worker.post(where, **quick(house, entry=entry))

    assert answer.status_code == 303
    assert len(files()) == 1


def test_a_file_entered_open_is_begun_before_it_is_opened(house, worker):
    for number in range(5):
        worker.post(QUICK, **quick(house, nickname=f"{number} Exemple {'abcde'[number] * 7}", another="y"))
    told = [queries.list_events(cases_session(), case.id, 1)[0] for case in files()]

    assert [[each.kind for each in rows][-1] for rows in told] == [CaseEventKind.CREATED] * 5
