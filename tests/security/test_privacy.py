"""docs/privacy.md and its French twin answer each requirement on case files, and show what they claim."""

from __future__ import annotations

import re

import pytest

from referral.shared.paths import ROOT
from tests.security.test_asvs import names_in, shown

ENGLISH, FRENCH = ROOT / "docs/privacy.md", ROOT / "docs/fr/vie-privee.md"
NUMBERS = [*range(10, 33)]
LINE = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
MARKS = {ENGLISH: ("**Not met**", "**In part**"), FRENCH: ("**Non satisfaite**", "**En partie**")}
HEADS = {
    ENGLISH: re.compile(r"\*\*Met: (\d+)\. In part: (\d+)\. Not met: (\d+)\.\*\*"),
    FRENCH: re.compile(r"\*\*Satisfaites : (\d+)\. En partie : (\d+)\. Non satisfaites : (\d+)\.\*\*"),
}
PAGES = (ENGLISH, FRENCH)
LEAST_WORDS = 6
ASSESSMENTS = (ROOT / "docs/privacy-assessment.md", ROOT / "docs/fr/evaluation-vie-privee.md")


def lines_of(page):
    """Return the lines of a page by number: what is asked, how it is met, the tests."""
    return {int(number): rest for number, *rest in LINE.findall(page.read_text(encoding="utf-8"))}


def shown_tests(page, number):
    return [name for name in shown(lines_of(page)[number][2]) if name.startswith("tests/")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_of_the_23_requirements_has_one_line(page):
    found = LINE.findall(page.read_text(encoding="utf-8"))

    assert [int(number) for number, *_rest in found] == NUMBERS
    assert len(re.findall(r"^\| \d+ \|", page.read_text(encoding="utf-8"), re.MULTILINE)) == len(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_names_a_test_that_exists(number):
    names = shown_tests(ENGLISH, number)

    assert names
    for name in names:
        path, _, test = name.partition("::")
        assert (ROOT / path).is_file(), path
        assert test in names_in(path), name


@pytest.mark.parametrize("number", NUMBERS)
def test_both_pages_name_the_same_tests_and_the_same_state(number):
    states = [[mark in lines_of(page)[number][1] for mark in MARKS[page]] for page in (ENGLISH, FRENCH)]

    assert shown_tests(ENGLISH, number) == shown_tests(FRENCH, number)
    assert states[0] == states[1]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_not_met_says_what_is_missing(page, number):
    how = lines_of(page)[number][1]
    for mark in MARKS[page]:
        _before, is_said, reason = how.partition(mark)

        assert not is_said or len(reason.split()) >= LEAST_WORDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_counts_at_the_top_are_those_of_the_lines(page):
    hows = [how for _what, how, _tests in lines_of(page).values()]
    missing, partly = (sum(mark in how for how in hows) for mark in MARKS[page])
    counted = tuple(map(int, HEADS[page].search(page.read_text(encoding="utf-8")).groups()))

    assert counted == (len(NUMBERS) - missing - partly, partly, missing)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_line_names_is_there(page):
    names = {
        name.partition("::")[0] for rest in lines_of(page).values() for part in rest for name in shown(part)
    }

    assert [
        name for name in names if "/" in name and not name.startswith("/") and not (ROOT / name).exists()
    ] == []


def test_the_assessment_is_of_the_release_that_is_made_now():
    latest = re.search(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    said = [
        re.search(r": \*\*([^*]+)\*\*\.|visée : \*\*([^*]+)\*\*", page.read_text(encoding="utf-8"))
        for page in ASSESSMENTS
    ]

    assert [next(filter(None, found.groups())) for found in said] == [latest[1]] * 2


@pytest.mark.parametrize("page", ASSESSMENTS, ids=lambda page: page.name)
def test_the_assessment_leads_to_the_table_of_data_and_asks_where_files_are_kept(page):
    text = page.read_text(encoding="utf-8")

    assert "data-of-case-files.md)" in text
    assert re.search(r"☐ (Where the servers|Où sont les serveurs)", text)
    assert re.search(r"s\. 17|article 17", text)


def test_both_assessments_have_the_same_sections_and_as_much_to_complete():
    pages = [page.read_text(encoding="utf-8") for page in ASSESSMENTS]

    assert len({tuple(re.findall(r"^(#+) ", page, re.MULTILINE)) for page in pages}) == 1
    assert len({page.count("☐") for page in pages}) == 1
    assert len({page.count("\n| ") for page in pages}) == 1
