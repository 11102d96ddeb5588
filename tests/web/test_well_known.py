from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser

import pytest

from config import Config
from referral.app import create_app
from referral.web.well_known import security_text
from tests.conftest import SECRET_KEY

SECURITY = "/.well-known/security.txt"
AT = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)


@pytest.fixture
def named(tmp_path):
    """A site whose operator said whom to tell."""
    contact = "mailto:securite@relais.example"
    places = {"EDITION_DIR": tmp_path, "SEALING_DIR": tmp_path / "sealing"}
    return create_app(Config(SECRET_KEY, SECURITY_CONTACT=contact, TESTING=True, **places)).test_client()


def test_a_site_says_whom_to_tell_of_a_weakness(named):
    response = named.get(SECURITY)

    assert response.status_code == 200
    assert response.content_type == "text/plain; charset=utf-8"
    assert "Contact: mailto:securite@relais.example\n" in response.text


def test_a_site_whose_operator_named_nobody_has_no_such_file(client):
    assert client.get(SECURITY).status_code == 404


def test_the_file_has_every_field_that_the_standard_wants_once():
    text = security_text("tel:+15145550100", "https://relais.example", AT)
    names = [line.partition(": ")[0] for line in text.splitlines()]

    assert names == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert "Canonical: https://relais.example/.well-known/security.txt\n" in text


def test_the_file_is_never_within_a_month_of_its_end_nor_a_year_ahead():
    (written,) = re.findall(r"^Expires: (.*)$", security_text("tel:+1", "https://relais.example", AT), re.M)

    ends = datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=30) < ends - AT < timedelta(days=365)


@pytest.fixture
def robots(client):
    reader = RobotFileParser()
    reader.parse(client.get("/robots.txt").text.splitlines())
    return reader


@pytest.mark.parametrize("path", ["/", "/fr/", "/en/services", "/fr/safety"])
def test_pages_can_be_found(robots, path):
    assert robots.can_fetch("*", path)


@pytest.mark.parametrize("path", ["/fr/account/sign-in", "/en/selection"])
def test_what_is_somebodys_is_not_kept(robots, path):
    assert not robots.can_fetch("*", path)


def test_no_search_is_kept(client):
    assert "Disallow: /*?\n" in client.get("/robots.txt").text


def test_a_copy_of_these_files_may_be_kept_for_a_day(client):
    response = client.get("/robots.txt")

    assert response.headers["Cache-Control"] == "public, max-age=86400"
