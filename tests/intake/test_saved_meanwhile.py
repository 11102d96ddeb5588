"""A page that saves as one types never puts an older answer in the place of what another wrote."""

from __future__ import annotations

import pytest

from referral.intake.answers import Given, save_answers
from referral.intake.vocabulary import Said
from tests.intake.filing import enter, held_case, make_draft
from tests.intake.test_intake_pages import fill, hidden, known, path

OTHERS = {"nickname": Given(Said.ANSWERED, "Grive Exemple", 1)}


@pytest.fixture
def worker(app, client, session, house):
    return enter(app, session, house.worker)


@pytest.fixture
def case_id(house):
    return make_draft(house, {"nickname": "Merle Exemple"})


def write(case_id, actor, *changes):
    with held_case(case_id, actor) as held:
        for change in changes:
            save_answers(held, change)


def taken(fields, answer):
    """Return the hidden fields of a page as its script leaves them after an answer."""
    for name, each in answer.json["kept"].items():
        fields |= {f"{name}-row": str(each["row"]), f"{name}-base": each["base"]}
    return fields


def test_typing_elsewhere_on_the_page_does_not_undo_what_another_wrote_meanwhile(house, worker, case_id):
    page = worker.browser.get(f"{path(case_id)}?one-page=1").text
    fields = {**hidden(page), "nickname-text": "Merle Exemple"}
    write(case_id, house.deputy, OTHERS)
    for text in ("Une note Exemple", "Une note Exemple plus longue"):
        answer = fill(worker, path(case_id), {**fields, "note-text": text}, keep=True, page=page)
        fields = taken(fields, answer)

    assert known(case_id)["nickname"].value == "Grive Exemple"
    assert known(case_id)["note"].value == "Une note Exemple plus longue"


@pytest.mark.parametrize("keep", [False, True])
def test_an_answer_taken_back_and_given_anew_is_another(house, worker, case_id, keep):
    page = worker.browser.get(f"{path(case_id)}?one-page=1").text
    write(case_id, house.deputy, {"nickname": None}, {"nickname": Given(Said.ANSWERED, "Grive Exemple", 0)})
    assert known(case_id)["nickname"].version == 1

    answer = fill(worker, path(case_id), {"nickname-text": "Geai Exemple"}, keep=keep, page=page)

    assert known(case_id)["nickname"].value == "Grive Exemple"
    assert answer.json["conflicts"] == ["nickname"] if keep else answer.status_code == 409
