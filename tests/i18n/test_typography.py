from __future__ import annotations

import pytest

from referral.i18n.typography import set_french, set_text


@pytest.mark.parametrize("mark", [":", ";", "?", "!", "»", "%", "$"])
def test_a_space_before_a_mark_does_not_break(mark):
    assert set_french(f"mot {mark}") == f"mot\u00a0{mark}"


def test_quotation_marks_hold_their_text():
    assert set_french("dit « mot » ou «mot»") == "dit «\u00a0mot\u00a0» ou «\u00a0mot\u00a0»"


def test_a_mark_without_a_space_is_left_alone():
    assert set_french("https://exemple.example 12:30 Espace M!") == "https://exemple.example 12:30 Espace M!"


def test_groups_of_digits_and_units_hold_together():
    assert (
        set_french("10 000 personnes, 8 h 30, 18 ans")
        == "10\u00a0000 personnes, 8\u00a0h\u00a030, 18\u00a0ans"
    )


def test_apostrophes_are_those_of_print():
    assert set_text("l'aide", "fr") == "l’aide"


def test_a_blank_to_fill_is_no_percent_sign():
    assert set_french("près de %(place)s") == "près de %(place)s"


def test_english_keeps_its_spaces():
    assert set_text("Really ? 10 000", "en") == "Really ? 10 000"


def test_setting_twice_changes_nothing():
    once = set_french("Quoi ? « Rien » : 1 800")

    assert set_french(once) == once
