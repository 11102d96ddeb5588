from __future__ import annotations

from datetime import datetime, time

import pytest

from referral.referrals.hours import Span, is_read_now, read_at
from referral.shared.clock import QUEBEC

OFFICE = [Span(day, time(9), time(17)) for day in range(5)]
NIGHTS = [Span(day, time(20), time(8)) for day in range(7)]
ALWAYS = [Span(day, time(0), time(0)) for day in range(7)]


def local(*parts):
    return datetime(*parts, tzinfo=QUEBEC)


@pytest.mark.parametrize(
    ("spans", "at", "read"),
    [
        (OFFICE, local(2026, 11, 24, 10, 0), local(2026, 11, 24, 10, 0)),
        (OFFICE, local(2026, 11, 24, 17, 0), local(2026, 11, 25, 9, 0)),
        (OFFICE, local(2026, 11, 28, 2, 0), local(2026, 11, 30, 9, 0)),
        (OFFICE, local(2026, 12, 24, 18, 0), local(2026, 12, 28, 9, 0)),
        (NIGHTS, local(2026, 11, 28, 2, 0), local(2026, 11, 28, 2, 0)),
        (NIGHTS, local(2026, 11, 28, 12, 0), local(2026, 11, 28, 20, 0)),
        (NIGHTS, local(2026, 12, 25, 23, 0), local(2026, 12, 25, 23, 0)),
        (ALWAYS, local(2026, 12, 25, 3, 0), local(2026, 12, 25, 3, 0)),
    ],
    ids=["open", "closing", "saturday-night", "before-christmas", "night", "noon", "christmas", "always"],
)
def test_what_is_sent_is_read_now_or_at_the_next_opening(spans, at, read):
    assert read_at(spans, at) == read
    assert is_read_now(spans, at) is (at == read)


def test_without_hours_nobody_says_when_it_is_read():
    assert (read_at([], local(2026, 11, 24, 10, 0)), is_read_now([], local(2026, 11, 24, 10, 0))) == (
        None,
        None,
    )


def test_the_hour_that_comes_twice_in_autumn_is_within_the_night():
    assert is_read_now(NIGHTS, datetime(2026, 11, 1, 1, 30, tzinfo=QUEBEC, fold=1))
