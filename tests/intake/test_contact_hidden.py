"""While her own rule does not allow it, no page of work shows how she is reached, nor loses it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.intake.answers import Given, read_answers
from referral.intake.contact import shown_now
from referral.intake.models import Answer
from referral.intake.safe import open_safe
from referral.intake.steps import step_of
from referral.intake.vocabulary import Item, Said
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import enter, make_case, make_house
from tests.intake.granting import make_agreement, make_grant, make_packet
from tests.intake.test_intake_pages import fill, hidden, path
from tests.intake.test_life_views import ALWAYS, NEVER_NOW, PHONE

RULE = {**NEVER_NOW, "ask_for": "Zoé Exemple"}
TELLING = (PHONE, "Zoé Exemple", "Léa du garage")
ANOTHER = {"safe_contact-channel": "email", "safe_contact-detail": "autre@exemple.example"}


@pytest.fixture
def case_id(house):
    return make_case(house, {"safe_contact": RULE, "nickname": "Merle Exemple"})


@pytest.fixture
def other(app, client, session, house):
    """A colleague who did not write it."""
    return enter(app, session, house.deputy)


@pytest.fixture
def writer(app, client, session, house):
    return enter(app, session, house.worker)


def told(page):
    return [text for text in TELLING if text in page]


def rule_of(case_id):
    cases_session().rollback()
    return read_answers(cases_session(), case_id, open_safe(case_id))["safe_contact"]


def test_a_rule_without_what_tells_still_says_when():
    shown = shown_now(RULE, now())

    assert shown == {"channel": "phone", "days": RULE["days"], "voicemail": False}
    assert shown_now(ALWAYS, now()) == ALWAYS


@pytest.mark.parametrize("step", [None, step_of("safe_contact")])
def test_the_form_does_not_show_it_to_who_did_not_just_write_it(other, case_id, step):
    where = path(case_id, step)

    assert told(other.browser.get(f"{where}?one-page=1").text) == []


def test_the_form_gives_no_mark_by_which_it_could_be_guessed(other, case_id):
    assert hidden(other.browser.get(f"{path(case_id)}?one-page=1").text)["safe_contact-base"] == ""


def test_who_just_wrote_it_sees_it_and_a_quarter_of_an_hour_later_does_not(writer, case_id):
    assert told(writer.browser.get(f"{path(case_id)}?one-page=1").text)
    with writing(cases_session(), CASES) as session:
        session.execute(sa.update(Answer).values(changed_at=now() - timedelta(minutes=16)))

    assert told(writer.browser.get(f"{path(case_id)}?one-page=1").text) == []


@pytest.mark.parametrize("keep", [False, True])
def test_saving_the_form_takes_nothing_of_it_away(other, case_id, keep):
    answer = fill(other, path(case_id), {"note-text": "Note Exemple"}, keep=keep)

    assert answer.status_code == (200 if keep else 303)
    assert told(answer.text) == []
    assert rule_of(case_id) == Given(Said.ANSWERED, RULE, 1)


def test_what_is_typed_takes_its_place(other, case_id):
    assert fill(other, path(case_id), ANOTHER).status_code == 303
    assert rule_of(case_id).value["detail"] == "autre@exemple.example"


def test_a_conflict_does_not_show_what_the_other_wrote_of_it(other, case_id):
    page = other.browser.get(f"{path(case_id)}?one-page=1").text
    shown = {**hidden(page), "safe_contact-row": "7"}
    answer = fill(other, path(case_id), {**shown, **ANOTHER}, page=page)

    assert answer.status_code == 409
    assert told(answer.text) == []


@pytest.mark.parametrize("page", ["consents", "consents/new"])
def test_pages_of_consents_do_not_show_it(session, house, other, case_id, page):
    receiver = make_house(session, "Refuge Exemple")
    make_grant(house, case_id, receiver.id)
    answer = other.browser.get(f"/fr/cases/{case_id}/{page}")

    assert answer.status_code == 200
    assert told(answer.text) == []


def test_whoever_receives_it_does_not_see_it_either_until_her_rule_allows(app, client, session, house):
    receiver = make_house(session, "Refuge Exemple")
    make_agreement(house, receiver)
    reader = enter(app, session, receiver.worker)
    pages = []
    for rule in (RULE, ALWAYS):
        case_id = make_case(house, {"safe_contact": rule})
        sent = make_packet(house, case_id, make_grant(house, case_id, receiver.id), (Item.SAFE_CONTACT,))
        pages.append(reader.browser.get(f"/fr/cases/received/{sent}"))

    assert [page.status_code for page in pages] == [200, 200]
    assert [told(page.text) != [] for page in pages] == [False, True]
