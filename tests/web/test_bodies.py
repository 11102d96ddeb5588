from __future__ import annotations

import gzip

import pytest

from tests.pages.addresses import EVERYTHING


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "GZIP", "gzip, gzip", "x"])
def test_a_packed_body_is_refused_and_never_unpacked(client, coding):
    packed = gzip.compress(b"q=" + b"a" * 10_000_000)
    headers = {"Content-Encoding": coding, "Content-Type": "application/x-www-form-urlencoded"}

    assert client.post("/fr/services", data=packed, headers=headers).status_code == 415


def test_a_plain_body_is_taken(client):
    sent = client.post("/fr/services", data={"q": "maison"}, headers={"Content-Encoding": "identity"})

    assert sent.status_code == 303


@pytest.mark.parametrize("path", sorted({path.partition("?")[0] for path in EVERYTHING}))
def test_a_text_with_a_nul_in_it_is_refused_everywhere(client, path):
    assert client.get(path, query_string={"q": "a\0b"}).status_code == 400
    assert client.get(path, query_string={"a\0b": "q"}).status_code == 400
    assert client.post(path, data={"q": "a\0b"}).status_code == 400


def test_a_path_with_a_nul_in_it_is_refused(client):
    assert client.get("/fr/services/%00").status_code == 400


def test_a_body_without_a_length_is_refused(client):
    assert client.post("/fr/services", headers={"Transfer-Encoding": "chunked"}).status_code == 411
