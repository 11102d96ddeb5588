from __future__ import annotations

from datetime import date, time

import pytest

from referral.catalogue.listing import Opening
from referral.directory.week import say_days, say_week
from tests.pages.example import make_listing


@pytest.fixture(autouse=True)
def french(app):
    with app.test_request_context("/fr/"):
        yield


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("MO",), "lun."),
        (("MO", "TU", "WE", "TH", "FR"), "lun. à ven."),
        (("FR", "MO", "TU"), "lun. à mar., ven."),
        (("SA", "SU"), "sam. à dim."),
    ],
)
def test_days_that_follow_each_other_are_said_as_the_first_and_the_last(days, said):
    assert say_days(days) == said


def test_hours_come_after_their_days():
    listing = make_listing("heures", openings=(Opening(("MO", "TU"), time(9), time(17)),))

    assert [each.replace("\u00a0", " ") for each in say_week(listing)] == ["lun. à mar. de 9 h à 17 h"]


def test_what_never_closes_has_no_days():
    assert [each.replace("\u00a0", " ") for each in say_week(make_listing("nuit", always_open=True))] == [
        "24 h"
    ]


def test_unknown_hours_are_not_said():
    assert say_week(make_listing("muet")) == ()


def test_single_days_are_said_with_their_date_until_they_are_over():
    holiday = Opening(("FR",), time(10), time(14), date(2026, 12, 25), date(2026, 12, 25))
    listing = make_listing("fête", openings=(holiday,), closed_on=(date(2027, 1, 1),))

    def said(today):
        return [each.replace("\u00a0", " ") for each in say_week(listing, today)]

    assert said(date(2026, 12, 1)) == [
        "25 décembre 2026 seulement : de 10 h à 14 h",
        "1er janvier 2027 : fermé",
    ]
    assert said(date(2026, 12, 26)) == ["1er janvier 2027 : fermé"]
    assert said(date(2027, 1, 2)) == []
