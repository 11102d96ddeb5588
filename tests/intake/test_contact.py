from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.intake.contact import Block, has_channel, may_contact
from referral.intake.follow_up_days import AFTER, due_day, working_days_late
from referral.intake.retention import keep_until
from referral.intake.vocabulary import FollowUpKind
from referral.shared.clock import QUEBEC

TUESDAY = date(2026, 11, 24)


def at(hour, minute=0, day=TUESDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=QUEBEC).astimezone(UTC)


def rule(**more):
    return {"channel": "phone", "detail": "514 555-0142", **more}


def test_without_a_rule_nobody_may_be_reached():
    assert may_contact(None, at(12)).block is Block.UNKNOWN


def test_never_is_never():
    assert may_contact({"channel": "none"}, at(12)).block is Block.NEVER
    assert not has_channel({"channel": "none"})


def test_a_rule_without_days_and_hours_allows_any_moment():
    assert may_contact(rule(), at(3)).allowed


@pytest.mark.parametrize(
    ("hour", "minute", "allowed"), [(8, 59, False), (9, 0, True), (16, 59, True), (17, 0, False)]
)
def test_hours_hold_from_their_first_minute_to_the_last_but_not_the_end(hour, minute, allowed):
    assert may_contact(rule(**{"from": "09:00", "to": "17:00"}), at(hour, minute)).allowed is allowed


def test_a_day_that_she_did_not_name_is_refused_and_the_next_that_she_did_is_said():
    verdict = may_contact(rule(days=[3]), at(12))

    assert verdict.block is Block.TIME
    assert verdict.opens_at == at(0, day=date(2026, 11, 26))


def test_hours_past_midnight_belong_to_the_evening_on_which_they_began():
    night = rule(days=[1], **{"from": "22:00", "to": "02:00"})

    assert may_contact(night, at(1, day=date(2026, 11, 25))).allowed
    assert not may_contact(night, at(1)).allowed


def test_hours_are_those_of_quebec_whatever_the_season():
    hours = rule(**{"from": "09:00", "to": "10:00"})

    assert may_contact(hours, datetime(2026, 7, 6, 13, 30, tzinfo=UTC)).allowed
    assert may_contact(hours, datetime(2026, 12, 7, 14, 30, tzinfo=UTC)).allowed
    assert not may_contact(hours, datetime(2026, 12, 7, 13, 30, tzinfo=UTC)).allowed


def test_when_it_closes_is_said():
    assert may_contact(rule(**{"from": "09:00", "to": "17:00"}), at(10)).closes_at == at(17)


CLOCKS = st.times().map(lambda each: f"{each.hour:02}:{each.minute:02}")
RULES = st.builds(
    lambda days, hours: rule(days=sorted(days)) | ({"from": hours[0], "to": hours[1]} if hours else {}),
    st.sets(st.integers(0, 6)),
    st.none() | st.tuples(CLOCKS, CLOCKS).filter(lambda each: each[0] != each[1]),
)
MOMENTS = st.integers(0, 730 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(RULES, MOMENTS)
def test_when_a_rule_refuses_it_names_a_later_moment_at_which_it_allows(rules, moment):
    verdict = may_contact(rules, moment)

    if not verdict.allowed:
        assert verdict.opens_at > moment
        assert may_contact(rules, verdict.opens_at).allowed
        assert not may_contact(rules, verdict.opens_at - timedelta(microseconds=1)).allowed or (
            verdict.opens_at - timedelta(microseconds=1) < moment
        )


@given(RULES, MOMENTS)
def test_what_is_allowed_is_on_a_day_and_at_an_hour_that_she_named(rules, moment):
    if may_contact(rules, moment).allowed and rules["days"]:
        local = moment.astimezone(QUEBEC)
        assert local.weekday() in rules["days"] or (local - timedelta(days=1)).weekday() in rules["days"]


@pytest.mark.parametrize(("kind", "day"), [("48-hours", 26), ("7-days", 1), ("30-days", 24), ("90-days", 22)])
def test_a_follow_up_is_counted_from_the_opening(kind, day):
    assert due_day(FollowUpKind(kind), TUESDAY, TUESDAY).day == day


def test_a_follow_up_agreed_to_after_its_day_is_counted_from_today():
    today = TUESDAY + timedelta(days=20)

    assert due_day(FollowUpKind.DAYS_7, TUESDAY, today) == today + timedelta(days=7)


@given(st.sampled_from(FollowUpKind), st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(0, 400))
def test_a_follow_up_is_never_planned_in_the_past(kind, opened_on, days):
    today = opened_on + timedelta(days=days)

    assert today <= due_day(kind, opened_on, today) <= today + AFTER[kind]


@pytest.mark.parametrize(
    ("due_on", "today", "late"),
    [
        (TUESDAY, TUESDAY, 0),
        (TUESDAY, date(2026, 11, 26), 2),
        (date(2026, 11, 27), date(2026, 11, 30), 1),
        (date(2026, 12, 24), date(2026, 12, 27), 0),
        (TUESDAY, date(2026, 11, 20), 0),
    ],
    ids=["same day", "two days", "over a week-end", "holiday and week-end", "to come"],
)
def test_lateness_is_counted_in_working_days(due_on, today, late):
    assert working_days_late(due_on, today) == late


@pytest.mark.parametrize(
    ("closed_on", "months", "last"),
    [
        (date(2026, 11, 24), 24, date(2028, 11, 24)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_a_closed_file_is_kept_for_whole_months(closed_on, months, last):
    assert keep_until(closed_on, months) == last
