"""docs/security.md has one line for each requirement, and claims nothing that it does not show."""

from __future__ import annotations

import ast
import csv
import re
from functools import cache

import pytest

from referral.shared.paths import ROOT

PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
LINE = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
LINES = {number: (level, what, how) for number, level, what, how in LINE.findall(PAGE)}
HEAD = re.compile(r"\*\*Met: (\d+)\. Not met: (\d+)\. Does not apply: (\d+)\.\*\*")
NOT_MET, OUTSIDE = "**Not met**: ", "Does not apply: "
LEAST_WORDS = 4


@cache
def names_in(path):
    """Return the names of the tests in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def shown(how):
    """Return the tests and files that a line names."""
    return re.findall(r"`([^`]+)`", how)


def is_met(how):
    return not how.startswith((NOT_MET, OUTSIDE))


def test_each_requirement_of_levels_1_and_2_has_one_line_with_its_level():
    with (ROOT / "data/security/asvs.csv").open(encoding="utf-8") as file:
        asked = [(row["id"], row["level"]) for row in csv.DictReader(file)]

    assert len(asked) == 253
    assert [(number, level) for number, level, _, _ in LINE.findall(PAGE)] == asked


def test_no_line_is_of_another_form():
    assert len(re.findall(r"^\| \d+\.\d+", PAGE, re.MULTILINE)) == len(LINES)


def test_the_counts_at_the_top_are_those_of_the_lines():
    hows = [how for _, _, how in LINES.values()]
    counted = (
        sum(map(is_met, hows)),
        sum(how.startswith(NOT_MET) for how in hows),
        sum(how.startswith(OUTSIDE) for how in hows),
    )

    assert tuple(map(int, HEAD.search(PAGE).groups())) == counted
    assert sum(counted) == len(LINES)


@pytest.mark.parametrize("number", [number for number, (_, _, how) in LINES.items() if is_met(how)])
def test_what_is_met_names_a_test_or_a_file_that_is_there(number):
    names = shown(LINES[number][2])

    assert names
    for name in names:
        path, _, test = name.partition("::")
        assert (ROOT / path).is_file(), path
        assert not path.startswith("tests/") or test.startswith("test_"), name
        assert not test or test in names_in(path), name


@pytest.mark.parametrize("number", [number for number, (_, _, how) in LINES.items() if not is_met(how)])
def test_what_is_not_met_or_does_not_apply_says_why(number):
    how = LINES[number][2]
    reason = how.removeprefix(NOT_MET).removeprefix(OUTSIDE)

    assert len(reason.split()) >= LEAST_WORDS
    assert not how.startswith(NOT_MET) or "would do" in reason
