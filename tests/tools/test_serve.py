from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from tools import serve


def test_the_key_can_be_read_by_its_owner_only(tmp_path):
    path = tmp_path / "instance" / "secret-key"

    serve.make_secret(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_folder_of_an_instance_can_be_entered_by_its_owner_only(tmp_path):
    serve.make_secret(tmp_path / "instance" / "secret-key")

    assert stat.S_IMODE((tmp_path / "instance").stat().st_mode) == 0o700


def test_the_key_is_kept_from_one_run_to_the_next(tmp_path):
    path = tmp_path / "secret-key"
    serve.make_secret(path)
    first = path.read_text()

    serve.make_secret(path)

    assert path.read_text() == first


def test_two_instances_have_two_keys(tmp_path):
    for name in ("one", "two"):
        serve.make_secret(tmp_path / name)

    assert (tmp_path / "one").read_text() != (tmp_path / "two").read_text()


def test_a_folder_with_spaces_percents_and_accents_holds_the_database():
    folder = Path("/srv/le répertoire 100%/instance")

    url = serve.settings(folder)["RELAIS_DIRECTORY_URL"]

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
