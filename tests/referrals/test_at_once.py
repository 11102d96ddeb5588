"""Two people at the same moment on one referral: one act is done, the other sees what became of it."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
import sqlalchemy as sa

from referral.intake.follow_ups import day_of
from referral.intake.models import Case, Consent, Packet
from referral.intake.safe import open_safe
from referral.intake.vocabulary import CaseStatus
from referral.referrals.models import ReferralEvent
from referral.referrals.moving import read_why
from referral.referrals.reasons import Reason
from referral.referrals.status import ReferralStatus
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.intake.filing import enter, make_case, make_house
from tests.intake.granting import ANSWERS
from tests.intake.test_consent_race import run
from tests.referrals.making import find
from tests.referrals.sent import agree, answer, draft, send, send_one

S = ReferralStatus
WORDS = "Sorbier-Exemple-3306"
ONE_OF_TWO = [HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT]


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def senders(app, session, client, house):
    return [enter(app, session, each) for each in (house.worker, house.deputy)]


@pytest.fixture
def readers(app, session, client, receiver):
    return [enter(app, session, each) for each in (receiver.worker, receiver.deputy)]


def posting(person, path, **fields):
    """Return what sends a form as its page did, once everybody is ready."""
    token = person.token()
    return lambda: person.browser.post(path, data={"csrf_token": token, **fields})


def acting(person, referral_id, what, **fields):
    """Return what presses a button of the page of a referral, as it is shown now."""
    page = person.browser.get(f"/fr/referrals/{referral_id}").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    return posting(person, f"/fr/referrals/{referral_id}/{what}", version=version, **fields)


def codes(answers):
    return sorted(each.status_code for each in answers)


def moves(referral_id):
    cases_session().rollback()
    rows = cases_session().scalars(sa.select(ReferralEvent).where(ReferralEvent.referral_id == referral_id))
    return [each.to_status for each in rows]


def test_of_two_who_answer_one_is_heard_and_the_other_sees_both(house, receiver, case_id, readers):
    referral_id = send_one(house, receiver, case_id)
    readers[0].browser.get(f"/fr/referrals/{referral_id}")
    answers = run(
        acting(readers[0], referral_id, "answer", wanted="rejected", reason="no-capacity", note=WORDS),
        acting(readers[1], referral_id, "answer", wanted="accepted", note=WORDS),
    )

    assert codes(answers) == ONE_OF_TWO
    refused = next(each.text for each in answers if each.status_code == HTTPStatus.CONFLICT)
    assert WORDS in refused
    wanted = "Accepter" if find(referral_id).status is S.REJECTED else "Refuser"
    assert re.search(rf"Vous vouliez\s*:\s*{wanted}", refused)
    assert find(referral_id).status in {S.ACCEPTED, S.REJECTED}
    assert len([each for each in moves(referral_id) if each in {S.ACCEPTED, S.REJECTED}]) == 1


def test_of_two_who_choose_in_a_group_one_is_heard(session, house, receiver, case_id, senders):
    other = make_house(session, "Auberge Exemple")
    asked = draft(house, case_id, [agree(house, each, case_id) for each in (receiver, other)])
    for each, place in zip(asked, (receiver, other), strict=True):
        send(house, each)
        answer(place, each, S.ACCEPTED)
    answers = run(*(acting(who, each, "choose") for who, each in zip(senders, asked, strict=True)))

    assert codes(answers) == ONE_OF_TWO
    chosen = [each for each in asked if find(each).chosen_at is not None]
    assert len(chosen) == 1
    stands = {each: find(each).status for each in asked}
    assert [stands.pop(each) for each in chosen] == [S.ACCEPTED]
    ((left, status),) = stands.items()
    assert (status, find(left).private_packet_id) == (S.CANCELLED, None)
    last = find(left).events[-1]
    assert read_why(last, open_safe(left)).reason is Reason.ANOTHER_ACCEPTED


def test_of_a_recall_and_an_acceptance_one_is_heard(house, receiver, case_id, senders, readers):
    referral_id = send_one(house, receiver, case_id)
    readers[0].browser.get(f"/fr/referrals/{referral_id}")
    answers = run(
        acting(senders[0], referral_id, "cancel", wanted="cancelled", reason="recalled", note=WORDS),
        acting(readers[0], referral_id, "answer", wanted="accepted", note=WORDS),
    )

    assert codes(answers) == ONE_OF_TWO
    assert WORDS in next(each.text for each in answers if each.status_code == HTTPStatus.CONFLICT)
    was_recalled = answers[0].status_code == HTTPStatus.SEE_OTHER
    assert find(referral_id).status is (S.CANCELLED if was_recalled else S.ACCEPTED)


def test_whatever_comes_first_of_a_withdrawal_and_an_acceptance_nothing_can_be_read_after(
    house, receiver, case_id, senders, readers
):
    referral_id = send_one(house, receiver, case_id)
    consent_id = find(referral_id).consent_id
    readers[0].browser.get(f"/fr/referrals/{referral_id}")
    path = f"/fr/cases/{case_id}/consents/{consent_id}/withdraw"
    withdrawn, accepted = run(
        posting(senders[0], path, way="phone"),
        acting(readers[0], referral_id, "answer", wanted="accepted", note=WORDS),
    )

    assert (withdrawn.status_code, accepted.status_code in ONE_OF_TWO) == (HTTPStatus.SEE_OTHER, True)
    assert find(referral_id).status is S.CANCELLED
    assert cases_session().get_one(Consent, consent_id).withdrawn_at is not None
    assert all(each.ended is not None for each in cases_session().scalars(sa.select(Packet)))
    assert (
        ANSWERS["safe_contact"]["detail"] not in readers[1].browser.get(f"/fr/referrals/{referral_id}").text
    )


def test_of_two_who_take_the_lead_one_begins_a_file(house, receiver, case_id, readers):
    referral_id = send_one(house, receiver, case_id)
    answer(receiver, referral_id, S.ACCEPTED)
    day = str(day_of(now()) + timedelta(days=1))
    fields = {"deputy": str(receiver.lead.user_id), "step": "Appeler", "step_on": day}
    run(*(posting(each, f"/fr/referrals/{referral_id}/lead", **fields) for each in readers))

    cases_session().rollback()
    files = cases_session().execute(sa.select(Case.organization_id, Case.status)).all()
    assert sorted(files, key=str) == sorted(
        [(house.id, CaseStatus.CLOSED), (receiver.id, CaseStatus.OPEN)], key=str
    )
