from __future__ import annotations

import pytest

from referral.directory.unknown import list_unknown
from tests.pages.example import OFFICE, PROVINCIAL, SHELTER, make_listing


@pytest.fixture(autouse=True)
def english(app):
    with app.test_request_context("/en/"):
        yield


def test_what_decides_comes_first():
    asked = list_unknown(make_listing("muet"))

    assert asked[0] == "hours"
    assert asked[1].startswith("who can be admitted: ")


def test_a_condition_that_is_known_is_not_asked_again():
    admission = next(each for each in list_unknown(SHELTER) if each.startswith("who can be admitted"))

    assert "pets" not in admission
    assert "substance use" in admission


def test_pets_are_asked_of_shelters_only():
    assert "pets" not in " ".join(list_unknown(OFFICE))


def test_a_help_line_is_not_asked_for_papers():
    assert "who can be admitted" in list_unknown(PROVINCIAL)
    assert "ID" not in " ".join(list_unknown(PROVINCIAL))


def test_what_is_known_is_not_asked():
    assert "hours" not in list_unknown(SHELTER)
    assert "cost" not in list_unknown(SHELTER)
