from __future__ import annotations

from datetime import timedelta

import pytest

from referral.intake.beside import Window
from referral.referrals import messages, telling
from referral.referrals.moving import Why
from referral.referrals.reasons import NotEligible, Reason
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from tests.intake.filing import enter, make_case
from tests.intake.granting import ANSWERS
from tests.referrals.making import case_of, in_hand
from tests.referrals.sent import answer, read_first, send_one

S = ReferralStatus


@pytest.fixture
def case_id(house):
    return make_case(house, ANSWERS)


@pytest.fixture
def referral_id(house, receiver, case_id):
    return send_one(house, receiver, case_id)


def test_the_page_of_a_file_tells_what_became_of_its_referrals(  # noqa: PLR0917
    app, session, client, house, receiver, case_id, referral_id
):
    read_first(receiver, referral_id)
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        messages.write(hand, "Message Exemple du matin")
    answer(receiver, referral_id, S.REJECTED, Why(Reason.NOT_ELIGIBLE, NotEligible.PETS, "Mot Exemple"))
    shown = enter(app, session, house.worker).browser.get(f"/en/cases/{case_id}").text
    told = ("Referral sent", "Referral seen", "Message Exemple du matin", "Declined", "(pets)", "Mot Exemple")
    assert [each for each in told if each not in shown] == []
    assert f"/en/referrals/{referral_id}" in shown
    assert f"/en/referrals/new/{case_id}" in shown


def test_each_line_is_on_one_page_of_a_timeline_only(client, referral_id):
    case = case_of(referral_id)
    (moment,) = {line.at for line in telling.tell(case, Window(None, None))}
    before, after = Window(None, moment), Window(moment, None)
    assert [len(telling.tell(case, each)) for each in (before, after)] == [1, 0]


@pytest.mark.parametrize(
    ("after", "until", "holds"), [(-1, 1, True), (0, 1, False), (-1, 0, True), (-2, -1, False)]
)
def test_a_window_ends_with_its_last_moment(after, until, holds):
    at = now()
    assert Window(at + timedelta(hours=after), at + timedelta(hours=until)).holds(at) is holds
