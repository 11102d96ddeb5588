from __future__ import annotations

import pytest

from referral.intake.agreements import NoAgreementError
from referral.intake.answers import Given, save_answers
from referral.intake.consent import AvoidedError, ConsentMissingError
from referral.intake.consents import withdraw
from referral.intake.hooks import NotOpenedError
from referral.intake.life import close_case
from referral.intake.models import Consent
from referral.intake.packets import NotReadableError
from referral.intake.vocabulary import Closure, EndOfPacket, Item, Need, Said, Urgency
from referral.referrals.answering import NotChosenError
from referral.referrals.models import Called
from referral.referrals.moving import Why
from referral.referrals.reasons import BY_THE_SYSTEM, Reason
from referral.referrals.sending import SendingRefusedError, cancel
from referral.referrals.status import ReferralStatus, Side
from tests.intake.filing import held_case, make_case, make_house
from tests.intake.granting import ANSWERS, find_packet, make_grant
from tests.referrals.making import find, in_hand
from tests.referrals.sent import (
    agree,
    answer,
    call,
    choose,
    draft,
    read_first,
    read_second,
    send,
    send_one,
)

S = ReferralStatus


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


def test_the_receiver_first_reads_the_one_need_that_is_asked_and_what_limits_it(house, receiver, case_id):
    found = read_first(receiver, send_one(house, receiver, case_id))
    assert found[Item.NEEDS] == {"shelter": "need-now"}
    assert found.keys() == set(Item) - {Item.SAFE_CONTACT}


def test_her_own_words_on_the_urgency_do_not_go_with_what_answering_needs(house, receiver, case_id):
    assert read_first(receiver, send_one(house, receiver, case_id))[Item.URGENCY] == {
        "level": "u3",
        "reason": "",
    }


def test_the_first_reading_says_that_it_was_received(house, receiver, case_id):
    referral_id = send_one(house, receiver, case_id)
    read_first(receiver, referral_id)
    assert find(referral_id).status is S.RECEIVED


def test_how_to_reach_her_opens_with_the_acceptance_of_the_only_one_asked(house, receiver, case_id):
    referral_id = send_one(house, receiver, case_id)
    with pytest.raises(NotOpenedError):
        read_second(receiver, referral_id)
    answer(receiver, referral_id, S.ACCEPTED)
    assert read_second(receiver, referral_id) == {Item.SAFE_CONTACT: ANSWERS["safe_contact"]}


def test_nothing_opens_that_she_did_not_grant(house, receiver, case_id):
    referral_id = send_one(house, receiver, case_id, items=frozenset({Item.NEEDS, Item.AGE_BAND}))
    answer(receiver, referral_id, S.ACCEPTED)
    with pytest.raises(NotOpenedError):
        read_second(receiver, referral_id)
    assert read_first(receiver, referral_id).keys() == {Item.NEEDS, Item.AGE_BAND}


def test_a_need_that_was_not_granted_is_not_asked(house, receiver, case_id):
    consent_id = agree(house, receiver, case_id, items=frozenset({Item.AGE_BAND}))
    with pytest.raises(ConsentMissingError):
        draft(house, case_id, [consent_id])


def test_a_need_that_the_file_does_not_tell_is_not_asked(house, receiver, case_id):
    consent_id = agree(house, receiver, case_id)
    with pytest.raises(SendingRefusedError, match="no-need"):
        draft(house, case_id, [consent_id], need=Need.HEALTH)


def test_nothing_is_sent_without_an_agreement(house, receiver, case_id):
    (referral_id,) = draft(house, case_id, [make_grant(house, case_id, receiver.id)])
    with pytest.raises(NoAgreementError):
        send(house, referral_id)
    assert find(referral_id).status is S.DRAFT


@pytest.mark.parametrize("urgency", [Urgency.NOW, Urgency.TONIGHT])
def test_the_telephone_comes_before_an_urgent_message(house, receiver, case_id, urgency):
    (referral_id,) = draft(house, case_id, [agree(house, receiver, case_id)], urgency)
    with pytest.raises(SendingRefusedError, match="call-first"):
        send(house, referral_id)
    call(house, referral_id, Called.NO_ANSWER)
    send(house, referral_id)
    assert find(referral_id).status is S.REQUESTED


def test_nothing_is_sent_of_a_closed_file(house, receiver, case_id):
    (referral_id,) = draft(house, case_id, [agree(house, receiver, case_id)])
    with held_case(case_id, house.worker) as held:
        close_case(held, Closure.MOVED, "", 12)
    with pytest.raises(SendingRefusedError, match="closed"):
        send(house, referral_id)


def test_nothing_is_sent_to_whom_she_has_come_to_avoid(house, receiver, case_id):
    (referral_id,) = draft(house, case_id, [agree(house, receiver, case_id)])
    with held_case(case_id, house.worker) as held:
        save_answers(held, {"organizations_to_avoid": Given(Said.ANSWERED, [str(receiver.id)])})
    with pytest.raises(AvoidedError, match="to-avoid"):
        send(house, referral_id)


def test_nothing_is_sent_where_she_does_not_want_to_be(house, receiver, case_id):
    (referral_id,) = draft(house, case_id, [agree(house, receiver, case_id)])
    with pytest.raises(AvoidedError, match="region-to-avoid"):
        send(house, referral_id, frozenset({"08"}))


def test_nothing_is_sent_once_she_has_withdrawn(house, receiver, case_id):
    consent_id = agree(house, receiver, case_id)
    (referral_id,) = draft(house, case_id, [consent_id])
    with held_case(case_id, house.worker) as held:
        withdraw(held, held.session.get_one(Consent, consent_id), "phone")
    assert find(referral_id).status is S.CANCELLED


def test_withdrawing_calls_off_what_goes_on_and_ends_what_was_sent(house, receiver, case_id):
    referral_id = send_one(house, receiver, case_id)
    answer(receiver, referral_id, S.ACCEPTED)
    consent_id = find(referral_id).consent_id
    with held_case(case_id, house.worker) as held:
        withdraw(held, held.session.get_one(Consent, consent_id), "phone")
    assert find(referral_id).status is S.CANCELLED
    assert find_packet(find(referral_id).private_packet_id).ended is EndOfPacket.WITHDRAWN


@pytest.mark.parametrize("reason", [Reason.RECALLED, Reason.PERSON_DECLINED, Reason.NO_ANSWER])
def test_calling_off_ends_all_that_was_sent(house, receiver, case_id, reason):
    referral_id = send_one(house, receiver, case_id)
    with in_hand(referral_id, Side.SENDER, house.lead) as hand:
        cancel(hand, Why(reason))
    stored = find(referral_id)
    ended = [find_packet(each).ended for each in (stored.public_packet_id, stored.private_packet_id)]
    assert ended == [EndOfPacket.RECALLED] * 2
    with pytest.raises((NotOpenedError, NotReadableError)):
        read_first(receiver, referral_id)


def ask_two(session, house, receiver, case_id):
    """Ask two houses the same; return both, and the second house."""
    other = make_house(session, "Auberge Exemple")
    both = draft(house, case_id, [agree(house, each, case_id) for each in (receiver, other)])
    for each in both:
        send(house, each)
    return *both, other


def test_of_several_an_acceptance_opens_nothing_until_she_chose(session, house, receiver, case_id):
    one, two, _other = ask_two(session, house, receiver, case_id)
    answer(receiver, one, S.ACCEPTED)
    with pytest.raises(NotOpenedError):
        read_second(receiver, one)
    assert find(one).turn is Side.SENDER
    assert choose(house, one) == [two]
    assert read_second(receiver, one).keys() == {Item.SAFE_CONTACT}


def test_choosing_one_calls_off_the_others_and_ends_what_they_read(session, house, receiver, case_id):
    one, two, other = ask_two(session, house, receiver, case_id)
    answer(receiver, one, S.ACCEPTED)
    choose(house, one)
    assert (find(one).status, find(two).status) == (S.ACCEPTED, S.CANCELLED)
    assert find_packet(find(two).public_packet_id).ended is EndOfPacket.RECALLED
    with pytest.raises((NotOpenedError, NotReadableError)):
        read_first(other, two)


def test_the_service_begins_once_she_chose_also_where_the_file_holds_no_way_to_reach_her(
    session, house, receiver
):
    case_id = make_case(house, {"needs": ANSWERS["needs"]})
    one, _two, _other = ask_two(session, house, receiver, case_id)
    answer(receiver, one, S.ACCEPTED)
    with pytest.raises(NotChosenError):
        answer(receiver, one, S.IN_PROGRESS)
    choose(house, one)
    answer(receiver, one, S.IN_PROGRESS)
    assert (find(one).status, find(one).private_packet_id) == (S.IN_PROGRESS, None)


def test_what_the_system_reasons_is_never_among_what_a_person_chooses():
    assert {Reason.ANOTHER_ACCEPTED, Reason.CONSENT_WITHDRAWN, Reason.CONSENT_EXPIRED} == BY_THE_SYSTEM
