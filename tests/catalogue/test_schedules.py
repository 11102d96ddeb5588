from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from referral.catalogue.listing import Listing, Opening, OrganizationCard, Text
from referral.catalogue.schedules import HoursToday, hours_today, is_holiday, is_open
from referral.shared.clock import QUEBEC

WEEK = ("MO", "TU", "WE", "TH", "FR")
EVERY_DAY = (*WEEK, "SA", "SU")


def make_listing(*openings: Opening, **fields) -> Listing:
    card = OrganizationCard("o", Text("Organisme Exemple"))
    return Listing("s", "exemple", card, Text("Exemple"), Text(), "sourced", openings=openings, **fields)


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=QUEBEC, fold=fold)


OFFICE = Opening(WEEK, time(8, 30), time(16, 30))
NIGHT = Opening(WEEK, time(20), time(2))
ROUND = Opening(("MO",), time(0), time(0))


@pytest.mark.parametrize(
    ("openings", "moment", "answer"),
    [
        ([OFFICE], "2026-11-24T08:30", True),
        ([OFFICE], "2026-11-24T16:29", True),
        ([OFFICE], "2026-11-24T16:30", False),
        ([OFFICE], "2026-11-24T08:29", False),
        ([OFFICE], "2026-11-28T12:00", False),
        ([NIGHT], "2026-11-24T23:00", True),
        ([NIGHT], "2026-11-25T01:59", True),
        ([NIGHT], "2026-11-25T02:00", False),
        ([NIGHT], "2026-11-28T01:00", True),
        ([NIGHT], "2026-11-29T01:00", False),
        ([NIGHT], "2026-11-23T01:00", False),
        ([ROUND], "2026-11-23T23:59", True),
        ([ROUND], "2026-11-24T00:00", False),
        ([OFFICE, NIGHT], "2026-11-24T18:00", False),
        ([OFFICE, NIGHT], "2026-11-24T20:00", True),
        ([], "2026-11-24T12:00", None),
    ],
)
def test_hours_answer_by_the_wall_clock(openings, moment, answer):
    assert is_open(make_listing(*openings), at(moment)) is answer


def test_moment_of_another_zone_is_the_same_moment():
    assert is_open(make_listing(OFFICE), datetime(2026, 11, 24, 13, 30, tzinfo=UTC)) is True
    assert is_open(make_listing(OFFICE), datetime(2026, 11, 24, 13, 29, tzinfo=UTC)) is False


def test_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive"):
        is_open(make_listing(OFFICE), datetime(2026, 11, 24, 12))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "fold", "answer"),
    [
        ("2026-11-01T01:30", 0, True),
        ("2026-11-01T01:30", 1, True),
        ("2026-11-01T02:00", 0, False),
        ("2026-03-08T01:59", 0, True),
        ("2026-03-08T03:00", 0, False),
    ],
)
def test_nights_on_which_clocks_change_are_read_from_the_clock(moment, fold, answer):
    night = Opening(EVERY_DAY, time(20), time(2))

    assert is_open(make_listing(night), at(moment, fold)) is answer


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("2026-12-25T12:00", None),
        ("2026-06-24T12:00", None),
        ("2026-06-23T12:00", True),
        ("2026-12-25T01:00", True),
        ("2026-12-26T01:00", None),
        ("2026-12-26T03:00", False),
    ],
)
def test_on_a_statutory_holiday_ordinary_hours_prove_nothing(moment, answer):
    hours = [Opening(EVERY_DAY, time(8), time(16)), Opening(EVERY_DAY, time(20), time(2))]

    assert is_open(make_listing(*hours), at(moment)) is answer


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 18), date(2026, 6, 24),
        date(2026, 7, 1), date(2026, 9, 7), date(2026, 10, 12), date(2026, 12, 25),
    ],
)  # fmt: skip
def test_statutory_days_of_quebec_are_holidays(day):
    assert is_holiday(day)


@pytest.mark.parametrize(
    "day", [date(2026, 9, 30), date(2026, 12, 26), date(2026, 11, 24), date(2026, 11, 11)]
)
def test_other_days_are_not(day):
    assert not is_holiday(day)


def test_what_is_always_open_is_open_on_a_holiday():
    listing = make_listing(always_open=True)

    assert is_open(listing, at("2026-12-25T03:00")) is True
    assert hours_today(listing, at("2026-12-25T03:00")) == HoursToday("always")


def test_what_is_closed_for_a_time_is_closed_even_if_always_open():
    listing = make_listing(always_open=True, status="temporarily closed")

    assert is_open(listing, at("2026-11-24T12:00")) is False
    assert hours_today(listing, at("2026-11-24T12:00")) == HoursToday("closed")


@pytest.mark.parametrize(
    ("moment", "answer"), [("2026-12-01T12:00", True), ("2027-04-16T12:00", None), ("2026-11-13T12:00", None)]
)
def test_hours_of_a_season_say_nothing_outside_it(moment, answer):
    winter = Opening(EVERY_DAY, time(8), time(20), date(2026, 11, 15), date(2027, 4, 15))

    assert is_open(make_listing(winter), at(moment)) is answer


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2026-11-24T23:00", HoursToday("hours", ((time(8, 30), time(16, 30)), (time(20), time(2))))),
        ("2026-11-28T23:00", HoursToday("closed")),
        ("2026-12-25T09:00", HoursToday("holiday")),
    ],
)
def test_hours_of_the_day_come_in_order(moment, hours):
    assert hours_today(make_listing(NIGHT, OFFICE), at(moment)) == hours


def test_hours_of_the_day_are_unknown_where_none_were_given():
    assert hours_today(make_listing(), at("2026-11-24T12:00")) == HoursToday("unknown")


def only_on(day: str, opens: int, closes: int) -> Opening:
    moment = date.fromisoformat(day)
    return Opening((EVERY_DAY[moment.weekday()],), time(opens), time(closes), moment, moment)


@pytest.mark.parametrize(
    ("moment", "answer"),
    [("2026-12-25T11:00", True), ("2026-12-25T15:00", False), ("2026-12-28T15:00", True)],
)
def test_hours_of_one_day_hold_instead_of_the_week_also_on_a_holiday(moment, answer):
    assert is_open(make_listing(OFFICE, only_on("2026-12-25", 10, 14)), at(moment)) is answer


def test_a_day_told_closed_is_closed_whatever_the_week_says():
    listing = make_listing(OFFICE, closed_on=(date(2026, 11, 24), date(2026, 12, 25)))

    assert is_open(listing, at("2026-11-24T12:00")) is False
    assert hours_today(listing, at("2026-12-25T12:00")) == HoursToday("closed")
    assert is_open(listing, at("2026-11-25T12:00")) is True


def test_the_night_before_a_day_told_closed_lasts_to_its_end():
    listing = make_listing(NIGHT, closed_on=(date(2026, 11, 25),))

    assert is_open(listing, at("2026-11-25T01:00")) is True
    assert is_open(listing, at("2026-11-26T01:00")) is False
