from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from referral.evidence.kinds import AgeBand
from referral.intake import packets
from referral.intake.consents import withdraw
from referral.intake.erasing import Why as Destroyed
from referral.intake.erasing import erase_case, finish_destructions
from referral.intake.models import Case, Certificate, Consent
from referral.intake.safe import open_safe
from referral.intake.vocabulary import CertificateKind, DestructionReason, EndOfPacket, Need
from referral.keyring.services import KeyDestroyedError
from referral.referrals.asked import Asked, read_asked
from referral.referrals.count_models import ReferralCount, Step
from referral.referrals.delays import Delay
from referral.referrals.messages import write
from referral.referrals.models import Referral, ReferralEvent, ReferralMessage
from referral.referrals.moving import Why, read_why
from referral.referrals.reasons import Reason
from referral.referrals.sending import cancel, strike_out
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import held_case, make_case
from tests.intake.granting import ANSWERS, find_packet
from tests.referrals.making import find, in_hand
from tests.referrals.sent import answer, send_one

S = ReferralStatus


@pytest.fixture
def case_id(house):
    return make_case(house, {**ANSWERS, "limits": {**ANSWERS["limits"], "gender": "woman"}})


@pytest.fixture
def referral_id(house, receiver, case_id):
    return send_one(house, receiver, case_id)


def counts():
    """How those that ended are counted."""
    return [each for each in all_counts() if each.step is Step.ENDED]


def all_counts():
    cases_session().rollback()
    return cases_session().scalars(sa.select(ReferralCount)).all()


def last_why(referral_id):
    return read_why(find(referral_id).events[-1], open_safe(referral_id))


def steps():
    return sorted((each.step, each.outcome, each.reason, each.count) for each in all_counts())


def test_a_referral_is_counted_as_it_ends_with_what_was_asked(house, receiver, referral_id):
    answer(receiver, referral_id, S.REJECTED, Why(Reason.NO_CAPACITY))
    (one,) = counts()
    told = (one.sender_id, one.receiver_id, one.need, one.region_code, one.population, one.age_band)
    assert told == (house.id, receiver.id, "shelter", "13", "women", AgeBand.FROM_25_TO_64)
    assert (one.outcome, one.reason, one.delay_to_answer) == (S.REJECTED, "no-capacity", Delay.SAME_DAY)


def test_each_step_is_counted_once_however_often_it_comes_back(receiver, referral_id):
    answer(receiver, referral_id, S.ACCEPTED)
    for _ in range(2):
        answer(receiver, referral_id, S.IN_PROGRESS)
        answer(receiver, referral_id, S.ON_HOLD, Why(Reason.AWAITING_PERSON))
    assert steps() == [
        (Step.ANSWERED, S.ACCEPTED, "", 1),
        (Step.BEGAN, S.IN_PROGRESS, "", 1),
        (Step.SENT, S.REQUESTED, "", 1),
    ]


@pytest.mark.parametrize("is_ended", [True, False])
def test_a_referral_that_is_struck_out_is_counted_nowhere(house, receiver, referral_id, is_ended):
    answer(receiver, referral_id, S.ACCEPTED)
    answer(receiver, referral_id, S.IN_PROGRESS)
    if is_ended:
        answer(receiver, referral_id, S.COMPLETED, Why(Reason.PARTIAL))
    with in_hand(referral_id, Side.COORDINATOR, house.lead) as hand:
        strike_out(hand)
    assert steps() == []


def test_a_move_that_fails_counts_nothing(receiver, referral_id):
    class CutOffError(Exception):
        pass

    with pytest.raises(CutOffError):
        _decline_and_fail(receiver, referral_id, CutOffError)
    assert (steps(), find(referral_id).status) == ([(Step.SENT, S.REQUESTED, "", 1)], S.REQUESTED)


def _decline_and_fail(receiver, referral_id, error):
    from referral.referrals.answering import advance  # noqa: PLC0415

    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        advance(hand, S.REJECTED, Why(Reason.NO_CAPACITY))
        raise error


def test_what_is_asked_is_kept_sealed(referral_id):
    stored = find(referral_id)
    assert read_asked(stored, open_safe(referral_id)) == Asked(Need.SHELTER, "13", "25-64", "women")
    assert b"shelter" not in stored.sealed


def test_withdrawing_tells_both_sides_why_it_was_called_off(house, case_id, referral_id):
    consent_id = find(referral_id).consent_id
    with held_case(case_id, house.worker) as held:
        withdraw(held, held.session.get_one(Consent, consent_id), "phone")
    assert last_why(referral_id).reason is Reason.CONSENT_WITHDRAWN
    assert [each.reason for each in counts()] == [Reason.CONSENT_WITHDRAWN]


def test_what_has_ended_is_not_called_off_by_a_withdrawal(house, receiver, case_id, referral_id):
    answer(receiver, referral_id, S.REJECTED, Why(Reason.LANGUAGE))
    consent_id = find(referral_id).consent_id
    with held_case(case_id, house.worker) as held:
        withdraw(held, held.session.get_one(Consent, consent_id), "phone")
    assert find(referral_id).status is S.REJECTED


def test_a_consent_whose_time_is_over_calls_off_what_goes_on(receiver, referral_id):
    answer(receiver, referral_id, S.ACCEPTED)
    packets.end_expired(now() + timedelta(days=31))
    stored = find(referral_id)
    ended = {find_packet(each).ended for each in (stored.public_packet_id, stored.private_packet_id)}
    assert (find(referral_id).status, ended) == (S.CANCELLED, {EndOfPacket.EXPIRED})
    assert last_why(referral_id).reason is Reason.CONSENT_EXPIRED


@pytest.mark.parametrize("stage", ["public_packet_id", "private_packet_id"])
def test_taking_one_stage_back_takes_the_other_and_the_referral(house, case_id, referral_id, stage):
    packet_id = getattr(find(referral_id), stage)
    with held_case(case_id, house.worker) as held:
        packets.recall(held, packets.find_packet(held.session, packet_id, lock=True))
    stored = find(referral_id)
    ended = {find_packet(each).ended for each in (stored.public_packet_id, stored.private_packet_id)}
    assert (find(referral_id).status, ended) == (S.CANCELLED, {EndOfPacket.RECALLED})


def erase(house, case_id):
    """Destroy a file for good."""
    with writing(cases_session(), CASES) as session:
        case = session.get_one(Case, case_id, with_for_update=True)
        erase_case(session, case, Destroyed(DestructionReason.ASKED, house.lead, now()))
    finish_destructions(now())


@pytest.mark.parametrize("ended", [False, True])
def test_destroying_a_file_takes_its_referrals_and_their_keys(house, receiver, case_id, referral_id, ended):
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        write(hand, "Sorbier-Exemple-4471")
    if ended:
        with in_hand(referral_id, Side.SENDER, house.worker) as hand:
            cancel(hand, Why(Reason.RECALLED))
    erase(house, case_id)
    left = [
        cases_session().scalars(sa.select(each.id)).all()
        for each in (Referral, ReferralEvent, ReferralMessage)
    ]
    assert left == [[], [], []]
    with pytest.raises(KeyDestroyedError):
        open_safe(referral_id)


def test_both_sides_are_given_a_certificate_of_a_destroyed_referral(house, receiver, case_id, referral_id):
    erase(house, case_id)
    rows = cases_session().scalars(sa.select(Certificate).where(Certificate.kind == CertificateKind.REFERRAL))
    found = {each.organization_id: (each.reason, each.completed_at is not None) for each in rows}
    assert found == {
        house.id: (DestructionReason.ASKED, True),
        receiver.id: (DestructionReason.RECALLED, True),
    }


def test_what_is_destroyed_while_it_goes_on_is_counted(house, case_id, referral_id):
    erase(house, case_id)
    assert [(each.outcome, each.month.day) for each in counts()] == [(S.CANCELLED, date.min.day)]
