"""What a worker sees before touching anything: the first telephone number, on a small phone."""

import pytest


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_first_number_is_in_sight_on_a_phone_as_soon_as_results_are(visit, language):
    page = visit(f"/{language}/services?q=refuge&near=Laval", width=360)
    box = page.locator(".card .phone").first.bounding_box()

    assert box["y"] + box["height"] <= 640
