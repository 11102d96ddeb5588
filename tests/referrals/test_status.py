from __future__ import annotations

from itertools import product

import pytest

from referral.referrals.reasons import (
    BY_THE_SYSTEM,
    REASONS,
    REVIEWS_LISTING,
    NotEligible,
    Reason,
    ReasonRefusedError,
    check_reason,
)
from referral.referrals.status import (
    ENDED,
    IllegalMoveError,
    ReferralStatus,
    Side,
    check_move,
    list_moves,
)
from tests.referrals import expected
from tests.referrals.expected import read_lines, who_moves


def refused(rule, error, *asked):
    """Say whether a rule refuses what is asked."""
    try:
        rule(*asked)
    except error:
        return True
    return False


@pytest.mark.parametrize("current", ReferralStatus)
def test_only_the_moves_of_the_table_are_made_and_by_their_side(current):
    for wanted, side in product(ReferralStatus, Side):
        is_hers = who_moves(current, wanted) is side
        assert refused(check_move, IllegalMoveError, current, wanted, side) is not is_hers, (wanted, side)
        assert (wanted in list_moves(current, side)) is is_hers, (wanted, side)


@pytest.mark.parametrize("status", sorted(ENDED - {ReferralStatus.ENTERED_IN_ERROR}))
def test_what_has_ended_can_only_be_said_to_be_an_error(status):
    assert [move for side in Side for move in list_moves(status, side)] == [ReferralStatus.ENTERED_IN_ERROR]


@pytest.mark.parametrize("status", ReferralStatus)
def test_a_reason_goes_with_its_status_only_and_a_rule_with_not_eligible_only(status):
    codes = read_lines(expected.REASONS).get(status, [None])
    for reason, sub in product([None, *Reason], [None, *NotEligible]):
        fits = reason in codes and (sub is not None) is (reason == "not-eligible")
        assert refused(check_reason, ReasonRefusedError, status, reason, sub) is not fits, (reason, sub)


def test_codes_are_those_that_were_asked_for_and_no_other():
    assert {each for codes in read_lines(expected.REASONS).values() for each in codes} == set(Reason)
    assert expected.RULES_OF_ADMISSION.split() == list(NotEligible)


def test_the_person_who_declines_is_never_an_organization_that_declines():
    by_her = {status for status, codes in REASONS.items() if Reason.PERSON_DECLINED in codes}
    assert by_her == {ReferralStatus.CANCELLED, ReferralStatus.FAILED}
    assert {Reason.NOT_ELIGIBLE, Reason.OUT_OF_TERRITORY} == REVIEWS_LISTING
    assert set(REASONS[ReferralStatus.REJECTED]) > REVIEWS_LISTING


def test_what_follows_from_something_else_is_offered_in_no_form():
    assert {"consent-withdrawn", "consent-expired", "another-accepted"} == BY_THE_SYSTEM
