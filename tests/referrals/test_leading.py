from __future__ import annotations

import uuid
from datetime import timedelta
from http import HTTPStatus

import pytest
import sqlalchemy as sa

from referral.intake import new_files
from referral.intake.answers import read_answers
from referral.intake.cases import Step
from referral.intake.follow_ups import day_of
from referral.intake.held import Held
from referral.intake.models import Case
from referral.intake.new_files import Entered
from referral.intake.safe import open_safe, open_safes
from referral.intake.vocabulary import CaseStatus, Closure
from referral.referrals.leading import Means, NotToLeadError, take_lead
from referral.referrals.models import Referral
from referral.referrals.moving import Hand
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import enter, make_case
from tests.intake.granting import ANSWERS
from tests.referrals.making import find
from tests.referrals.sent import answer, draft, send, send_one

S = ReferralStatus
GRANTED = {"needs", "age_band", "languages", "limits", "regions", "urgency", "safe_contact"}


class CutOffError(Exception):
    """The process ends."""


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def referral_id(house, receiver, case_id):
    made = send_one(house, receiver, case_id)
    answer(receiver, made, S.ACCEPTED)
    return made


def take(receiver, referral_id, cut_off=None):
    """Begin a file there, as its page does; return its identifier."""
    stored = find(referral_id)
    sent = [each for each in (stored.public_packet_id, stored.private_packet_id) if each]
    case_id, at = stored.case_id, now()
    made = new_files.prepare(uuid.uuid4(), receiver.id, at)
    means = Means(made, open_safes(sent), "Demandé par un autre organisme")
    entered = Entered(receiver.deputy.user_id, Step(day_of(at), "Appeler"), day_of(at))
    safe, old_safe = open_safe(referral_id), open_safe(case_id)
    with writing(cases_session(), CASES) as session:
        case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
        locked = session.get_one(Referral, referral_id, with_for_update=True, populate_existing=True)
        hand = Hand(session, locked, safe, Side.RECEIVER, receiver.worker, at)
        take_lead(hand, Held(session, case, old_safe, None, at), entered, means, 12)
        if cut_off:
            raise cut_off
    return made.thing


def file_of(case_id):
    cases_session().rollback()
    return cases_session().get_one(Case, case_id)


def test_the_new_file_holds_what_was_granted_and_no_more(receiver, referral_id):
    made = take(receiver, referral_id)
    answers = read_answers(cases_session(), made, open_safe(made))
    assert answers.keys() == GRANTED
    assert answers["needs"].value == {"shelter": "need-now"}


def test_the_new_file_has_an_owner_a_deputy_and_a_next_step(receiver, referral_id):
    made = file_of(take(receiver, referral_id))
    kept = (made.organization_id, made.owner_id, made.deputy_id, made.next_step_on is not None, made.status)
    assert kept == (receiver.id, receiver.worker.user_id, receiver.deputy.user_id, True, CaseStatus.OPEN)


def test_the_old_file_closes_as_handed_over(receiver, case_id, referral_id):
    take(receiver, referral_id)
    old = file_of(case_id)
    told = open_safe(case_id).open("closure", old.closure_sealed)
    assert (old.status, told["reason"]) == (CaseStatus.CLOSED, Closure.TRANSFERRED)


def test_the_old_file_stays_open_while_something_else_asked_from_it_goes_on(
    house, receiver, case_id, referral_id
):
    (other,) = draft(house, case_id, [find(referral_id).consent_id])
    send(house, other)
    take(receiver, referral_id)
    assert file_of(case_id).status is CaseStatus.OPEN


def test_a_kill_within_leaves_the_old_file_open_and_no_new_one(receiver, case_id, referral_id):
    with pytest.raises(CutOffError):
        take(receiver, referral_id, CutOffError)
    assert [each.id for each in cases_session().scalars(sa.select(Case))] == [case_id]
    assert (file_of(case_id).status, find(referral_id).receiver_case_id) == (CaseStatus.OPEN, None)


def test_a_second_file_is_not_begun(receiver, referral_id):
    take(receiver, referral_id)
    with pytest.raises(NotToLeadError):
        take(receiver, referral_id)


def test_no_file_is_begun_before_an_acceptance(house, receiver, case_id):
    with pytest.raises(NotToLeadError):
        take(receiver, send_one(house, receiver, case_id))


def test_the_page_begins_the_file_and_leads_to_it(app, session, client, receiver, referral_id):
    person = enter(app, session, receiver.worker)
    path = f"/fr/referrals/{referral_id}/lead"
    day = str(day_of(now()) + timedelta(days=1))
    answered = person.post(path, deputy=str(receiver.deputy.user_id), step="Appeler", step_on=day)
    assert answered.location == f"/fr/cases/{find(referral_id).receiver_case_id}"
    assert person.browser.get(answered.location).status_code == HTTPStatus.OK


def test_a_file_without_a_deputy_is_not_begun(app, session, client, receiver, referral_id):
    person = enter(app, session, receiver.worker)
    answered = person.post(f"/fr/referrals/{referral_id}/lead", step="Appeler")
    assert answered.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Appeler" in answered.text


def test_the_sender_does_not_begin_it(app, session, client, house, referral_id):
    person = enter(app, session, house.worker)
    assert person.browser.get(f"/fr/referrals/{referral_id}/lead").status_code == HTTPStatus.NOT_FOUND
