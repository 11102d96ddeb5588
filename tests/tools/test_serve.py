from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from dotenv import dotenv_values

from tools import instance, serve


def test_the_key_can_be_read_by_its_owner_only(tmp_path):
    path = tmp_path / "instance" / "secret-key"

    instance.make_secret(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_folder_of_an_instance_can_be_entered_by_its_owner_only(tmp_path):
    instance.make_secret(tmp_path / "instance" / "secret-key")

    assert stat.S_IMODE((tmp_path / "instance").stat().st_mode) == 0o700


def test_the_key_is_kept_from_one_run_to_the_next(tmp_path):
    path = tmp_path / "secret-key"
    instance.make_secret(path)
    first = path.read_text()

    instance.make_secret(path)

    assert path.read_text() == first


def test_two_instances_have_two_keys(tmp_path):
    for name in ("one", "two"):
        instance.make_secret(tmp_path / name)

    assert (tmp_path / "one").read_text() != (tmp_path / "two").read_text()


def test_a_folder_with_spaces_percents_and_accents_holds_the_database():
    folder = Path("/srv/le répertoire 100%/instance")

    url = instance.settings(folder)["RELAIS_DIRECTORY_URL"]

    assert sa.make_url(url).database == f"{folder}/directory.db"


def test_a_step_that_fails_ends_the_run_before_anything_is_served(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 3))
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("served"))

    assert serve.main() == 3


def test_a_setting_of_the_environment_is_left_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELAIS_EDITION_DIR", "/srv/elsewhere")
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, env, **_: seen.append(env) or subprocess.CompletedProcess(command, 3),
    )

    serve.main()

    assert seen[0]["RELAIS_EDITION_DIR"] == "/srv/elsewhere"


def read_back(path: Path) -> dict[str, str | None]:
    return dict(dotenv_values(path))


@pytest.mark.parametrize("folder", ["/srv/relais", "/srv/l'été 100% # \\ $HOME", '/srv/"a" b'])
def test_settings_written_are_the_settings_read(folder, tmp_path):
    values = instance.settings(Path(folder) / "instance")
    instance.write_settings(tmp_path / ".env", values)

    assert read_back(tmp_path / ".env") == values


def test_settings_of_ones_own_are_left_alone(tmp_path):
    path = tmp_path / ".env"
    path.write_text("RELAIS_EDITION_DIR=/srv/own\n")
    instance.write_settings(path, instance.settings(tmp_path))

    assert path.read_text() == "RELAIS_EDITION_DIR=/srv/own\n"


def test_settings_follow_a_checkout_that_was_moved(tmp_path):
    path = tmp_path / ".env"
    for folder in ("before", "after"):
        instance.write_settings(path, instance.settings(tmp_path / folder))

    assert read_back(path)["RELAIS_EDITION_DIR"] == str(tmp_path / "after" / "editions")


def test_settings_can_be_read_by_their_owner_only(tmp_path):
    instance.write_settings(tmp_path / ".env", instance.settings(tmp_path))

    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
