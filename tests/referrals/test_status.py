from __future__ import annotations

from itertools import product

import pytest

from referral.referrals.reasons import REASONS, NotEligible, Reason, ReasonRefusedError, check_reason
from referral.referrals.status import (
    ENDED,
    IllegalMoveError,
    ReferralStatus,
    Side,
    check_move,
    list_moves,
)

TABLE = """
draft: requested cancelled
requested: received accepted rejected cancelled
received: accepted rejected on-hold cancelled
accepted: in-progress on-hold cancelled failed
in-progress: completed failed on-hold cancelled
on-hold: accepted in-progress rejected cancelled failed
"""
ALLOWED = {
    (ReferralStatus(line.split(":")[0]), ReferralStatus(wanted))
    for line in TABLE.split("\n")
    if line
    for wanted in line.split(":")[1].split()
}
"""The table of the rule, written apart from the code."""
BY_SENDER = {(each, wanted) for each, wanted in ALLOWED if wanted in {"cancelled", "requested"}}


def expected_side(current, wanted):
    if wanted is ReferralStatus.ENTERED_IN_ERROR:
        return Side.COORDINATOR if current is not wanted else None
    if (current, wanted) not in ALLOWED:
        return None
    return Side.SENDER if (current, wanted) in BY_SENDER else Side.RECEIVER


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(("current", "wanted"), list(product(ReferralStatus, ReferralStatus)))
def test_only_the_moves_of_the_table_are_made_and_by_their_side(current, wanted, side):
    if expected_side(current, wanted) is side:
        check_move(current, wanted, side)
        assert wanted in list_moves(current, side)
    else:
        with pytest.raises(IllegalMoveError):
            check_move(current, wanted, side)
        assert wanted not in list_moves(current, side)


@pytest.mark.parametrize("status", sorted(ENDED - {ReferralStatus.ENTERED_IN_ERROR}))
def test_what_has_ended_can_only_be_said_to_be_an_error(status):
    assert [move for side in Side for move in list_moves(status, side)] == [ReferralStatus.ENTERED_IN_ERROR]


@pytest.mark.parametrize(("status", "reason"), list(product(ReferralStatus, [None, *Reason])))
def test_a_reason_goes_with_its_status_only(status, reason):
    sub = NotEligible.PETS if reason is Reason.NOT_ELIGIBLE else None
    fits = reason in REASONS[status] if status in REASONS else reason is None
    if fits:
        check_reason(status, reason, sub)
    else:
        with pytest.raises(ReasonRefusedError):
            check_reason(status, reason, sub)


@pytest.mark.parametrize("reason", REASONS[ReferralStatus.REJECTED])
def test_not_eligible_says_by_which_rule_and_no_other_does(reason):
    wrong = None if reason is Reason.NOT_ELIGIBLE else NotEligible.AGE
    with pytest.raises(ReasonRefusedError):
        check_reason(ReferralStatus.REJECTED, reason, wrong)


def test_the_person_who_declines_is_never_an_organization_that_declines():
    assert Reason.PERSON_DECLINED not in REASONS[ReferralStatus.REJECTED]
