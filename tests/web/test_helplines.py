from __future__ import annotations

import phonenumbers
import pytest

from referral.web.helplines import load_help_lines

LINES = load_help_lines()


def test_the_lines_that_everyone_may_need_are_there():
    numbers = {line.number for line in LINES}

    assert {"911", "811", "211", "988", "+18003639010", "+18339001010", "+18889339007"} <= numbers


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.code)
def test_a_line_is_said_in_both_languages_with_its_source(line):
    assert not line.name.missing
    assert not line.sentence.missing
    assert line.source_url.startswith("http")


@pytest.mark.parametrize(
    "line", [line for line in LINES if line.number.startswith("+")], ids=lambda line: line.code
)
def test_a_number_exists(line):
    assert phonenumbers.is_valid_number(phonenumbers.parse(line.number))
