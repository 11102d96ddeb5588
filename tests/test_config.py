import subprocess
import sys
from pathlib import Path

import pytest

from config import Config, ConfigError
from referral.shared.paths import ROOT

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
OWN_PATH = "/tiles/{z}/{x}/{y}.png"
OWN_HOST = "https://tiles.example.org/{z}/{x}/{y}.png"


def test_a_process_without_a_database_address_is_a_public_one():
    assert Config.from_environment({"RELAIS_SECRET_KEY": KEY}).DIRECTORY_URL is None


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "RELAIS_SECRET_KEY"),
        ({"RELAIS_SECRET_KEY": "short"}, "RELAIS_SECRET_KEY"),
        ({"RELAIS_SECRET_KEY": "a" * 64}, "RELAIS_SECRET_KEY"),
        ({"RELAIS_SECRET_KEY_FILE": "/nowhere/key"}, "RELAIS_SECRET_KEY_FILE"),
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
        Config.from_environment(environment)


def test_a_refusal_never_repeats_the_secret():
    with pytest.raises(ConfigError) as refusal:
        Config.from_environment({"RELAIS_SECRET_KEY": "hunter2"})

    assert "hunter2" not in str(refusal.value)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret-key"
    path.write_text(KEY + "\n")
    path.chmod(0o600)
    return path


def test_a_key_is_read_from_a_file_of_its_owner(key_file):
    assert Config.from_environment({"RELAIS_SECRET_KEY_FILE": str(key_file)}).SECRET_KEY == KEY


def test_a_key_that_others_can_read_is_refused(key_file):
    key_file.chmod(0o640)

    with pytest.raises(ConfigError, match="chmod 600"):
        Config.from_environment({"RELAIS_SECRET_KEY_FILE": str(key_file)})


def with_tiles(url: str, **more: str) -> Config:
    """Return the settings of a site whose operator has pictures for the map."""
    given = {"SECRET_KEY": KEY, "MAP_TILES_URL": url, "MAP_CREDIT": "© Exemple", **more}
    return Config.from_environment({f"RELAIS_{name}": text for name, text in given.items()})


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
        Config.from_environment({"RELAIS_SECRET_KEY": KEY, "RELAIS_MAP_PMTILES": str(path)})


def test_a_file_and_an_address_exclude_each_other(tmp_path):
    with pytest.raises(ConfigError, match="RELAIS_MAP_PMTILES"):
        with_tiles(OWN_PATH, MAP_PMTILES=str(tmp_path / "map.pmtiles"))


def test_a_server_that_refuses_to_start_says_why_in_one_line():
    command = [sys.executable, "-c", "import wsgi"]
    answer = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, env={"RELAIS_SECRET_KEY": "short"}
    )

    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "RELAIS_SECRET_KEY" in answer.stderr
