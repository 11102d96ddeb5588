from __future__ import annotations

import pytest

from tests.pages.addresses import DATA, EVERYTHING, FRAMED, PAGES

KEPT_NOWHERE = tuple(f"/{language}{path}" for language in ("fr", "en") for path in (*PAGES, *FRAMED))
PUBLIC = ("/", "/healthz", *EVERYTHING)


def policy_of(response):
    pairs = (part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_comes_from_elsewhere_nor_inline(client, path):
    policy = policy_of(client.get(path))

    assert policy["default-src"] == "'none'"
    assert set(policy.values()) <= {"'none'", "'self'"}


@pytest.mark.parametrize("path", PUBLIC)
def test_the_next_site_learns_nothing(client, path):
    headers = client.get(path).headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_set_no_cookie(client, path):
    assert "Set-Cookie" not in client.get(path).headers


@pytest.mark.parametrize("path", KEPT_NOWHERE)
def test_pages_are_stored_nowhere(client, path):
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_what_the_map_shows_is_stored_nowhere(client):
    assert client.get("/fr/services.geojson").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [path for path in EVERYTHING if not path.endswith(FRAMED)])
def test_no_page_may_be_framed(client, path):
    response = client.get(path)

    assert policy_of(response)["frame-ancestors"] == "'none'"
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_only_our_own_pages_may_frame_the_map(client, language):
    assert policy_of(client.get(f"/{language}/services/map"))["frame-ancestors"] == "'self'"


def test_a_secure_site_stays_secure(client):
    assert "Strict-Transport-Security" in client.get("/fr/", base_url="https://localhost").headers
    assert "Strict-Transport-Security" not in client.get("/fr/").headers


@pytest.mark.parametrize("path", DATA)
def test_parts_of_the_map_are_there(client, path):
    assert client.get(f"/en{path}").status_code == 200
