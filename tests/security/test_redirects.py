"""Nothing that is sent makes us send a reader elsewhere."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlencode, urlsplit

import pytest

from tests.pages.example import LISTINGS, OFFICE, ExampleEdition, make_app
from tests.security.routes import list_routes

ELSEWHERE = (
    "https://ailleurs.example/",
    "//ailleurs.example/",
    "///ailleurs.example",
    "/\\ailleurs.example",
    "\\\\ailleurs.example",
    "http:ailleurs.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/fr/services@ailleurs.example",
    "https:/ailleurs.example",
    "\t//ailleurs.example",
    "/fr/\r\nLocation: https://ailleurs.example/",
    "/%2f/ailleurs.example",
    "/%5cailleurs.example",
    ".ailleurs.example",
    "@ailleurs.example",
)
NAMES = (
    "next",
    "back",
    "url",
    "return",
    "return_to",
    "redirect",
    "r",
    "to",
    "continue",
    "s",
    "l",
    "page",
    "add",
    "near",
    "q",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return make_app(tmp_path_factory.mktemp("redirects"), ExampleEdition(LISTINGS))


def leads_away(response):
    """Say whether an answer sends to another site, as browsers read it."""
    location = response.headers.get("Location")
    if location is None:
        return False
    read = location.replace("\\", "/").strip()
    host = urlsplit(read).netloc
    return read.startswith("//") or host not in ("", "localhost") or (not host and not read.startswith("/"))


@pytest.mark.parametrize("target", ELSEWHERE, ids=ascii)
def test_no_field_or_argument_chooses_where_one_is_sent(site, target):
    browser = site.test_client()
    fields = dict.fromkeys(NAMES, target) | {"add": OFFICE.id}
    seen = 0
    for route in list_routes(site):
        for sent in ({}, dict.fromkeys(NAMES, target)):
            response = browser.open(route.path, method=route.method, query_string=sent, data=fields)
            seen += response.status_code in (301, 302, 303, 307, 308)
            assert not leads_away(response), (route.path, response.headers["Location"])
    assert seen >= 3


@pytest.mark.parametrize("target", ELSEWHERE, ids=ascii)
def test_no_path_is_taken_for_an_address_of_elsewhere(site, target):
    browser = site.test_client()
    for path in (
        f"/{target}",
        f"/fr{target}",
        f"/fr/{quote(target)}",
        f"/{target}/fr",
        f"//{quote(target)}/fr/services",
    ):
        written = path if path.isprintable() else quote(path)
        raw = {"PATH_INFO": unquote(written), "RAW_URI": written, "REQUEST_URI": written}
        response = browser.get("/", environ_overrides=raw)
        assert not leads_away(response), (path, response.headers.get("Location"))


def test_after_keeping_a_service_one_returns_to_our_own_page(site):
    sent = site.test_client().post(
        "/fr/selection?" + urlencode({"s": "x"}), data={"add": OFFICE.id, "back": "/fr/services"}
    )

    assert sent.headers["Location"].startswith("/fr/services?")


def test_no_line_of_a_header_can_be_slipped_in(site):
    browser = site.test_client()
    for route in list_routes(site):
        response = browser.open(
            route.path,
            method=route.method,
            query_string=dict.fromkeys(NAMES, "x\r\nSet-Cookie: a=b\r\n"),
            data=dict.fromkeys(NAMES, "x\r\nSet-Cookie: a=b\r\n"),
        )
        assert "Set-Cookie" not in response.headers
        assert not [value for value in response.headers.values() if "\n" in value or "\r" in value]
