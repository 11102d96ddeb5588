from __future__ import annotations

import json
import random
from datetime import date
from itertools import product

import pytest

from referral.evidence.releasing import Release, is_small
from referral.referrals.counting import Counted
from referral.referrals.delays import Delay
from referral.referrals.periods import Period, list_periods, quarter_of, year_of
from referral.referrals.reports import (
    PARTS,
    SHARED,
    as_part,
    as_report,
    from_plain,
    make_release,
    make_report,
    to_plain,
)
from referral.referrals.status import ReferralStatus

S = ReferralStatus


def alike(count, need="shelter", region="06", outcome=S.COMPLETED, reason="full"):
    return Counted(need, region, "women", "25-64", Delay.ONE_DAY, Delay.ONE_DAY, outcome, reason, count)


def quarter(seed, size=60):
    chance = random.Random(seed)  # noqa: S311
    return [
        alike(
            chance.choice((1, 2, 3, 6, 9, 20)),
            chance.choice(("shelter", "legal", "health", "police")),
            chance.choice(("06", "13", "16", "03")),
            chance.choice((S.COMPLETED, S.REJECTED)),
            chance.choice(("full", "partial", "no-capacity")),
        )
        for _ in range(size)
    ]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 11, 24), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2028, 3, 31), date(2028, 1, 1), date(2028, 3, 31)),
    ],
)
def test_a_quarter_is_three_months(day, first, last):
    assert (quarter_of(day).first, quarter_of(day).last) == (first, last)


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2026, 12, 31), 2026)]
)
def test_the_year_begins_in_april(day, year):
    assert (year_of(day).first, year_of(day).last) == (date(year, 4, 1), date(year + 1, 3, 31))


def test_a_year_is_its_four_quarters():
    quarters = year_of(date(2026, 11, 24)).quarters()
    assert [each.first for each in quarters] == [
        date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1),
    ]  # fmt: skip
    assert quarters[0].quarters() == (Period(date(2026, 4, 1), 3),)


def test_a_period_has_ended_on_the_day_after_its_last():
    period = quarter_of(date(2026, 11, 24))
    assert not period.has_ended(date(2026, 12, 31))
    assert period.has_ended(date(2027, 1, 1))


def test_inside_every_count_is_true():
    report = make_report([alike(1), alike(2, region="13"), alike(4, "legal")], "region_code")
    assert [report.at("shelter", "06"), report.at("shelter", None), report.at(None, "06")] == [1, 3, 5]
    assert (report.at(None, None), report.at("legal", "13")) == (7, 0)


def test_what_leaves_is_true_or_hidden_and_never_small():
    rows = quarter(1)
    released = make_release(rows)
    pairs = [(make_report(rows, by), as_report(released, by)) for by in SHARED]
    pairs += [
        (
            make_report([each for each in rows if getattr(each, by) == code], of),
            as_part(released, (by, code, of)),
        )
        for by, code, of in PARTS
    ]
    for true, shared in pairs:
        for row, column in product((*true.rows, None), (*true.columns, None)):
            number = shared.at(row, column)
            assert number is None or (number == true.at(row, column) and not is_small(number))


def test_what_was_stored_is_read_as_it_left():
    released = make_release(quarter(2))
    assert from_plain(json.loads(json.dumps(to_plain(released)))) == released


def test_nothing_counted_leaves_nothing():
    assert make_release([]) == Release()
    assert as_report(Release(), "reason").rows == ()


def test_the_present_quarter_and_year_are_offered_first():
    offered = list_periods(date(2026, 11, 24))
    assert [each.code for each in offered[:2]] == ["2026-10-3", "2026-07-3"]
    assert [each.code for each in offered if each.months == 12] == ["2026-04-12", "2025-04-12", "2024-04-12"]
