from __future__ import annotations

import random
from datetime import date
from time import perf_counter

import pytest

from referral.evidence.suppression import is_small
from referral.referrals.counting import Counted
from referral.referrals.delays import Delay
from referral.referrals.periods import Period, quarter_of, year_of
from referral.referrals.reports import BY, make_report, make_shared
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
    shared = make_shared([rows])
    assert set(shared) == set(BY)
    for by, table in shared.items():
        true = make_report(rows, by)
        for cell, value in table.cells.items():
            assert value is None or (value == true.cells[cell] and not is_small(value))


def test_the_year_that_leaves_shows_no_small_number_and_is_the_sum_of_its_quarters():
    quarters = [quarter(seed, 25) for seed in range(4)]
    shared = make_shared(quarters)
    true = make_report([each for rows in quarters for each in rows], "region_code")
    for cell, value in shared["region_code"].cells.items():
        assert value is None or (value == true.cells[cell] and not is_small(value))
    assert shared["region_code"].at(None, None) == true.at(None, None)


def test_where_one_quarter_hides_the_year_does_not_tell_it():
    quarters = [[alike(9)], [alike(3)], [alike(9)], [alike(9)]]
    assert make_shared([quarters[1]])["reason"].at("shelter", "full") is None
    assert make_shared(quarters)["reason"].at("shelter", "full") is None


def test_nothing_counted_gives_empty_tables():
    assert all(table.rows == () for table in make_shared([[], [], [], []]).values())


def test_a_year_of_many_likenesses_is_made_in_seconds():
    began = perf_counter()
    make_shared([quarter(seed, 150) for seed in range(4)])
    assert perf_counter() - began < 10
