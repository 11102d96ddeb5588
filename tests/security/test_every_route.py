"""What holds on every address, also on those that nobody thought of when this was written."""

from __future__ import annotations

import re

import pytest

from referral.edition.reader import READER
from tests.conftest import migrated_app
from tests.pages.example import LISTINGS, ExampleEdition, make_app
from tests.security.routes import list_routes

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW")
LASTING = ("asset", "map.send_script", "map.send_style")
"""What is the same for everyone: our files, and the script and style of the map."""
ANOTHERS = ("POST", "/fr/account/reset/sent")
"""Taken by the page that a link of a letter leads to, with a token that is none."""


@pytest.fixture(scope="module", params=["public", "whole"])
def application(request, tmp_path_factory):
    """The public site without any database, then the whole application: what nobody gets is in none."""
    folder = tmp_path_factory.mktemp("routes")
    if request.param == "public":
        yield make_app(folder, ExampleEdition(LISTINGS))
    else:
        urls = [f"sqlite:///{folder}/{name}.db" for name in ("test", "cases", "keys")]
        yield from with_example(whole_app(folder, *urls))


def whole_app(folder, directory, cases, keys):
    """Return an application with all of its databases."""
    return migrated_app(directory, folder / "editions", CASES_URL=cases, KEYS_URL=keys)


def with_example(applications):
    """Give the whole application something to show, and let it answer as it does when served."""
    for app in applications:
        app.config["PROPAGATE_EXCEPTIONS"] = False
        app.extensions[READER] = ExampleEdition(LISTINGS)
        yield app


@pytest.fixture(scope="module")
def answers(application):
    """Every address asked in every way, by a browser that nobody is signed in with."""
    return list(ask(application))


def ask(app):
    browser = app.test_client()
    for route in list_routes(app):
        for method in METHODS:
            yield route, method, browser.open(route.path, method=method, data={"x": "1"})


def wrong(answers, is_wrong):
    """Return where something is wrong; an application without addresses would show nothing."""
    assert len(answers) > 100
    return [(method, route.path) for route, method, answer in answers if is_wrong(route, method, answer)]


def test_every_answer_has_a_policy_that_lets_nothing_in_from_elsewhere(answers):
    def is_wrong(_route, _method, answer):
        policy = answer.headers.get("Content-Security-Policy", "")
        parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        return (
            parts.get("default-src") != "'none'"
            or parts.get("object-src") != "'none'"
            or parts.get("base-uri") != "'none'"
            or parts.get("form-action") != "'self'"
            or parts.get("frame-ancestors") not in ("'none'", "'self'")
            or not set(" ".join(parts.values()).split()) <= {"'none'", "'self'"}
        )

    assert wrong(answers, is_wrong) == []


def test_only_the_map_may_be_framed(answers):
    framed = {
        route.endpoint
        for route, method, answer in answers
        if "frame-ancestors 'none'" not in answer.headers["Content-Security-Policy"]
    }

    assert framed == {"map.show_map"}


def test_no_answer_may_be_taken_for_another_kind(answers):
    def is_wrong(_route, _method, answer):
        kind = answer.headers.get("Content-Type", "")
        text = re.match(r"text/|application/(?:[a-z.]+\+)?xml", kind)
        return answer.headers.get("X-Content-Type-Options") != "nosniff" or (
            bool(answer.data) and (not kind or (bool(text) and "charset=utf-8" not in kind))
        )

    assert wrong(answers, is_wrong) == []


def test_every_answer_over_tls_asks_for_tls_for_two_years(application):
    browser = application.test_client()
    said = {
        browser.get(route.path, base_url="https://localhost").headers.get("Strict-Transport-Security")
        for route in list_routes(application)
    }

    assert said == {"max-age=63072000; includeSubDomains"}


def test_no_answer_tells_the_next_site_anything_nor_shares_a_window_with_it(answers):
    wanted = {
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }

    def is_wrong(_route, _method, answer):
        return any(answer.headers.get(name) != value for name, value in wanted.items())

    assert wrong(answers, is_wrong) == []


def test_no_other_origin_may_read_an_answer(answers):
    def is_wrong(_route, _method, answer):
        return any(name.lower().startswith("access-control-") for name, _ in answer.headers)

    assert wrong(answers, is_wrong) == []


def test_only_what_is_the_same_for_everyone_may_be_kept(answers):
    def is_wrong(route, _method, answer):
        lasting = route.endpoint in LASTING or not route.path.startswith(("/fr", "/en"))
        return "no-store" not in answer.headers.get("Cache-Control", "") and not lasting

    assert wrong(answers, is_wrong) == []


def test_what_is_for_someone_is_told_to_nobody(answers):
    open_to_all = [
        (route.method, route.path)
        for route, method, answer in answers
        if method == route.method and not route.is_public and answer.status_code < 300
    ]

    assert open_to_all == []


def test_public_addresses_set_no_cookie_whatever_is_sent(answers):
    def is_wrong(route, _method, answer):
        return route.is_public and "/account" not in route.path and "Set-Cookie" in answer.headers

    assert wrong(answers, is_wrong) == []


def test_an_address_answers_the_methods_that_it_names_and_no_other(answers):
    named = {}
    for route, _, _ in answers:
        named.setdefault(route.path, {"HEAD", "OPTIONS"}).add(route.method)

    def is_wrong(route, method, answer):
        return (
            (answer.status_code == 405) == (method in named[route.path])
            and not (method == "HEAD" and "GET" not in named[route.path])
            and (method, route.path) != ANOTHERS
        )

    assert wrong(answers, is_wrong) == []


def test_nothing_that_is_sent_to_an_address_is_a_fault_of_ours(answers):
    def is_wrong(_route, _method, answer):
        return answer.status_code == 500

    assert wrong(answers, is_wrong) == []


def test_no_answer_names_the_software(answers):
    def is_wrong(_route, _method, answer):
        said = f"{answer.headers}{answer.text if 'text/html' in answer.content_type else ''}"
        return re.search(r"(?i)werkzeug|flask|python/|jinja|sqlalchemy|traceback", said)

    assert wrong(answers, is_wrong) == []


def test_no_page_holds_a_comment(answers):
    pages = [answer for _, method, answer in answers if method == "GET" and answer.mimetype == "text/html"]

    assert len(pages) > 15
    assert [page.request.path for page in pages if "<!--" in page.text] == []
