from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from referral.directory.asked import asked_fields, carried_query, seal_is_unreadable, search_token, tidy

SEARCH = {"q": "hébergement", "near": "Laval", "need": "emergency_shelter", "age": "30"}


def seal_of(response):
    return parse_qs(urlsplit(response.headers["Location"]).query)["s"][0]


def test_a_search_is_sent_sealed(client):
    response = client.post("/fr/services", data=SEARCH)

    assert response.status_code == 303
    assert re.fullmatch(r"/fr/services\?s=[\w-]+", response.headers["Location"])
    assert "Set-Cookie" not in response.headers


def test_a_sealed_address_asks_what_was_sent(client, app):
    seal = seal_of(client.post("/fr/services", data=SEARCH))

    with app.test_request_context(f"/fr/services?s={seal}"):
        assert asked_fields() == {name: [text] for name, text in SEARCH.items()}
        assert search_token() == seal


def test_a_sealed_address_finds_what_the_plain_one_finds(client):
    sealed = client.post("/fr/services", data=SEARCH, follow_redirects=True).text
    plain = client.get("/fr/services", query_string=SEARCH).text

    found = re.compile(r'data-service="([0-9a-f-]+)"')
    assert found.findall(sealed) == found.findall(plain) != []


def test_nothing_asked_is_the_plain_address(client):
    assert client.post("/fr/services", data={"q": " ", "need": ""}).headers["Location"] == "/fr/services"


def test_a_seal_that_nobody_can_open_gives_the_blank_form_with_a_sentence(client, app):
    response = client.get("/fr/services?s=abcdef")

    assert response.status_code == 200
    assert "ne peut plus être lue" in response.text
    with app.test_request_context("/fr/services?s=abcdef"):
        assert (asked_fields(), search_token(), seal_is_unreadable()) == ({}, None, True)


def test_a_change_to_a_seal_that_nobody_can_open_is_no_fault(client):
    response = client.post("/fr/services", data={"s": "abcdef", "drop": "need=youth"}, follow_redirects=True)

    assert response.status_code == 200
    assert "ne peut plus être lue" in response.text


@pytest.mark.parametrize("path", ["/fr/services?q=h%C3%A9bergement&near=Laval&need=youth", "/fr/"])
def test_no_address_of_a_page_tells_what_is_sought(client, path):
    page = client.get(path).text
    addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)

    assert [each for each in addresses if re.search("[?&](q|near|need|clientele)=", each)] == []


def test_answers_are_never_stored(client):
    for response in (client.post("/fr/services", data=SEARCH), client.get("/fr/services?q=aide")):
        assert response.headers["Cache-Control"] == "no-store"


def test_the_other_language_asks_the_same_sealed(client, app):
    with app.test_request_context("/fr/services?q=aide&page=2&l=abc"):
        query = carried_query(page=2)

    assert "q=" not in query
    assert {"s", "page", "l"} == set(parse_qs(query))


def test_controls_of_one_criterion_are_one(client):
    assert tidy([("lang", "es"), ("lang_mode", "interpreter")]) == {"lang": ["es:interpreter"]}
    assert tidy([("child_ages", "4, 9;11")]) == {"child_age": ["4", "9", "11"]}


def test_what_is_no_criterion_is_not_asked():
    assert tidy([("drop", "x"), ("q", "  aide   ce soir "), ("q", "aide ce soir"), ("need", "")]) == {
        "q": ["aide ce soir"]
    }


def test_too_many_words_come_back_and_are_refused(client):
    response = client.post("/fr/services", data={"q": "mot " * 2000}, follow_redirects=True)

    assert response.status_code == 422
