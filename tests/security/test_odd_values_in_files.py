"""Whatever is sent to a page of case files by somebody who may use it is answered, and no fault of ours."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.intake.filing import enter, make_house
from tests.security.people import token_of
from tests.security.planting import plant
from tests.security.test_odd_values import odd_on
from tests.security.test_who_gets_into_files import rules_of_files
from tests.security.walking import address

NAME = re.compile(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token"\s+value="([^"]+)"')
OURS = frozenset({"csrf_token", "do"})
"""What is sent as our page has it: whose form it is, and which button was pressed."""
SHOWN_LATER = frozenset({"recipients", "offered", "organization", "agrees"})
"""Fields that a form shows only after something was chosen, or in another state."""


@pytest.fixture
def receiver(session):
    return make_house(session, "Refuge Exemple")


@pytest.fixture
def planted(session, client, receiver):
    """A file with something of everything, of which another organization was sent a part."""
    return plant(make_house(session), receiver)


@pytest.fixture
def lead(app, session, planted):
    """The browser of the one who may open the most."""
    return enter(app, session, planted.house.lead).browser


def list_fields(app, browser, planted):
    """Return the name of every field of every form of the area, and every button that says what to do."""
    pages = [
        browser.get(address(app, rule, planted))
        for rule in rules_of_files(app)
        if "GET" in (rule.methods or set())
    ]
    text = "\n".join(page.text for page in pages if page.mimetype == "text/html")
    named = (set(NAME.findall(text)) | SHOWN_LATER) - OURS
    return named, set(re.findall(r'name="do"[^>]*value="([^"]+)"', text))


def test_nothing_that_whoever_is_asked_sends_is_a_fault_of_ours(app, session, planted, receiver, backend):
    browser = enter(app, session, receiver.lead).browser
    page, token = browser.get(f"/fr/referrals/{planted.ids['referral_id']}").text, token_of(browser)
    fields = set(NAME.findall(page)) - OURS
    assert {"way", "reason", "wanted", "text"} <= fields
    for end in ("answer", "advance", "ways", "messages", "lead", "correct"):
        for value in odd_on(backend):
            path = f"/fr/referrals/{planted.ids['referral_id']}/{end}"
            for wanted in (value, "rejected"):
                data = dict.fromkeys(fields, value) | {"csrf_token": token, "wanted": wanted}
                answer = browser.post(path, data=data)
                assert answer.status_code < 500, (end, value)
                assert "<script>" not in answer.text, (end, value)


def test_nothing_sent_to_the_page_of_a_link_is_a_fault_of_ours(app, planted, backend):
    browser, path = app.test_client(), f"/fr/answer/{planted.ids['link_token']}"
    token = TOKEN.search(browser.get(path).text)[1]
    opened = browser.post(f"{path}/code", data={"csrf_token": token, "code": planted.link_code}).text
    key = re.search(r'name="key"\s+value="([^"]+)"', opened)[1]
    for value in odd_on(backend):
        data = dict.fromkeys(("answer", "reason", "rule", "note"), value) | {"csrf_token": token}
        for sent in (data | {"key": key}, data | {"key": value}, {"csrf_token": value, "code": value}):
            assert browser.post(path, data=sent).status_code < 500, value
        assert browser.post(f"/fr/answer/{quote(value[:200])}").status_code < 500, value


def test_nothing_sent_to_a_page_of_files_is_a_fault_of_ours(app, lead, planted, backend):
    fields, buttons = list_fields(app, lead, planted)
    assert {"text", "is_express", "facts", "words", "reason"} <= fields
    token = token_of(lead)
    for rule in rules_of_files(app):
        if "POST" not in (rule.methods or set()):
            continue
        for number, value in enumerate(odd_on(backend)):
            button = sorted(buttons)[number % len(buttons)]
            data = dict.fromkeys(fields, value) | {"csrf_token": token, "do": button}
            answer = lead.post(address(app, rule, planted), data=data)
            assert answer.status_code < 500, (rule.endpoint, value)
            assert b"<script>" not in answer.data, (rule.endpoint, value)


def test_nothing_asked_of_a_page_of_files_is_a_fault_of_ours(app, lead, planted, backend):
    for rule in rules_of_files(app):
        if "GET" in (rule.methods or set()):
            for value in odd_on(backend):
                asked = dict.fromkeys(("page", "list", "before", "organization", "of", "q", "lang"), value)
                answer = lead.get(address(app, rule, planted), query_string=asked)
                assert answer.status_code < 500, (rule.endpoint, value)
