"""The setting that lets anyone in is refused wherever somebody real could be; without it nothing is there."""

from __future__ import annotations

import pytest

from config import Config, ConfigError
from referral.app import create_app

SAFE = {
    "RELAIS_DEVELOPMENT": "1",
    "RELAIS_DEMO": "1",
    "RELAIS_SECRET_KEY": "kV3-Wq8ZtB1nMx5Rj7sLp0cUyHd2GfEa",
    "RELAIS_AUDIT_KEY": "Zr4-Yb7NuC2mQx9Wt6Ke1Lo8PsJh3VdGiTa",
    "RELAIS_DIRECTORY_URL": "sqlite:///demo.db",
    "RELAIS_SITE_URL": "http://127.0.0.1:8001",
}
PRODUCTION = {
    "RELAIS_DEVELOPMENT": "0",
    "RELAIS_PROXIES": "0",
    "RELAIS_SITE_URL": "https://relais.example",
}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (PRODUCTION, "never in production"),
        (PRODUCTION | {"RELAIS_SITE_URL": "https://127.0.0.1"}, "never in production"),
        ({"RELAIS_MAIL_HOST": "mail.example", "RELAIS_MAIL_FROM": "a@relais.example"}, "RELAIS_MAIL_HOST"),
        ({"RELAIS_SITE_URL": "http://192.0.2.1:8001"}, "RELAIS_SITE_URL"),
        ({"RELAIS_SITE_URL": "http://demo.example"}, "RELAIS_SITE_URL"),
        ({"RELAIS_ALLOWED_HOSTS": "demo.example"}, "RELAIS_ALLOWED_HOSTS"),
        ({"RELAIS_PROXIES": "1"}, "RELAIS_PROXIES"),
        ({"RELAIS_DIRECTORY_URL": ""}, "RELAIS_DIRECTORY_URL"),
    ],
)
def test_the_setting_is_refused_where_somebody_real_could_be(changed, reason):
    with pytest.raises(ConfigError, match=f"^RELAIS_DEMO .*{reason}"):
        Config.from_environment(SAFE | changed)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_the_setting_is_taken_on_this_machine(host):
    assert Config.from_environment(SAFE | {"RELAIS_SITE_URL": f"http://{host}:8001"}).DEMO


def test_nobody_is_let_in_unless_the_setting_says_so():
    without = {name: value for name, value in SAFE.items() if name != "RELAIS_DEMO"}

    assert not Config.from_environment(without).DEMO


def test_without_the_setting_nothing_of_a_demonstration_is_there(tmp_path):
    app = create_app(
        Config(
            SECRET_KEY=SAFE["RELAIS_SECRET_KEY"],
            AUDIT_KEY=SAFE["RELAIS_AUDIT_KEY"],
            DIRECTORY_URL=f"sqlite:///{tmp_path}/test.db",
        )
    )

    assert "demo" not in app.blueprints
    assert "demo" not in app.cli.commands
    assert app.test_client().get("/fr/demo/").status_code == 404
    assert app.test_client().post("/fr/demo/enter", data={"person": "sacha.exemple"}).status_code == 404
