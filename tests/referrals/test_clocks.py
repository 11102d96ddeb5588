from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.intake.vocabulary import Urgency
from referral.referrals.clocks import add_working_days, due_at, is_working_day, next_side
from referral.referrals.reasons import Reason
from referral.referrals.status import ENDED, OPEN, ReferralStatus, Side
from referral.shared.clock import QUEBEC

S = ReferralStatus


def local(*parts):
    return datetime(*parts, tzinfo=QUEBEC)


@pytest.mark.parametrize(
    ("urgency", "since", "due"),
    [
        (Urgency.NOW, local(2026, 11, 28, 2, 0), local(2026, 11, 28, 2, 30)),
        (Urgency.TONIGHT, local(2026, 11, 28, 15, 0), local(2026, 11, 29, 0, 0)),
        (Urgency.TONIGHT, local(2026, 11, 28, 23, 30), local(2026, 11, 29, 1, 30)),
        (Urgency.UNSTABLE, local(2026, 11, 24, 10, 0), local(2026, 11, 28, 0, 0)),
        (Urgency.UNSTABLE, local(2026, 12, 23, 10, 0), local(2026, 12, 30, 0, 0)),
        (Urgency.PLANNED, local(2026, 11, 24, 10, 0), local(2026, 12, 9, 0, 0)),
    ],
    ids=["now", "tonight", "late", "three-working-days", "over-christmas", "ten-working-days"],
)
def test_the_clock_runs_on_the_calendar_of_quebec(urgency, since, due):
    assert due_at(S.REQUESTED, urgency, since) == due


@pytest.mark.parametrize("status", sorted(ENDED))
def test_nobody_waits_for_what_has_ended(status):
    assert due_at(status, Urgency.NOW, local(2026, 11, 24, 10, 0)) is None


@pytest.mark.parametrize("status", sorted(OPEN))
def test_whatever_is_open_has_a_next_owner_and_a_day(status):
    assert next_side(status) is not None
    assert due_at(status, Urgency.PLANNED, local(2026, 11, 24, 10, 0)) is not None


@pytest.mark.parametrize("status", [S.REJECTED, S.FAILED])
def test_what_was_declined_or_failed_is_the_senders_again(status):
    assert next_side(status) is Side.SENDER


def test_what_waits_for_the_person_is_the_senders():
    assert next_side(S.ON_HOLD, Reason.AWAITING_PERSON) is Side.SENDER


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(1, 30))
def test_so_many_working_days_later_is_a_working_day_with_so_many_between(day, count):
    end = add_working_days(day, count)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]

    assert is_working_day(end)
    assert sum(map(is_working_day, between)) == count


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.sampled_from(list(Urgency)))  # noqa: DTZ001
def test_what_is_more_urgent_is_never_due_later(moment, urgency):
    since = moment.replace(tzinfo=UTC)
    order = [due_at(S.REQUESTED, each, since) for each in Urgency]

    assert order == sorted(order)
    assert all(due > since for due in order)
