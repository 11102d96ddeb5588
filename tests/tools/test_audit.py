from __future__ import annotations

import json

import pytest

from tools import audit

SOUND = {"name": "exemple", "version": "1", "vulns": []}
WEAK = {"name": "fragile", "version": "2", "vulns": [{"id": "CVE-0000-0001"}]}
UNKNOWN = {"name": "inconnu", "skip_reason": "not found"}


def report(*packages: object) -> str:
    return json.dumps({"dependencies": packages})


def test_a_known_weakness_fails_and_is_named():
    code, line = audit.verdict(report(SOUND, WEAK))

    assert code == 1
    assert "fragile 2: CVE-0000-0001" in line


@pytest.mark.parametrize("text", ["", "no network"])
def test_without_an_answer_nothing_fails_and_the_line_says_so(text):
    assert audit.verdict(text) == (0, "Known weaknesses: nobody could be asked.")


def test_what_could_not_be_looked_up_is_not_counted_as_sound():
    assert audit.verdict(report(SOUND, UNKNOWN))[1].endswith("none in the 1 of 2 packages that were found.")


def test_an_index_that_knows_none_of_them_is_no_comfort():
    code, line = audit.verdict(report(UNKNOWN, UNKNOWN))

    assert (code, line) == (
        0,
        "Known weaknesses: nobody knew any of the 2 packages: nothing was learnt.",
    )
