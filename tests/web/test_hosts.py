from __future__ import annotations

from dataclasses import replace

import pytest

from config import Config
from referral.app import create_app
from referral.web.hosts import is_ours, site_address
from tests.conftest import SECRET_KEY

NAMES = ("relais.example", "10.0.0.5", "[::1]")


@pytest.fixture
def make(tmp_path):
    """Return a function that makes a site with some settings changed."""

    def make(**changed):
        config = Config(SECRET_KEY, EDITION_DIR=tmp_path, SEALING_DIR=tmp_path / "sealing", TESTING=True)
        return create_app(replace(config, **changed))

    return make


@pytest.mark.parametrize(
    "written",
    [
        "relais.example",
        "RELAIS.example",
        "relais.example:8443",
        "10.0.0.5",
        "10.0.0.5:80",
        "[::1]",
        "[::1]:8000",
    ],
)
def test_a_name_of_ours_is_ours_with_any_port(written):
    assert is_ours(written, NAMES)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "other.example",
        "www.relais.example",
        "relais.example.other.example",
        "other.example/relais.example",
        "me@relais.example",
        "relais.example:99999999",
        "relais.example:x",
        "relais.example\t",
        "[::2]",
        "[::1]x",
        "[::1",
        "10.0.0.50",
    ],
)
def test_any_other_name_is_not_ours(written):
    assert not is_ours(written, NAMES)


def test_where_only_a_number_is_ours_no_name_is():
    assert not is_ours("relais.example", ("[::1]",))


@pytest.mark.parametrize(
    "path", ["/", "/fr/", "/fr/services?q=maison", "/healthz", "/robots.txt", "/static/style.css"]
)
@pytest.mark.parametrize(
    "host", ["ailleurs.example", "relais.example@ailleurs.example", "relais.example.", ""]
)
def test_a_request_for_another_host_gets_a_page_that_does_not_repeat_it(make, host, path):
    response = make(ALLOWED_HOSTS=("relais.example",)).test_client().get(path, headers={"Host": host})

    assert response.status_code == 400
    assert "ailleurs" not in response.text + str(response.headers)
    assert 'href="tel:911"' in response.text
    assert "Set-Cookie" not in response.headers


def test_a_redirection_of_another_host_leads_nowhere(make):
    response = (
        make(ALLOWED_HOSTS=("relais.example",)).test_client().get("/fr", headers={"Host": "ailleurs.example"})
    )

    assert "Location" not in response.headers


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forwarded_host_is_never_believed(make, proxies):
    client = make(ALLOWED_HOSTS=("relais.example",), PROXIES=proxies).test_client()
    headers = {
        "Host": "relais.example",
        "X-Forwarded-Host": "ailleurs.example",
        "Forwarded": "host=ailleurs.example",
    }

    response = client.get("/fr", headers=headers)

    assert "ailleurs" not in response.text + str(response.headers)
    assert response.status_code in {308, 404}


@pytest.mark.parametrize(("proxies", "secure"), [(0, False), (1, True)])
def test_a_forwarded_scheme_is_believed_of_declared_proxies_only(make, proxies, secure):
    client = make(PROXIES=proxies).test_client()

    response = client.get("/fr/", headers={"X-Forwarded-Proto": "https"})

    assert ("Strict-Transport-Security" in response.headers) is secure


def test_an_undeclared_proxy_is_told_of_once(make, capsys):
    client = make().test_client()

    for _ in range(3):
        client.get("/fr/", headers={"X-Forwarded-For": "203.0.113.7"})

    said = capsys.readouterr().err
    assert said.count("proxy_undeclared") == 1
    assert "203.0.113.7" not in said


def test_the_address_in_a_letter_comes_from_the_setting_whatever_a_request_says(make):
    app = make(SITE_URL="https://relais.example", ALLOWED_HOSTS=("relais.example", "autre.example"))

    with app.test_request_context("/fr/", base_url="http://autre.example"):
        address = site_address("directory.home", language="en")

    assert address == "https://relais.example/en/"


@pytest.mark.parametrize(
    ("secure", "name"), [(True, "__Host-relais"), (False, "relais")], ids=["in production", "in a checkout"]
)
def test_the_cookie_of_a_session_goes_to_this_host_only_and_to_no_script(make, secure, name):
    config = make(COOKIES_SECURE=secure).config

    assert config["SESSION_COOKIE_NAME"] == name
    assert config["SESSION_COOKIE_SECURE"] is secure
    assert config["SESSION_COOKIE_HTTPONLY"] is True
    assert config["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert (config["SESSION_COOKIE_PATH"], config["SESSION_COOKIE_DOMAIN"]) == ("/", None)
