from __future__ import annotations

from datetime import time

import msgspec
import pytest

from referral.catalogue.fields import (
    FIELDS,
    Ages,
    Hours,
    UnknownFieldError,
    decode,
    differing,
    encode,
    lacks_french,
    to_review,
)
from referral.catalogue.listing import Opening, PhoneNumber, Text

WEEK = Hours(openings=(Opening(("MO", "TU"), time(9), time(17)),))


def test_a_value_comes_back_from_its_text():
    assert decode("hours", encode("hours", WEEK)) == WEEK


def test_the_same_value_has_the_same_text_whatever_the_order_of_its_keys():
    one, other = {"accepts_pets": "yes", "accepts_men": "no"}, {"accepts_men": "no", "accepts_pets": "yes"}

    assert encode("eligibility", one) == encode("eligibility", other)


def test_a_text_that_is_no_value_of_the_field_is_refused():
    with pytest.raises(msgspec.ValidationError):
        decode("ages", '{"minimum": "beaucoup"}')


def test_a_field_that_no_listing_has_is_refused():
    with pytest.raises(UnknownFieldError):
        encode("latitude", 45.5)


def test_only_what_differs_is_a_change():
    before = {"ages": Ages(18), "email": None}

    assert differing(before, {"ages": Ages(18), "email": "aide@exemple.example"}) == {
        "email": "aide@exemple.example"
    }


def test_nothing_that_says_where_a_service_is_can_be_proposed():
    assert not FIELDS.keys() & {"place", "address", "location", "confidential", "latitude", "longitude"}


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        (Text("Écoute", "Listening"), Text("Écoute et appui", "Listening"), {"en"}),
        (Text("Écoute", "Listening"), Text("Écoute", "Listening and support"), {"fr"}),
        (Text("Écoute", "Listening"), Text("Appui", "Support"), set()),
        (Text("Écoute", "Listening"), Text("Écoute", "Listening"), set()),
    ],
)
def test_a_change_in_one_language_leaves_the_other_to_review(before, after, left):
    assert to_review(before, after) == left


def test_texts_within_a_list_are_compared_one_by_one():
    before = (PhoneNumber("+15145550123", description=Text("jour", "day")),)
    after = (PhoneNumber("+15145550123", description=Text("soir", "day")),)

    assert to_review(before, after) == {"en"}


def test_a_text_in_english_only_lacks_french():
    assert lacks_french(Text(None, "Listening"))
    assert not lacks_french(Text("Écoute", None))


def test_equal_values_have_the_same_text_whatever_they_were_made_of():
    made = (PhoneNumber("+15145550199", "".join(["voi", "ce"]), description=Text(None, None)),)

    assert encode("phones", made) == encode("phones", (PhoneNumber("+15145550199"),))
