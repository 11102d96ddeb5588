from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.intake.safe import open_safe
from referral.referrals.messages import (
    LONGEST,
    SILENT,
    MessageRefusedError,
    NobodyReadsError,
    read_all,
    write,
)
from referral.referrals.models import ReferralMessage
from referral.referrals.status import ReferralStatus, Side
from referral.shared.database import CASES, cases_session, writing
from tests.referrals.making import find, in_hand, make_referral

WORDS = "Sorbier-Exemple-3316"


@pytest.fixture
def referral_id(house, receiver, case_id):
    return make_referral(case_id, house, receiver, ReferralStatus.REQUESTED)


def test_both_sides_read_what_was_written_in_its_order(referral_id, house, receiver):
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        write(hand, "Elle arrive avec un chat.")
    with in_hand(referral_id, Side.RECEIVER, receiver.worker) as hand:
        write(hand, "Le chat aussi est attendu.")
    said = read_all(find(referral_id), open_safe(referral_id))

    assert [(each.side, each.text) for each in said] == [
        (Side.SENDER, "Elle arrive avec un chat."),
        (Side.RECEIVER, "Le chat aussi est attendu."),
    ]


def test_a_message_is_not_stored_in_clear(referral_id, house):
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        write(hand, WORDS)

    assert WORDS not in repr(cases_session().execute(sa.select(ReferralMessage.__table__)).all())


@pytest.mark.parametrize("status", sorted(SILENT))
def test_nobody_writes_where_nobody_reads(house, receiver, case_id, status):
    referral_id = make_referral(case_id, house, receiver, status)
    with pytest.raises(NobodyReadsError), in_hand(referral_id, Side.SENDER, house.worker) as hand:
        write(hand, WORDS)


@pytest.mark.parametrize(("text", "reason"), [(" \n ", "empty"), ("a" * (LONGEST + 1), "too-long")])
def test_a_message_says_something_and_is_short(referral_id, house, text, reason):
    with (
        pytest.raises(MessageRefusedError) as raised,
        in_hand(referral_id, Side.SENDER, house.worker) as hand,
    ):
        write(hand, text)

    assert raised.value.reason == reason


@pytest.mark.parametrize(
    "order", ["UPDATE referral_message SET side = 'sender'", "DELETE FROM referral_message"]
)
def test_messages_are_not_rewritten(referral_id, house, order):
    with in_hand(referral_id, Side.SENDER, house.worker) as hand:
        write(hand, WORDS)

    with (
        pytest.raises(sa.exc.IntegrityError, match="append-only"),
        writing(cases_session(), CASES) as session,
    ):
        session.execute(sa.text(order))
