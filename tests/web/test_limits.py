from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import request
from limits import parse

from config import Config
from referral.access.guard import public
from referral.app import create_app
from referral.web.limits import EXTENSION, hash_address, take_one
from tests.pages.example import LISTINGS, SECRET_KEY, ExampleEdition, make_app

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TWO = parse("2 per 10 minutes")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return make_app(tmp_path_factory.mktemp("limits"), ExampleEdition(LISTINGS[:1]))


@pytest.fixture
def limiter(app):
    app.extensions[EXTENSION].reset()
    return app.extensions[EXTENSION]


def take(app, address="203.0.113.7", scope="test"):
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        return take_one(TWO, scope)


def test_what_is_over_the_limit_says_how_long_to_wait(app, limiter):
    assert [take(app), take(app)] == [0, 0]
    assert 1 <= take(app) <= 10


def test_one_address_does_not_block_another(app, limiter):
    for _ in range(3):
        take(app)

    assert take(app, "203.0.113.8") == 0


def test_one_form_does_not_block_another(app, limiter):
    for _ in range(3):
        take(app)

    assert take(app, scope="other") == 0


def test_a_network_of_one_household_counts_as_one(app, limiter):
    for last in (1, 2):
        take(app, f"2001:db8:1:2::{last}")

    assert take(app, "2001:db8:1:2::3") > 0
    assert take(app, "2001:db8:1:3::3") == 0


def test_nothing_kept_holds_the_address(app, limiter):
    take(app)

    assert "203.0.113.7" not in repr(vars(limiter.storage))


def test_the_hash_changes_with_the_day_and_with_the_key():
    today = hash_address("203.0.113.7", SECRET_KEY, AT)

    assert today == hash_address("203.0.113.7", SECRET_KEY, AT + timedelta(hours=1))
    assert today != hash_address("203.0.113.7", SECRET_KEY, AT + timedelta(days=1))
    assert today != hash_address("203.0.113.7", SECRET_KEY + "x", AT)


def test_thirty_people_behind_one_address_search_as_they_like(app):
    browser = app.test_client()

    statuses = {browser.get("/fr/services?q=maison").status_code for _ in range(120)}

    assert statuses == {200}


def test_no_log_tells_an_address(app, limiter, caplog):
    with caplog.at_level(logging.DEBUG):
        for _ in range(4):
            take(app)

    assert "203.0.113.7" not in caplog.text


@pytest.mark.parametrize(("proxies", "seen"), [(0, "192.0.2.1"), (1, "203.0.113.9")])
def test_only_as_many_proxies_as_the_setting_says_are_believed(tmp_path, proxies, seen):
    config = Config(
        SECRET_KEY=SECRET_KEY, EDITION_DIR=tmp_path, SEALING_DIR=tmp_path / "sealing", TESTING=True
    )
    app = create_app(replace(config, PROXIES=proxies))
    app.add_url_rule("/who", "who", public(lambda: request.remote_addr))

    response = app.test_client().get(
        "/who", headers={"X-Forwarded-For": "203.0.113.9"}, environ_base={"REMOTE_ADDR": "192.0.2.1"}
    )

    assert response.text == seen
