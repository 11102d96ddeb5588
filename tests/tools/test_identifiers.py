"""Numbers are put together here: written whole, they would be refused in this very file."""

from __future__ import annotations

import subprocess

import pytest

from tools import identifiers
from tools.identifiers import ROOT, find_in_files, find_numbers, list_tracked

HEALTH = "health-insurance"
SOCIAL = "social-insurance"


def join(*parts, by=""):
    return by.join(parts)


def kinds(text):
    return [kind for _line, kind in find_numbers(text)]


@pytest.mark.parametrize("by", ["", " ", "-", "\u00a0"])
@pytest.mark.parametrize("date", [("8501", "31"), ("8562", "01")], ids=["a man's", "a woman's"])
def test_a_health_insurance_number_with_a_date_is_found(date, by):
    assert kinds(join("EXEM", date[0], date[1] + "14", by=by)) == [HEALTH]


def test_small_letters_hide_none():
    assert kinds(join("exem", "8501", "3114", by=" ")) == [HEALTH]


@pytest.mark.parametrize(
    "date", [("8513", "0114"), ("8563", "0114"), ("8500", "0114"), ("8501", "3214"), ("8501", "0014")]
)
def test_one_whose_date_cannot_be_is_an_example(date):
    assert kinds(join("EXEM", *date, by=" ")) == []


@pytest.mark.parametrize("around", [("x", ""), ("", "5"), ("3", ""), ("", "e")])
def test_a_longer_word_is_none(around):
    assert kinds(around[0] + join("EXEM", "8501", "3114") + around[1]) == []


@pytest.mark.parametrize("by", [" ", "-", "\u00a0", "\u202f"])
def test_a_social_insurance_number_is_found(by):
    assert kinds(join("Son numéro : 193", "456", "787", by=by) + ".") == [SOCIAL]


@pytest.mark.parametrize(
    "parts",
    [("193", "456", "788"), ("046", "454", "286"), ("193", "456", "7871"), ("1193", "456", "787")],
    ids=["wrong last digit", "a first digit of nobody", "a telephone number", "a longer number"],
)
def test_what_cannot_be_one_is_an_example(parts):
    assert kinds(join(*parts, by=" ")) == []


def test_two_different_signs_between_are_no_group():
    assert kinds("193" + " " + "456" + "-" + "787") == []


def test_a_number_is_told_by_its_line_and_not_repeated(tmp_path):
    number = join("193", "456", "787", by=" ")
    path = tmp_path / "exemple.md"
    path.write_text(f"Une ligne\n{number}\n", encoding="utf-8")

    (told,) = find_in_files([path])
    assert told == f"{path}:2: this could be somebody's {SOCIAL} number"


def test_pictures_and_other_files_that_are_no_text_are_left_out(tmp_path):
    path = tmp_path / "exemple.bin"
    path.write_bytes(b"\0" + join("193", "456", "787", by=" ").encode())

    assert list(find_in_files([path])) == []


def test_only_what_is_tracked_is_looked_at_and_fails_the_check(tmp_path, capsys):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)  # noqa: S607
    for name in ("suivi.txt", "autre.txt"):
        (tmp_path / name).write_text(join("193", "456", "787", by=" "), encoding="utf-8")
    subprocess.run(["git", "add", "suivi.txt"], check=True, cwd=tmp_path)  # noqa: S607

    assert identifiers.main(tmp_path) == 1
    assert capsys.readouterr().out.count("somebody") == 1


def test_where_nobody_can_say_what_is_tracked_the_check_fails(tmp_path):
    assert identifiers.main(tmp_path) == 1


def test_nothing_of_this_tree_is_taken_for_a_persons_number():
    assert list(find_in_files(list_tracked(ROOT))) == []


def test_the_check_is_one_of_those_that_are_made():
    assert "tools.identifiers" in (ROOT / "tools/check").read_text(encoding="utf-8")
