"""Listings that somebody wrote to harm: what they hold stays text, and nothing of the reader goes with it."""

from __future__ import annotations

import msgspec
import pytest

from referral.catalogue.columns import parse_age
from referral.catalogue.listing import Text
from referral.catalogue.problems import CellError
from tests.pages.example import OFFICE, ExampleEdition, make_app

OUTSIDE = "https://autre.example/"
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}"


def show(folder, **changes):
    listing = msgspec.structs.replace(OFFICE, phones=(), confidential=False, **changes)
    client = make_app(folder, ExampleEdition([listing])).test_client()
    sent = client.post("/fr/services", data={"near": "Laval"})
    return client.get(sent.headers["Location"]).text + client.get(f"/fr/services/{listing.id}").text


@pytest.mark.parametrize("mark", ["?carried", "%3Fcarried", "?CARRIED"])
def test_a_link_of_a_listing_takes_no_seal_of_the_reader_along(tmp_path, mark):
    shown = show(tmp_path, website=OUTSIDE + mark)

    assert f'href="{OUTSIDE}{mark}"' in shown
    assert f"{OUTSIDE}?s=" not in shown
    assert f"{OUTSIDE}?l=" not in shown


def test_markup_in_a_listing_stays_text(tmp_path):
    shown = show(tmp_path, name=Text(SCRIPT, SCRIPT), description=Text(SCRIPT, SCRIPT))

    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "49" not in shown.split("&lt;script&gt;alert(1)", 2)[1][:120]


@pytest.mark.parametrize("text", ["9" * 5_000, "²", "٣", "0018"])
def test_an_age_that_is_no_age_is_refused_with_its_place(text):
    with pytest.raises(CellError):
        parse_age(text)
