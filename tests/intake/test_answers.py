from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.intake.answers import AnswerConflictError, CaseClosedError, Given, read_answers, save_answers
from referral.intake.models import Answer, Case
from referral.intake.questions import ValueRefusedError
from referral.intake.safe import destroy_safe, open_safe
from referral.intake.vocabulary import CaseStatus, Said, Urgency
from referral.keyring.services import KeyDestroyedError
from referral.shared.database import cases_session
from referral.shared.encryption import SealBrokenError
from tests.intake.filing import held_case, make_draft

PLANTED = "Sorbier-Exemple-4471"
URGENT = {"level": "u2", "reason": "Ne peut pas rentrer ce soir"}


def read(case_id):
    return read_answers(cases_session(), case_id, open_safe(case_id))


def test_an_answer_comes_back_as_it_was_given(house):
    case_id = make_draft(house, {"nickname": PLANTED})

    assert read(case_id)["nickname"] == Given(Said.ANSWERED, PLANTED, 1)


def test_what_was_not_asked_is_not_there(house):
    assert read(make_draft(house)) == {}


@pytest.mark.parametrize("said", [Said.DECLINED, Said.UNKNOWN])
def test_not_saying_and_not_knowing_are_kept_apart(house, said):
    case_id = make_draft(house)
    with held_case(case_id, house.worker) as held:
        save_answers(held, {"age_band": Given(said)})

    assert read(case_id)["age_band"] == Given(said, None, 1)


def test_a_stored_answer_shows_nothing_of_itself(house):
    case_id = make_draft(house, {"nickname": PLANTED})
    row = cases_session().scalars(sa.select(Answer).where(Answer.case_id == case_id)).one()

    assert PLANTED.encode() not in row.sealed


def test_an_answer_moved_to_another_question_opens_no_more(house):
    case_id = make_draft(house, {"nickname": PLANTED})
    with held_case(case_id, house.worker) as held:
        held.session.execute(sa.update(Answer).where(Answer.case_id == case_id).values(name="note"))

    with pytest.raises(SealBrokenError):
        read(case_id)


def test_an_answer_moved_to_another_file_opens_no_more(house):
    case_id, other = make_draft(house, {"nickname": PLANTED}), make_draft(house)
    with held_case(case_id, house.worker) as held:
        held.session.execute(sa.update(Answer).where(Answer.case_id == case_id).values(case_id=other))

    with pytest.raises(SealBrokenError):
        read(other)


def test_who_writes_upon_an_older_answer_is_shown_the_newer(house):
    case_id = make_draft(house, {"nickname": PLANTED})
    with held_case(case_id, house.deputy) as held:
        save_answers(held, {"nickname": Given(Said.ANSWERED, "Merle", 1)})

    with pytest.raises(AnswerConflictError) as raised, held_case(case_id, house.worker) as held:
        save_answers(held, {"nickname": Given(Said.ANSWERED, "Grive", 1)})

    assert raised.value.theirs == Given(Said.ANSWERED, "Merle", 2)


def test_saving_what_is_there_already_is_no_conflict(house):
    case_id = make_draft(house, {"nickname": PLANTED})
    with held_case(case_id, house.worker) as held:
        assert save_answers(held, {"nickname": Given(Said.ANSWERED, PLANTED, 0)}) == []


def test_one_wrong_answer_keeps_none_of_them(house):
    case_id = make_draft(house)
    with pytest.raises(ValueRefusedError), held_case(case_id, house.worker) as held:
        save_answers(
            held, {"nickname": Given(Said.ANSWERED, PLANTED), "age_band": Given(Said.ANSWERED, "vieille")}
        )

    assert read(case_id) == {}


def test_an_answer_that_is_taken_back_was_not_asked(house):
    case_id = make_draft(house, {"urgency": URGENT})
    with held_case(case_id, house.worker) as held:
        save_answers(held, {"urgency": None})

    assert read(case_id) == {}
    assert cases_session().get_one(Case, case_id).urgency is None


def test_the_queue_knows_the_urgency_that_a_person_set(house):
    case_id = make_draft(house, {"urgency": URGENT})

    assert cases_session().get_one(Case, case_id).urgency is Urgency.TONIGHT


def test_a_closed_file_is_not_changed(house):
    case_id = make_draft(house)
    with held_case(case_id, house.worker) as held:
        held.case.status = CaseStatus.CLOSED

    with pytest.raises(CaseClosedError), held_case(case_id, house.worker) as held:
        save_answers(held, {"nickname": Given(Said.ANSWERED, PLANTED)})


def test_without_its_key_nothing_of_a_file_is_read(house):
    case_id = make_draft(house, {"nickname": PLANTED})
    destroy_safe(case_id)

    with pytest.raises(KeyDestroyedError):
        open_safe(case_id)
