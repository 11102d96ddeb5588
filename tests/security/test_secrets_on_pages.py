"""A page that holds a secret beside what a stranger can choose is sent as it is: its length tells nothing."""

from __future__ import annotations

import gzip

import pytest

from tests.conftest import ON_ONE_BACKEND
from tests.security.test_who_gets_in import address, doors, play

ZIPPED = {"Accept-Encoding": "gzip, deflate, br"}


@ON_ONE_BACKEND
@pytest.mark.parametrize("visitor", ["nobody", "beginner", "lead"])
def test_no_page_with_a_token_is_sent_compressed(app, client, session, visitor):
    scene, browser = play(app, session, visitor)
    seen = 0
    for route in doors(app):
        if route.method == "GET":
            answer = browser.get(address(app, route.endpoint, scene, "GET"), headers=ZIPPED)
            packed = answer.headers.get("Content-Encoding") == "gzip"
            text = gzip.decompress(answer.data).decode() if packed else answer.text
            assert not (packed and "csrf_token" in text), route.path
            seen += "csrf_token" in text
    assert seen >= 3
