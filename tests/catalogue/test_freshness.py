from __future__ import annotations

from datetime import date

import pytest

from referral.catalogue.freshness import (
    URGENT,
    USUAL,
    Age,
    PartialDate,
    age_of,
    months_between,
    parse_date,
    standing,
    thresholds_for,
)

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        (None, Age("unknown")),
        ("", Age("unknown")),
        ("2026-11-24", Age("days", 0)),
        ("2026-11-23", Age("days", 1)),
        ("2026-10-25", Age("days", 30)),
        ("2026-10-24", Age("months", 1)),
        ("2026-07-24", Age("months", 4)),
        ("2024-11-25", Age("months", 23)),
        ("2024-11-24", Age("years", 2)),
        ("2019-05-14", Age("years", 7)),
        ("2027-01-01", Age("days", 0)),
        ("2026-11", Age("this_month")),
        ("2026-12", Age("this_month")),
        ("2026-10", Age("months", 1)),
        ("2024-12", Age("months", 23)),
        ("2024-11", Age("years", 2)),
        ("2026", Age("this_year")),
        ("2025", Age("years", 1)),
    ],
)
def test_age_is_no_more_precise_than_its_date(text, age):
    assert age_of(text, TODAY) == age


@pytest.mark.parametrize("text", ["hier", "2026-13", "2026-02-30", "26", "2026-1-1", "1802"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_date(text)


def test_partial_date_spans_all_it_may_mean():
    assert (PartialDate(2024, 2).earliest, PartialDate(2024, 2).latest) == (
        date(2024, 2, 1),
        date(2024, 2, 29),
    )
    assert (PartialDate(2024).earliest, PartialDate(2024).latest) == (date(2024, 1, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    ("then", "today", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2025, 11, 24), date(2026, 11, 23), 11),
        (date(2025, 11, 24), date(2026, 11, 24), 12),
    ],
)
def test_month_is_whole_on_the_same_day_or_the_last(then, today, months):
    assert months_between(then, today) == months


@pytest.mark.parametrize(
    ("months", "usual", "urgent"),
    [
        (0, "fresh", "fresh"),
        (5, "fresh", "fresh"),
        (6, "fresh", "due"),
        (11, "fresh", "due"),
        (12, "due", "due"),
        (15, "last", "last"),
        (18, "hidden", "hidden"),
    ],
)
def test_confirmation_grows_old(months, usual, urgent):
    assured = date(2024, 1, 10)
    today = date(2024 + months // 12, 1 + months % 12, 10)

    assert standing(assured, USUAL, today) == usual
    assert standing(assured, URGENT, today) == urgent


def test_what_nobody_confirmed_is_unconfirmed():
    assert standing(None, USUAL, TODAY) == "unconfirmed"


@pytest.mark.parametrize(
    ("categories", "always_open", "thresholds"),
    [
        (["emergency_shelter"], None, URGENT),
        (["transitional_housing"], None, URGENT),
        (["helpline"], None, URGENT),
        (["health"], True, URGENT),
        (["health"], False, USUAL),
        (["health"], None, USUAL),
    ],
)
def test_shelters_and_lines_are_checked_more_often(categories, always_open, thresholds):
    assert thresholds_for(categories, always_open=always_open) == thresholds
