"""Requests made by hand: none is a fault of ours, and none is answered with far more than it sent."""

from __future__ import annotations

import pytest

from tests.directory.test_selection import seal_of
from tests.pages.example import LISTINGS, MANY, ExampleEdition, make_app

SAID_AGAIN = 2
"""Times that a page says its own address: to read it in the other language, and to come back."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return make_app(tmp_path_factory.mktemp("odd"), ExampleEdition(LISTINGS))


@pytest.mark.parametrize("origin", ["http://[", "http://[x", "https://[::1", "//[", "x" * 5_000])
def test_an_origin_that_cannot_be_read_is_elsewhere(site, origin):
    response = site.test_client().post("/fr/services", data={"q": "maison"}, headers={"Origin": origin})

    assert response.status_code == 403


@pytest.mark.parametrize("page", ["9" * 4_000, "٣" * 2_000], ids=["digits", "digits of other scripts"])
@pytest.mark.parametrize("path", ["/fr/services", "/fr/selection"])
def test_a_page_that_makes_no_sense_is_not_repeated_in_links(site, path, page):
    token = seal_of(site, *MANY[:5])
    shown = site.test_client().get(path, query_string={"l": token, "page": page, "q": ""}).text

    assert shown.count("9" * 4_000) + shown.count("%D9%A3" * 2_000) <= SAID_AGAIN


def test_a_page_of_results_is_still_carried_from_service_to_service(site):
    token = seal_of(site, *MANY[:2])

    assert "page=2" in site.test_client().get("/fr/selection", query_string={"l": token, "page": "2"}).text
