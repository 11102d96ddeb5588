from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from referral.referrals.count_models import ReferralCount, Step
from referral.referrals.counting import (
    Came,
    NotWritingError,
    Tally,
    Times,
    Told,
    count,
    list_counts,
    make_tally,
    uncount,
)
from referral.referrals.delays import Delay, delay_between, delay_to_answer, delay_to_service
from referral.referrals.reasons import Reason
from referral.referrals.status import ReferralStatus
from referral.shared.database import CASES, cases_session, writing

SENDER, RECEIVER = uuid.uuid4(), uuid.uuid4()
SENT = datetime(2026, 11, 24, 15, tzinfo=UTC)
TALLY = Tally(
    date(2026, 11, 1), SENDER, RECEIVER, "shelter", Delay.ONE_DAY, Delay.BEFORE_SERVICE,
    ReferralStatus.REJECTED, Reason.NO_CAPACITY, "06",
)  # fmt: skip


def add(*tallies):
    with writing(cases_session(), CASES) as session:
        for tally in tallies:
            count(session, tally)


def counted():
    cases_session().rollback()
    return sorted(cases_session().scalars(sa.select(ReferralCount.count)))


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (0, Delay.SAME_DAY), (1, Delay.ONE_DAY), (2, Delay.DAYS_2_3), (3, Delay.DAYS_2_3),
        (4, Delay.DAYS_4_7),
        (7, Delay.DAYS_4_7), (8, Delay.DAYS_8_14), (14, Delay.DAYS_8_14), (15, Delay.MORE), (400, Delay.MORE),
    ],
)  # fmt: skip
def test_a_delay_is_a_band_of_days(days, band):
    assert delay_between(SENT, SENT + timedelta(days=days)) is band


def test_days_are_those_of_quebec():
    """Ten in the evening and two hours later are two days in Québec, and one by the clock of the server."""
    late = datetime(2026, 11, 25, 3, tzinfo=UTC)
    assert delay_between(late, late + timedelta(hours=3)) is Delay.ONE_DAY


def test_what_ended_before_there_was_an_answer_or_a_service_is_said():
    assert delay_to_answer(SENT, None) is Delay.BEFORE_ANSWER
    assert delay_to_service(SENT, None) is Delay.BEFORE_SERVICE


def test_those_alike_are_one_row(session):
    add(TALLY, TALLY, replace(TALLY, reason=Reason.OTHER))
    add(TALLY)
    assert counted() == [1, 3]


@pytest.mark.parametrize(
    "other",
    [
        {"month": date(2026, 12, 1)}, {"step": Step.SENT},
        {"sender_id": uuid.uuid4()}, {"receiver_id": uuid.uuid4()},
        {"region_code": ""}, {"need": "legal"}, {"population": "women"}, {"age_band": "18-24"},
        {"delay_to_answer": Delay.MORE}, {"delay_to_service": Delay.MORE},
        {"outcome": ReferralStatus.CANCELLED}, {"reason": ""},
    ],
    ids=lambda other: next(iter(other)),
)  # fmt: skip
def test_those_that_differ_in_one_thing_are_two_rows(session, other):
    add(TALLY, replace(TALLY, **other))
    assert counted() == [1, 1]


def test_one_taken_away_leaves_the_others_and_no_row_of_none(session):
    add(TALLY, TALLY)
    for left in ([1], [], []):
        with writing(cases_session(), CASES) as writer:
            uncount(writer, TALLY)
        assert counted() == left


def test_nothing_is_counted_outside_of_the_transaction_of_what_is_counted(session):
    with pytest.raises(NotWritingError):
        count(cases_session(), TALLY)


def test_what_is_undone_was_not_counted(session):
    def fail():
        with writing(cases_session(), CASES) as writer:
            count(writer, TALLY)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert counted() == []


def test_two_that_count_at_once_are_both_counted(app, session):
    together = Barrier(2)

    def one():
        with app.app_context():
            together.wait()
            add(TALLY)

    threads = [Thread(target=one) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert counted() == [2]


def test_an_organization_reads_its_own_side_of_its_months_only(session):
    add(TALLY, replace(TALLY, month=date(2026, 9, 1)), replace(TALLY, sender_id=uuid.uuid4()))
    quarter = (date(2026, 10, 1), date(2026, 12, 31))

    def total(own, *, is_sender):
        return sum(each.count for each in list_counts(cases_session(), own, *quarter, is_sender=is_sender))

    assert (total(SENDER, is_sender=True), total(SENDER, is_sender=False)) == (1, 0)
    assert total(RECEIVER, is_sender=False) == 2


def test_a_tally_holds_bands_and_codes_and_the_month_of_its_step():
    ended = SENT + timedelta(days=9)
    tally = make_tally(
        (SENDER, RECEIVER),
        Told("shelter", "06"),
        Times(SENT, SENT, None, ended),
        Came(Step.ENDED, ReferralStatus.REJECTED, Reason.NO_CAPACITY),
    )
    assert tally == replace(TALLY, month=date(2026, 12, 1), delay_to_answer=Delay.SAME_DAY)


def test_the_table_has_no_key_to_a_person_a_file_or_a_referral():
    table = ReferralCount.__table__
    assert not table.foreign_keys
    assert {column.name for column in table.columns if isinstance(column.type, sa.Uuid)} == {
        "sender_id",
        "receiver_id",
    }
