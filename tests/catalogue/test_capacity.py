"""How long what was told of room and of closures holds, judged by moments alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from referral.catalogue.capacity import BED, PLACE, Fading, day_of, holds, is_closed, is_to_ask, unit_of

TOLD = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
FADING = Fading()
AFTER = timedelta(days=14)
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(("unit", "lasts"), [(BED, timedelta(hours=24)), (PLACE, timedelta(days=7))])
def test_a_telling_holds_until_it_is_as_old_as_its_kind_lasts_and_not_a_moment_longer(unit, lasts):
    assert holds(TOLD, unit, TOLD, FADING)
    assert holds(TOLD, unit, TOLD + lasts - INSTANT, FADING)
    assert not holds(TOLD, unit, TOLD + lasts, FADING)


def test_the_night_on_which_clocks_change_is_no_longer_than_any_other():
    told = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)

    assert not holds(told, BED, told + timedelta(hours=24), FADING)


def test_an_installation_may_let_tellings_last_otherwise():
    short = Fading(beds=timedelta(hours=2))

    assert not holds(TOLD, BED, TOLD + timedelta(hours=2), short)
    assert short.longest == timedelta(days=7)


@pytest.mark.parametrize("category", ["emergency_shelter", "transitional_housing"])
def test_where_people_sleep_beds_are_counted(category):
    assert unit_of(["legal_aid", category]) == BED


def test_elsewhere_places_are_counted():
    assert unit_of(["legal_aid", "homelessness"]) == PLACE


def test_a_day_is_one_of_quebec():
    assert day_of(datetime(2026, 11, 24, 4, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert day_of(datetime(2026, 11, 24, 5, 0, tzinfo=UTC)) == TODAY


@pytest.mark.parametrize(
    ("starts", "ends", "ended", "closed"),
    [
        (0, None, False, True),
        (-30, None, False, True),
        (0, 0, False, True),
        (-3, 0, False, True),
        (-3, -1, False, False),
        (1, None, False, False),
        (-3, None, True, False),
        (-3, 3, True, False),
    ],
)
def test_a_closure_lasts_from_its_first_day_to_its_last_both_included_unless_somebody_ended_it(
    starts, ends, ended, closed
):
    first = TODAY + timedelta(days=starts)
    last = None if ends is None else TODAY + timedelta(days=ends)

    assert is_closed(first, last, TOLD if ended else None, TODAY) is closed


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, 0, tzinfo=UTC)


def test_a_closure_without_end_is_asked_about_after_a_while():
    assert not is_to_ask(TODAY - timedelta(days=13), None, None, at_noon(TODAY), AFTER)
    assert is_to_ask(TODAY - timedelta(days=14), None, None, at_noon(TODAY), AFTER)


def test_an_answer_puts_the_question_off():
    start, answered = TODAY - timedelta(days=20), at_noon(TODAY - timedelta(days=6))

    assert not is_to_ask(start, None, answered, at_noon(TODAY), AFTER)
    assert is_to_ask(start, None, answered, at_noon(TODAY + timedelta(days=8)), AFTER)


def test_a_closure_whose_last_day_is_known_is_never_asked_about():
    assert not is_to_ask(TODAY - timedelta(days=90), TODAY, None, at_noon(TODAY), AFTER)
