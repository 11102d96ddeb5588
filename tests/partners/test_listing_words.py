from __future__ import annotations

from datetime import date, time

import pytest

from referral.catalogue.fields import FIELDS, Ages, Hours, ServedArea, Territory
from referral.catalogue.listing import Opening, PhoneNumber, SpokenLanguage, Text
from referral.partners.words import LABELS, SAYERS, describe, name_field

NIGHT = Hours(openings=(Opening(("FR", "SA"), time(20), time(2), date(2026, 12, 1), date(2027, 3, 31)),))


@pytest.fixture(autouse=True)
def _in_app(app):
    with app.app_context():
        yield


def test_every_field_has_a_label_and_words():
    assert LABELS.keys() == SAYERS.keys() == FIELDS.keys()


@pytest.mark.parametrize(("language", "label"), [("fr", "Heures"), ("en", "Hours")])
def test_a_field_is_named_in_the_language_asked_for(language, label):
    assert name_field("hours", language) == label


def test_a_text_says_what_is_written_in_each_language():
    lines = describe("name", Text("Écoute", "Listening"), "en")

    assert lines == ["French: Écoute", "English: Listening"]


def test_hours_past_midnight_say_so_and_give_their_season():
    (line,) = describe("hours", NIGHT, "en")

    assert line.startswith("Fri. to Sat.")
    assert "the next day" in line
    assert "December 1, 2026" in line


def test_a_phone_is_said_with_its_kind_and_its_words():
    phones = (PhoneNumber("+15145550199", "text", description=Text("soir", "evening")),)

    assert describe("phones", phones, "en") == ["Text messages: 514\u00a0555-0199 (soir / evening)"]


def test_a_language_is_said_by_the_way_it_is_offered():
    (line,) = describe("languages", (SpokenLanguage("es", "interpreter"),), "en")

    assert line == "Through an interpreter: Spanish"


def test_a_town_is_said_with_its_region():
    assert describe("area", Territory(areas=(ServedArea("16", "Longueuil"),)), "fr") == [
        "Longueuil (Montérégie)"
    ]


@pytest.mark.parametrize(
    ("name", "value"), [("email", None), ("ages", Ages()), ("hours", Hours()), ("eligibility", {})]
)
def test_nothing_is_said_in_a_word(name, value):
    assert describe(name, value, "en") == ["nothing"]
