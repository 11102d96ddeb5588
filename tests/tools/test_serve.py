from __future__ import annotations

import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from dotenv import dotenv_values

from config import Config
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


def environment(tmp_path, monkeypatch, **given: str) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    return serve.environment_of(tmp_path / "instance", given)


def test_the_settings_of_a_checkout_are_taken_by_the_application(tmp_path, monkeypatch):
    made = environment(tmp_path, monkeypatch)
    for key in instance.KEYS:
        instance.make_secret(tmp_path / "instance" / key)

    config = Config.from_environment(made)

    assert (config.DEVELOPMENT, config.SITE_URL) == (True, "http://127.0.0.1:8000")
    assert tmp_path / "instance" / "mail" == config.MAIL_DIR


def test_another_port_is_in_the_address_of_the_site(tmp_path, monkeypatch):
    assert environment(tmp_path, monkeypatch, PORT="9000")["RELAIS_SITE_URL"] == "http://127.0.0.1:9000"


def test_a_machine_shown_to_others_answers_under_its_own_names(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "Poste-Exemple")
    monkeypatch.setattr(socket, "getfqdn", lambda: "poste_mal_nomme")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [(0, 0, 0, "", ("192.0.2.7", 0))])

    made = environment(tmp_path, monkeypatch, HOST="0.0.0.0")  # noqa: S104

    assert made["RELAIS_ALLOWED_HOSTS"] == "poste-exemple,poste-exemple.local,192.0.2.7"


def test_a_machine_that_does_not_know_its_name_can_still_be_shown(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError

    monkeypatch.setattr(socket, "gethostname", lambda: "poste")
    monkeypatch.setattr(socket, "getfqdn", lambda: "poste")
    monkeypatch.setattr(socket, "getaddrinfo", fail)

    made = environment(tmp_path, monkeypatch, HOST="0.0.0.0")  # noqa: S104
    assert made["RELAIS_ALLOWED_HOSTS"] == "poste,poste.local"


def test_a_file_of_settings_of_ones_own_is_served(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("RELAIS_OPERATOR_NAME='Maison Exemple'\nRELAIS_EDITION_DIR=/srv/own\n")

    made = environment(tmp_path, monkeypatch)

    assert (made["RELAIS_OPERATOR_NAME"], made["RELAIS_EDITION_DIR"]) == ("Maison Exemple", "/srv/own")


@pytest.mark.parametrize(("name", "replaced"), serve.REPLACED.items())
def test_what_someone_set_takes_the_place_of_what_an_instance_has(tmp_path, monkeypatch, name, replaced):
    instance.write_settings(tmp_path / ".env", instance.settings(tmp_path / "instance"))

    assert replaced not in environment(tmp_path, monkeypatch, **{name: "mine"})


def test_the_server_keeps_no_log_of_who_looks_at_what():
    assert "--no-access-log" in serve.server_command("127.0.0.1", "8000")
