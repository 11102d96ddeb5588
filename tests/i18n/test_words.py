from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask
from flask_babel import force_locale

from referral.i18n import wiring
from referral.i18n.dates import say_age, say_date, say_partial_date, say_time
from referral.i18n.languages import name_language
from referral.i18n.lists import say_list, say_number
from referral.i18n.phones import dial, show_number, spell_number


@pytest.fixture(scope="module")
def spoken():
    app = Flask("words")
    wiring.init_app(app)
    with app.app_context():
        yield app


def plain(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+18003639010", "1 800 363-9010"),
        ("+15145550123", "514 555-0123"),
        ("811", "811"),
        ("535353", "535353"),
        ("+33142685300", "+33 1 42 68 53 00"),
    ],
)
def test_a_number_is_shown_as_quebec_writes_it(number, shown):
    assert plain(show_number(number)) == shown


def test_a_short_number_is_spelt_for_a_voice():
    assert spell_number("811") == "8 1 1"


def test_a_number_is_dialled_or_written_to():
    assert (dial("+15145550123"), dial("535353", text=True)) == ("tel:+15145550123", "sms:535353")


def test_the_first_of_a_month_is_ordinal_in_french():
    assert plain(say_date(date(2026, 11, 1), "fr")) == "1er novembre 2026"


def test_a_date_in_english_has_the_month_first():
    assert say_date(date(2026, 11, 24), "en") == "November 24, 2026"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2018", "2018"),
        ("2018-10", "octobre 2018"),
        ("2018-10-04", "4 octobre 2018"),
        ("vers 2018", "vers 2018"),
    ],
)
def test_a_date_is_no_more_precise_than_its_source(given, shown):
    assert plain(say_partial_date(given, "fr")) == shown


def test_hours_are_said_as_one_says_them():
    assert (plain(say_time(time(8, 30), "fr")), plain(say_time(time(0, 15), "en"))) == (
        "8 h 30",
        "12:15 am",
    )


def test_french_has_no_comma_before_the_last():
    assert say_list(["a", "b", "c"], "fr") == "a, b et c"


def test_nothing_is_listed_as_nothing():
    assert say_list([], "fr") == ""


def test_thousands_hold_together():
    assert say_number(12345, "fr") == "12\u00a0345"


def test_languages_that_no_vocabulary_holds_have_a_name():
    assert (name_language("rhg", "en"), name_language("zzz", "fr")) == ("Rohingya", "zzz")


@pytest.mark.parametrize(
    ("unit", "number", "said"),
    [
        ("days", 0, "aujourd’hui"),
        ("days", 1, "il y a 1 jour"),
        ("months", 4, "il y a 4 mois"),
        ("years", 8, "il y a 8 ans"),
        ("this_year", 0, "cette année"),
        ("unknown", 0, "à une date inconnue"),
    ],
)
def test_an_age_is_said_in_words(spoken, unit, number, said):
    with force_locale("fr"):
        assert plain(say_age(unit, number)) == said
