"""What readers are told of a listing whose confirmation is old."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
import time_machine

from config import Config, ConfigError
from referral.catalogue.freshness import day_before
from referral.shared.clock import now
from tests.conftest import SECRET_KEY
from tests.edition.conftest import Directory, build
from tests.pages.example import OFFICE, ExampleEdition, make_app
from tests.test_config import make

__all__ = ["build"]


def aged(months, **facts):
    return msgspec.structs.replace(OFFICE, assured_date=day_before(now().date(), months), **facts)


def page(folder, listing, path=""):
    browser = make_app(folder, ExampleEdition((listing,))).test_client()
    return browser.get(path or f"/en/services/{listing.id}").text


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (12, "This is to be confirmed again."),
        (15, "it is shown after the others"),
        (18, "nothing else of its kind is known"),
    ],
)
def test_the_page_of_a_service_says_in_words_what_its_age_makes_of_it(tmp_path, months, said):
    assert said in page(tmp_path, aged(months))


def test_what_is_overdue_is_not_shown_as_confirmed(tmp_path):
    fresh, old = (page(tmp_path, aged(months)) for months in (0, 15))

    assert "standing--confirmed" in fresh
    assert "standing--confirmed" not in old


@pytest.mark.parametrize("path", ["/en/services", f"/en/organizations/{OFFICE.organization.id}"])
def test_its_card_says_so_too(tmp_path, path):
    assert "Confirmed too long ago, shown last: call first" in page(tmp_path, aged(15), path)


def test_what_was_never_confirmed_is_unconfirmed_and_not_overdue(tmp_path):
    listing = msgspec.structs.replace(OFFICE, assured_date=None, trust="sourced")

    assert "not yet confirmed by the organization" in page(tmp_path, listing)
    assert "too long ago" not in page(tmp_path, listing)


@pytest.mark.parametrize(
    "given",
    [
        {"LAST_MONTHS": "12"},
        {"HIDDEN_MONTHS": "15"},
        {"DUE_MONTHS_URGENT": "13"},
        {"LINK_DAYS": "0"},
        {"CALLS_A_WEEK": "0"},
    ],
)
def test_months_that_are_not_in_order_are_refused_by_name(given):
    with pytest.raises(ConfigError, match="RELAIS_"):
        make(**given)


def test_the_months_of_the_policy_are_those_that_hold_without_settings():
    config = Config(SECRET_KEY)

    months = (config.DUE_MONTHS_URGENT, config.DUE_MONTHS, config.LAST_MONTHS, config.HIDDEN_MONTHS)
    assert months == (6, 12, 15, 18)


def test_a_published_listing_leaves_every_page_on_the_day_it_is_hidden_and_no_sooner(client, session, build):
    directory, today = Directory(session), now().date()
    old = directory.add("Ancien", assured_date=day_before(today, 18) + timedelta(days=1))
    directory.add("Récent", assured_date=today)
    build()
    address = f"/fr/services/{old.id}"
    pages = (address, f"/fr/organizations/{old.organization_id}")

    assert [client.get(each).status_code for each in pages] == [200, 200]
    with time_machine.travel(now() + timedelta(days=1)):
        assert [client.get(each).status_code for each in pages] == [404, 404]
        assert "Ancien" not in client.get("/fr/services").text
