from pathlib import Path

import pytest

from config import Config, ConfigError

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


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
