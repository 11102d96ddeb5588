from __future__ import annotations

from datetime import timedelta

import pytest

from referral.intake.safe import open_safe
from referral.referrals.by_call import ask_by_call, take_outcome
from referral.referrals.calls import note_call
from referral.referrals.ending import end_expired
from referral.referrals.models import Called, Referral, Via
from referral.referrals.moving import Hand, Why
from referral.referrals.reasons import Reason, ReasonRefusedError
from referral.referrals.sending import SendingRefusedError
from referral.referrals.status import IllegalMoveError, ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.intake.filing import enter, held_case, make_case
from tests.intake.granting import ANSWERS
from tests.referrals.making import find, in_hand
from tests.referrals.sent import agree, draft

S = ReferralStatus


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def referral_id(house, receiver, case_id):
    (made,) = draft(house, case_id, [agree(house, receiver, case_id)])
    return made


def ask(house, case_id, referral_id):
    safe = open_safe(referral_id)
    with held_case(case_id, house.worker) as held:
        referral = held.session.get_one(Referral, referral_id)
        ask_by_call(held, Hand(held.session, referral, safe, Side.SENDER, house.worker, now()))


def called(house, case_id, referral_id):
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        note_call(hand, Called.REACHED)
    ask(house, case_id, referral_id)


def take(house, referral_id, wanted, why=None):
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        take_outcome(hand, wanted, why or Why())


def test_nothing_is_asked_by_call_before_a_call_is_written_down(house, case_id, referral_id):
    with pytest.raises(SendingRefusedError, match="call-first"):
        ask(house, case_id, referral_id)
    assert find(referral_id).status is S.DRAFT


def test_what_is_asked_by_call_sends_nothing(house, case_id, referral_id):
    called(house, case_id, referral_id)
    referral = find(referral_id)

    assert (referral.status, referral.by_call) == (S.REQUESTED, True)
    assert referral.public_packet_id is None
    assert referral.private_packet_id is None


def test_outcomes_are_written_down_by_the_same_table(house, case_id, referral_id):
    called(house, case_id, referral_id)
    for wanted in (S.ACCEPTED, S.IN_PROGRESS):
        take(house, referral_id, wanted)
    take(house, referral_id, S.COMPLETED, Why(Reason.FULL))
    referral = find(referral_id)

    assert referral.status is S.COMPLETED
    assert referral.handler_id is None
    assert {(event.side, event.via) for event in referral.events[1:]} == {(Side.RECEIVER, Via.CALL)}
    cases_session().rollback()


def test_what_was_asked_by_call_ends_with_the_time_of_the_consent(house, case_id, referral_id):
    called(house, case_id, referral_id)
    end_expired(now() + timedelta(days=29))
    assert find(referral_id).status is S.REQUESTED
    end_expired(now() + timedelta(days=31))
    assert find(referral_id).status is S.CANCELLED


def test_a_no_has_its_reason_there_too(house, case_id, referral_id):
    called(house, case_id, referral_id)
    with pytest.raises(ReasonRefusedError):
        take(house, referral_id, S.REJECTED)
    take(house, referral_id, S.REJECTED, Why(Reason.NO_CAPACITY))
    assert find(referral_id).status is S.REJECTED


@pytest.mark.parametrize("wanted", [S.COMPLETED, S.FAILED, S.REQUESTED, S.ENTERED_IN_ERROR])
def test_what_the_table_does_not_hold_is_refused(house, case_id, referral_id, wanted):
    called(house, case_id, referral_id)
    with pytest.raises(IllegalMoveError):
        take(house, referral_id, wanted, Why(Reason.FULL))


def test_nobody_writes_answers_down_for_one_that_answers_by_itself(house, referral_id):
    with pytest.raises(IllegalMoveError):
        take(house, referral_id, S.ACCEPTED)


@pytest.fixture
def worker(app, session, client, house):
    return enter(app, session, house.worker)


def test_an_answer_by_telephone_is_written_down_on_its_page(worker, house, case_id, referral_id):
    address = f"/fr/referrals/{referral_id}"
    assert worker.post(f"{address}/by-call").status_code == 409
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        note_call(hand, Called.REACHED)
    assert worker.post(f"{address}/by-call").status_code == 303
    shown = str(find(referral_id).version)

    refused = worker.post(f"{address}/outcome", wanted="rejected", version=shown, note="Gardé Exemple")
    assert (refused.status_code, "Gardé Exemple" in refused.text) == (422, True)
    given = {"wanted": "rejected", "reason": "no-capacity", "version": shown}
    answers = [worker.post(f"{address}/outcome", **given).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert find(referral_id).status is S.REJECTED


@pytest.mark.usefixtures("client")
def test_only_the_sender_writes_them_down(app, session, receiver, referral_id):
    other = enter(app, session, receiver.lead)
    address = f"/fr/referrals/{referral_id}"
    assert other.browser.get(f"{address}/outcome").status_code == 404
    assert other.post(f"{address}/outcome", wanted="accepted").status_code == 404
    assert other.post(f"{address}/by-call").status_code == 404
