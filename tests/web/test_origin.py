from __future__ import annotations

import pytest
from flask import Flask

from referral.web import origin as origins
from referral.web import proxies as proxy_headers
from referral.web.origin import is_from_elsewhere

HERE = "https://relais.example"


@pytest.mark.parametrize(
    ("site", "origin", "elsewhere"),
    [
        (None, None, False),
        ("same-origin", None, False),
        ("none", None, False),
        ("cross-site", None, True),
        ("same-site", None, True),
        ("same-origin", "null", False),
        ("cross-site", "https://relais.example", True),
        (None, "null", False),
        (None, "https://relais.example", False),
        (None, "https://RELAIS.example", False),
        (None, "https://other.example", True),
        (None, "https://relais.example.other.example", True),
        (None, "https://relais.example:8443", True),
        (None, "http://relais.example", True),
        (None, "HTTPS://relais.example", False),
        (None, "ftp://relais.example", True),
        (None, "https://[relais.example", True),
        (None, "relais.example", True),
    ],
)
def test_a_form_comes_from_us_or_from_elsewhere(site, origin, elsewhere):
    assert is_from_elsewhere(site, origin, HERE) is elsewhere


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://other.example"}])
@pytest.mark.parametrize("path", ["/fr/services", "/fr/unmet-need"])
def test_what_another_site_sends_is_refused_and_the_help_lines_answer(client, path, headers):
    response = client.post(path, data={"q": "maison"}, headers=headers)

    assert response.status_code == 403
    assert 'href="tel:911"' in response.text
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}])
def test_our_own_search_is_taken(client, headers):
    assert client.post("/fr/services", data={"q": "maison"}, headers=headers).status_code == 303


@pytest.mark.parametrize(
    ("proxies", "said", "origin", "status"),
    [
        (0, None, "http://localhost", 200),
        (0, None, "https://localhost", 403),
        (0, "https", "https://localhost", 403),
        (1, "https", "https://localhost", 200),
        (1, "https", "http://localhost", 403),
        (1, "http", "https://localhost", 403),
        (2, "https, http", "https://localhost", 200),
        (2, "http, http", "https://localhost", 403),
    ],
)
def test_a_form_comes_by_the_scheme_that_it_is_sent_to_as_the_declared_proxies_say_it(
    proxies, said, origin, status
):
    app = Flask(__name__)
    app.config["PROXIES"] = proxies
    proxy_headers.init_app(app)
    origins.init_app(app)
    app.post("/")(lambda: "")
    headers = {"Origin": origin} | ({"X-Forwarded-Proto": said} if said else {})

    assert app.test_client().post("/", headers=headers).status_code == status


def test_a_link_from_another_site_opens_a_page(client):
    assert client.get("/fr/services", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
