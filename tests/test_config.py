import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from config import Config, ConfigError
from referral.shared.paths import ROOT

KEY = "kV3-Wq8ZtB1nMx5Rj7sLp0cUyHd2GfEa"
OTHER_KEY = "Zr4-Yb7NuC2mQx9Wt6Ke1Lo8PsJh3VdGiTa"
WITHOUT_KEY = {"RELAIS_SITE_URL": "https://relais.example", "RELAIS_PROXIES": "1"}
PRODUCTION = WITHOUT_KEY | {"RELAIS_SECRET_KEY": KEY}
OWN_PATH = "/tiles/{z}/{x}/{y}.png"
OWN_HOST = "https://tiles.example.org/{z}/{x}/{y}.png"


def test_a_process_without_a_database_address_is_a_public_one():
    assert Config.from_environment(PRODUCTION).DIRECTORY_URL is None


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "RELAIS_SECRET_KEY"),
        ({"RELAIS_SECRET_KEY": "short"}, "RELAIS_SECRET_KEY"),
        ({"RELAIS_SECRET_KEY": "a" * 64}, "RELAIS_SECRET_KEY"),
        ({"RELAIS_SECRET_KEY_FILE": "/nowhere/key"}, "RELAIS_SECRET_KEY_FILE"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_SECRET_KEY_OLD": KEY}, "RELAIS_SECRET_KEY_OLD"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_SECRET_KEY_OLD": "short"}, "RELAIS_SECRET_KEY_OLD"),
        (
            {"RELAIS_SECRET_KEY": KEY, "RELAIS_SECRET_KEY_OLD_FILE": "/nowhere/key"},
            "RELAIS_SECRET_KEY_OLD_FILE",
        ),
        (
            {
                "RELAIS_SECRET_KEY": KEY,
                "RELAIS_SECRET_KEY_OLD": OTHER_KEY,
                "RELAIS_AUDIT_KEY": OTHER_KEY,
            },
            "RELAIS_AUDIT_KEY",
        ),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_EDITIONS_KEPT": "0"}, "RELAIS_EDITIONS_KEPT"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_EDITIONS_KEPT": "many"}, "RELAIS_EDITIONS_KEPT"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_PUBLISHED_FROM": "candidate"}, "RELAIS_PUBLISHED_FROM"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_PUBLISHED_FORM": "vetted"}, "RELAIS_PUBLISHED_FORM"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_TESTING": "1"}, "RELAIS_TESTING"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_MAP_PMTILES": "/nowhere/map.pmtiles"}, "RELAIS_MAP_PMTILES"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_MAP_TILES_URL": OWN_PATH}, "RELAIS_MAP_CREDIT"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_MAP_TILES_HOST": "tiles.example.org"}, "RELAIS_MAP_TILES_HOST"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_MAP_CREDIT": "x" * 201}, "RELAIS_MAP_CREDIT"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_DIRECTORY_URL": "sqlite:///x.db"}, "RELAIS_AUDIT_KEY"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_AUDIT_KEY": KEY}, "RELAIS_AUDIT_KEY"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_AUDIT_KEY_FILE": "/nowhere/key"}, "RELAIS_AUDIT_KEY_FILE"),
        ({"RELAIS_SECRET_KEY": KEY, "RELAIS_AUDIT_MONTHS": "0"}, "RELAIS_AUDIT_MONTHS"),
    ],
)
def test_an_unsafe_setting_is_refused_by_name(environment, named):
    with pytest.raises(ConfigError, match=named):
        Config.from_environment(WITHOUT_KEY | environment)


def test_a_refusal_never_repeats_the_secret():
    with pytest.raises(ConfigError) as refusal:
        Config.from_environment(PRODUCTION | {"RELAIS_SECRET_KEY": "hunter2"})

    assert "hunter2" not in str(refusal.value)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret-key"
    path.write_text(KEY + "\n")
    path.chmod(0o600)
    return path


def test_a_key_is_read_from_a_file_of_its_owner(key_file):
    assert Config.from_environment(WITHOUT_KEY | {"RELAIS_SECRET_KEY_FILE": str(key_file)}).SECRET_KEY == KEY


def test_the_key_of_before_is_read_from_a_file_too(key_file):
    given = WITHOUT_KEY | {"RELAIS_SECRET_KEY": OTHER_KEY, "RELAIS_SECRET_KEY_OLD_FILE": str(key_file)}

    assert Config.from_environment(given).SECRET_KEY_OLD == KEY


def test_an_empty_key_of_before_is_none():
    assert Config.from_environment(PRODUCTION | {"RELAIS_SECRET_KEY_OLD": ""}).SECRET_KEY_OLD is None


def test_a_key_that_others_can_read_is_refused(key_file):
    key_file.chmod(0o640)

    with pytest.raises(ConfigError, match="chmod 600"):
        Config.from_environment(WITHOUT_KEY | {"RELAIS_SECRET_KEY_FILE": str(key_file)})


def with_tiles(url: str, **more: str) -> Config:
    """Return the settings of a site whose operator has pictures for the map."""
    given = {"SECRET_KEY": KEY, "MAP_TILES_URL": url, "MAP_CREDIT": "© Exemple", **more}
    return Config.from_environment(WITHOUT_KEY | {f"RELAIS_{name}": text for name, text in given.items()})


def test_pictures_of_the_map_come_from_a_path_of_our_own():
    assert with_tiles(OWN_PATH).MAP_TILES_URL == OWN_PATH


def test_pictures_of_the_map_come_from_another_host_only_once_it_is_said_to_be_ones_own():
    assert with_tiles(OWN_HOST, MAP_TILES_HOST="tiles.example.org").MAP_TILES_URL == OWN_HOST
    with pytest.raises(ConfigError, match="RELAIS_MAP_TILES_HOST"):
        with_tiles(OWN_HOST)
    with pytest.raises(ConfigError, match="RELAIS_MAP_TILES_HOST"):
        with_tiles(OWN_HOST, MAP_TILES_HOST="other.example.org")


@pytest.mark.parametrize(
    "url",
    [
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "https://me:secret@tiles.example.org/{z}/{x}/{y}.png",
        "https://*.example.org/{z}/{x}/{y}.png",
        "https://{s}.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png; script-src *",
        "https://tiles.example.org/{z}/{x}/{y}.png?key=1",
        "//tiles.example.org/{z}/{x}/{y}.png",
        "tiles/{z}/{x}/{y}.png",
        "/tiles/{z}/{x}.png",
        "/tiles/{z}/{x}/{y}{r}.png",
        "javascript:{z}{x}{y}",
    ],
)
def test_an_unsafe_address_of_pictures_is_refused_by_name(url):
    with pytest.raises(ConfigError, match="RELAIS_MAP_TILES_"):
        with_tiles(url, MAP_TILES_HOST="tiles.example.org")


@pytest.mark.parametrize(
    "host",
    [
        "*.example.org",
        "*",
        "https://tiles.example.org",
        "a b.example.org",
        "me@tiles.example.org",
        "localhost",
    ],
)
def test_only_the_name_of_one_host_is_taken(host):
    with pytest.raises(ConfigError, match="RELAIS_MAP_TILES_HOST"):
        with_tiles(f"https://{host}/{{z}}/{{x}}/{{y}}.png", MAP_TILES_HOST=host)


def test_a_file_that_holds_no_pictures_is_refused_by_name(tmp_path):
    path = tmp_path / "map.pmtiles"
    path.write_bytes(b"not a map" * 40)

    with pytest.raises(ConfigError, match="RELAIS_MAP_PMTILES"):
        Config.from_environment(PRODUCTION | {"RELAIS_MAP_PMTILES": str(path)})


def test_a_file_and_an_address_exclude_each_other(tmp_path):
    with pytest.raises(ConfigError, match="RELAIS_MAP_PMTILES"):
        with_tiles(OWN_PATH, MAP_PMTILES=str(tmp_path / "map.pmtiles"))


def test_a_server_that_refuses_to_start_says_why_in_one_line():
    command = [sys.executable, "-c", "import wsgi"]
    answer = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=WITHOUT_KEY | {"RELAIS_SECRET_KEY": "short"},
    )

    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "RELAIS_SECRET_KEY" in answer.stderr


def make(**given: str) -> Config:
    """Return the settings of a site in production, with some changed; an empty text takes one away."""
    changed = PRODUCTION | {f"RELAIS_{name}": text for name, text in given.items()}
    return Config.from_environment({name: text for name, text in changed.items() if text})


def develop(**given: str) -> Config:
    """Return the settings of a checkout."""
    return make(DEVELOPMENT="1", SITE_URL="", PROXIES="", **given)


@pytest.mark.parametrize(
    "secret",
    [
        "change-me-change-me-change-me-0a1b2c",
        "CHANGEME-kV3Wq8ZtB1nMx5Rj7sLp0cUyHd",
        "0123456789abcdefghijklmnopqrstuvwxyz",
        "a-key-for-tests-kV3Wq8ZtB1nMx5Rj7sLp",
        "my-secret-key-kV3Wq8ZtB1nMx5Rj7sLp0c",
        "exemple-kV3Wq8ZtB1nMx5Rj7sLp0cUyHd2G",
    ],
)
@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
def test_a_secret_of_an_example_is_refused_in_production_and_never_repeated(name, secret):
    with pytest.raises(ConfigError, match=f"RELAIS_{name}") as refusal:
        make(**{"DIRECTORY_URL": "sqlite:///x.db", "AUDIT_KEY": OTHER_KEY, name: secret})

    assert secret not in str(refusal.value)
    assert develop(**{name: secret}).DEVELOPMENT


def test_random_keys_are_not_taken_for_those_of_an_example():
    for _ in range(500):
        make(SECRET_KEY=secrets.token_urlsafe(48))


@pytest.mark.parametrize("value", ["1", "true", "yes", "on"])
def test_debugging_is_refused_in_production(value):
    with pytest.raises(ConfigError, match="FLASK_DEBUG"):
        Config.from_environment(PRODUCTION | {"FLASK_DEBUG": value})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"COOKIES_SECURE": "0"}, "RELAIS_COOKIES_SECURE"),
        ({"PROXIES": ""}, "RELAIS_PROXIES"),
        ({"PROXIES": "-1"}, "RELAIS_PROXIES"),
        ({"PROXIES": "10"}, "RELAIS_PROXIES"),
        ({"SITE_URL": ""}, "RELAIS_SITE_URL"),
        ({"SITE_URL": "http://relais.example"}, "RELAIS_SITE_URL"),
        ({"SITE_URL": "https://relais.example/fr"}, "RELAIS_SITE_URL"),
        ({"SITE_URL": "https://me:pw@relais.example"}, "RELAIS_SITE_URL"),
        ({"SITE_URL": "https://*.example"}, "RELAIS_SITE_URL"),
        ({"SITE_URL": "https://[::1"}, "RELAIS_SITE_URL"),
        ({"SITE_URL": "relais.example"}, "RELAIS_SITE_URL"),
        ({"ALLOWED_HOSTS": "*"}, "RELAIS_ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ".relais.example"}, "RELAIS_ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "relais.example:443"}, "RELAIS_ALLOWED_HOSTS"),
        ({"MAIL_DIR": "/srv/mail"}, "RELAIS_MAIL_DIR"),
        ({"MAIL_HOST": "mail.example", "MAIL_FROM": ""}, "RELAIS_MAIL_FROM"),
        ({"MAIL_HOST": "mail.example:25", "MAIL_FROM": "r@relais.example"}, "RELAIS_MAIL_HOST"),
        ({"MAIL_HOST": "mail.example", "MAIL_FROM": "Relais <r@relais.example>"}, "RELAIS_MAIL_FROM"),
        ({"MAIL_TLS": "none"}, "RELAIS_MAIL_TLS"),
        ({"MAIL_PORT": "0"}, "RELAIS_MAIL_PORT"),
        ({"MAIL_USER": "relais"}, "RELAIS_MAIL_PASSWORD"),
        ({"SECURITY_CONTACT": "javascript:alert(1)"}, "RELAIS_SECURITY_CONTACT"),
        ({"SECURITY_CONTACT": "mailto:a@b.example?cc=c@d.example"}, "RELAIS_SECURITY_CONTACT"),
        ({"LOG_LEVEL": "debug"}, "RELAIS_LOG_LEVEL"),
        ({"DEVELOPMENT": "yes"}, "RELAIS_DEVELOPMENT"),
    ],
)
def test_what_is_unsafe_in_production_is_refused_by_name(given, named):
    with pytest.raises(ConfigError, match=named):
        make(**given)


AWAY = "postgresql+psycopg://relais:hunter2@"


@pytest.mark.parametrize(
    "rest",
    [
        "db.example/relais",
        "10.0.0.7:5432/relais",
        "db.example/relais?sslmode=require",
        "db.example/relais?sslmode=verify-full&sslmode=disable",
        "/relais?host=db.example",
        "localhost/relais?hostaddr=10.0.0.7",
        "127.0.0.1,db.example/relais",
        "[::1/relais",
    ],
)
def test_a_database_elsewhere_is_reached_under_tls_in_production_and_its_password_is_not_repeated(rest):
    with pytest.raises(ConfigError, match="RELAIS_DIRECTORY_URL") as refused:
        make(DIRECTORY_URL=AWAY + rest, AUDIT_KEY=KEY[::-1])

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "rest",
    [
        "/relais",
        "localhost/relais",
        "[::1]:5432/relais",
        "/relais?host=/run/postgresql",
        "db.example/relais?sslmode=verify-full&sslrootcert=system",
    ],
)
def test_a_database_of_this_machine_or_under_tls_is_taken(rest):
    config = make(DIRECTORY_URL=AWAY + rest, AUDIT_KEY=KEY[::-1])

    assert AWAY + rest == config.DIRECTORY_URL


def test_one_is_in_production_unless_one_says_otherwise():
    assert make().DEVELOPMENT is False
    assert make().COOKIES_SECURE is True


def test_the_site_answers_under_the_name_of_its_address_and_those_given_only():
    assert make().ALLOWED_HOSTS == ("relais.example",)
    assert make(ALLOWED_HOSTS="www.relais.example, 10.0.0.5").ALLOWED_HOSTS == (
        "relais.example",
        "www.relais.example",
        "10.0.0.5",
    )


def test_a_checkout_works_on_its_own_machine_without_more():
    config = develop(COOKIES_SECURE="0", MAIL_DIR="mail")

    assert set(config.ALLOWED_HOSTS) == {"127.0.0.1", "localhost", "[::1]"}
    assert config.MAIL_FROM


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701])
def test_a_folder_of_keys_that_others_may_enter_is_refused_in_production(tmp_path, mode):
    folder = tmp_path / "sealing"
    folder.mkdir()
    folder.chmod(mode)

    with pytest.raises(ConfigError, match="chmod 700"):
        make(SEALING_DIR=str(folder))


def test_a_key_of_that_folder_that_others_can_read_is_refused_in_production(tmp_path):
    folder = tmp_path / "sealing"
    folder.mkdir(mode=0o700)
    (folder / "2026-11.key").write_bytes(b"x" * 32)
    (folder / "2026-11.key").chmod(0o644)

    with pytest.raises(ConfigError, match="chmod 600"):
        make(SEALING_DIR=str(folder))


def test_the_password_of_the_mail_server_is_read_from_a_file_of_its_owner(tmp_path):
    path = tmp_path / "mail-password"
    path.write_text("un-mot-exemple\n")
    given = {"MAIL_HOST": "mail.example", "MAIL_FROM": "r@relais.example", "MAIL_USER": "relais"}
    path.chmod(0o644)

    with pytest.raises(ConfigError, match="RELAIS_MAIL_PASSWORD_FILE"):
        make(MAIL_PASSWORD_FILE=str(path), **given)
    path.chmod(0o600)
    assert path.read_text().strip() == make(MAIL_PASSWORD_FILE=str(path), **given).MAIL_PASSWORD


def test_one_key_in_two_files_is_still_one_key(tmp_path):
    for name in ("secret", "audit"):
        path = tmp_path / name
        path.write_text(KEY)
        path.chmod(0o600)

    with pytest.raises(ConfigError, match="make another"):
        make(
            SECRET_KEY="",
            SECRET_KEY_FILE=str(tmp_path / "secret"),
            AUDIT_KEY_FILE=str(tmp_path / "audit"),
            DIRECTORY_URL="sqlite:///x.db",
        )


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("securite@relais.example", "mailto:securite@relais.example"),
        ("mailto:securite@relais.example", "mailto:securite@relais.example"),
        ("https://relais.example/securite", "https://relais.example/securite"),
        ("tel:+15145550100", "tel:+15145550100"),
    ],
)
def test_where_weaknesses_are_told_is_written_as_an_address(given, taken):
    config = make(SECURITY_CONTACT=given)

    assert taken == config.SECURITY_CONTACT


THREE = {
    "DIRECTORY_URL": "sqlite:////srv/relais/directory.db",
    "CASES_URL": "sqlite:////srv/relais/cases.db",
    "KEYS_URL": "sqlite:////srv/keys/keys.db",
    "AUDIT_KEY": OTHER_KEY,
}
ELSEWHERE = "postgresql+psycopg://relais:hunter2@db.example/keys"


def test_without_case_files_nothing_more_is_asked_for():
    config = make(DIRECTORY_URL="sqlite:////srv/relais/directory.db", AUDIT_KEY=OTHER_KEY)

    assert (config.CASES_URL, config.KEYS_URL) == (None, None)


def test_case_files_have_a_database_a_store_of_keys_and_a_folder_of_master_keys(tmp_path):
    config = make(**THREE, MASTER_KEY_DIR=str(tmp_path / "masters"))

    assert (THREE["CASES_URL"], THREE["KEYS_URL"]) == (config.CASES_URL, config.KEYS_URL)
    assert tmp_path / "masters" == config.MASTER_KEY_DIR


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"KEYS_URL": ""}, "RELAIS_KEYS_URL is not set"),
        ({"DIRECTORY_URL": ""}, "RELAIS_DIRECTORY_URL is not set"),
        ({"CASES_URL": ""}, "RELAIS_KEYS_URL is of use with RELAIS_CASES_URL only"),
        ({"KEYS_URL": THREE["CASES_URL"]}, "three databases"),
        ({"KEYS_URL": THREE["DIRECTORY_URL"]}, "three databases"),
        ({"CASES_URL": THREE["DIRECTORY_URL"]}, "three databases"),
        ({"KEYS_URL": "sqlite:////srv/keys/../relais/cases.db"}, "three databases"),
        ({"KEYS_URL": f"{THREE['CASES_URL']}?timeout=5"}, "three databases"),
        ({"AUDIT_KEY": ""}, "RELAIS_AUDIT_KEY"),
        ({"KEYS_URL": ELSEWHERE}, "RELAIS_KEYS_URL names another machine"),
        ({"CASES_URL": ELSEWHERE}, "RELAIS_CASES_URL names another machine"),
    ],
)
def test_case_files_that_are_not_apart_or_not_whole_are_refused_by_name(given, named):
    with pytest.raises(ConfigError, match=named) as refusal:
        make(**(THREE | given))

    assert "hunter2" not in str(refusal.value)


LOCAL = "postgresql+psycopg://{user}@localhost{port}/{name}"


def test_two_ways_of_writing_one_address_are_one_database():
    cases = LOCAL.format(user="one", port="", name="relais")
    keys = LOCAL.format(user="another", port=":5432", name="relais")
    with pytest.raises(ConfigError, match="three databases"):
        make(**(THREE | {"CASES_URL": cases, "KEYS_URL": keys}))


def test_two_databases_of_one_server_are_two():
    cases, keys = (LOCAL.format(user="one", port="", name=name) for name in ("cases", "keys"))

    assert keys == make(**(THREE | {"CASES_URL": cases, "KEYS_URL": keys})).KEYS_URL


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701])
def test_a_folder_of_master_keys_that_others_may_enter_is_refused_in_production(tmp_path, mode):
    folder = tmp_path / "masters"
    folder.mkdir()
    folder.chmod(mode)

    with pytest.raises(ConfigError, match=r"RELAIS_MASTER_KEY_DIR.*chmod 700"):
        make(MASTER_KEY_DIR=str(folder))


def test_a_master_key_that_others_can_read_is_refused_in_production(tmp_path):
    folder = tmp_path / "masters"
    folder.mkdir(mode=0o700)
    (folder / "ABCDEFGH.key").write_bytes(b"x" * 32)
    (folder / "ABCDEFGH.key").chmod(0o640)

    with pytest.raises(ConfigError, match=r"RELAIS_MASTER_KEY_DIR.*chmod 600"):
        make(MASTER_KEY_DIR=str(folder))
