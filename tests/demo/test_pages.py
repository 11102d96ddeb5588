"""Every page of a demonstration says what it is, and answers to this machine only."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ON_ONE_BACKEND

PATHS = ["/fr/demo/", "/en/demo/", "/fr/account/sign-in", "/en/privacy", "/fr/nowhere", "/en/services"]
TITLE = re.compile(r"<title>\s*(.*?)\s*</title>", re.DOTALL)
HEADERS = [
    "Forwarded",
    "Via",
    "X-Real-IP",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "x-forwarded-anything",
]


@ON_ONE_BACKEND
@pytest.mark.parametrize("path", PATHS)
def test_every_page_says_in_both_languages_that_all_is_fictional(client, path):
    page = client.get(path).text

    assert "Démonstration\N{NO-BREAK SPACE}: tout est fictif." in page
    assert "Demonstration: everything is fictional." in page


def test_each_language_of_the_warning_is_marked_as_such(client):
    page = client.get("/en/demo/").text

    assert re.search(r'<p lang="fr">\s*<strong>Démonstration', page)


@ON_ONE_BACKEND
@pytest.mark.parametrize("path", PATHS)
def test_titles_are_those_of_the_directory(client, path):
    title = TITLE.search(client.get(path).text)[1]

    assert "emonstration" not in title.replace("é", "e")


@ON_ONE_BACKEND
@pytest.mark.parametrize("header", HEADERS)
def test_what_came_through_a_proxy_or_a_tunnel_is_refused(client, header):
    assert client.get("/fr/demo/", headers={header: "x"}).status_code == 400


def test_an_empty_header_of_a_proxy_is_refused_too(client):
    assert client.get("/fr/demo/", headers={"X-Forwarded-For": ""}).status_code == 400


@ON_ONE_BACKEND
@pytest.mark.parametrize("host", ["demo.example", "127.0.0.1.example", "192.0.2.1", ""])
def test_another_host_is_refused(client, host):
    assert client.get("/fr/demo/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "localhost:8001", "[::1]:8001"])
def test_this_machine_is_answered_under_its_own_names(client, host):
    assert client.get("/fr/demo/", headers={"Host": host}).status_code == 200


@ON_ONE_BACKEND
@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", ""])
def test_another_machine_is_refused(client, address):
    assert client.get("/fr/demo/", environ_base={"REMOTE_ADDR": address}).status_code == 400
