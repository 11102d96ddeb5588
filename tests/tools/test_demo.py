"""The demonstration as people start it: a folder of its own, this machine only, letters in files."""

from __future__ import annotations

import email
import email.policy
import http.cookiejar
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import Config
from referral.access.policy import KEY_ROLES, Role
from referral.demo.people import PEOPLE
from referral.shared.paths import ROOT
from tools import demo, instance

PATIENCE_SECONDS = 120
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def test_its_files_are_apart_from_those_of_the_directory(tmp_path):
    mine, others = (instance.settings(tmp_path / name) for name in ("instance/demo", "instance"))

    assert [name for name in mine if mine[name] == others[name] and mine[name] not in {"0", "1"}] == []


def test_no_setting_from_outside_gets_into_it():
    given = {"RELAIS_MAIL_HOST": "mail.example", "RELAIS_DIRECTORY_URL": "sqlite:///real.db", "PATH": "/bin"}

    assert demo.outside(given) == {"PATH": "/bin", "FLASK_SKIP_DOTENV": "1"}


def test_its_settings_are_taken_by_the_application(tmp_path):
    instance.make_folder(tmp_path)

    config = Config.from_environment(demo.demo_settings(tmp_path, "8001"))

    assert config.DEMO
    assert config.SITE_URL == "http://127.0.0.1:8001"
    assert tmp_path / "mail" == config.MAIL_DIR


def test_it_has_case_files_and_a_checkout_of_its_own_has_none(tmp_path):
    mine, own = demo.demo_settings(tmp_path, "8001"), instance.settings(tmp_path)
    names = {"RELAIS_CASES_URL", "RELAIS_KEYS_URL", "RELAIS_MASTER_KEY_DIR"}

    assert names <= mine.keys()
    assert not names & own.keys()


def test_every_file_of_it_is_in_its_folder(tmp_path):
    places = [value for name, value in demo.demo_settings(tmp_path, "8001").items() if "/" in value]

    assert [value for value in places if str(tmp_path) not in value and "127.0.0.1" not in value] == []


def test_the_master_key_is_made_before_anything_else_is_and_once_only():
    assert demo.STEPS[:2] == (("db", "upgrade"), ("relais", "keys", "create", "--if-none"))


def started(tmp_path, monkeypatch, **variables) -> list[list[str]]:
    """Return the commands that starting runs, none of them for real."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"PORT": free_port(), **variables}.items():
        monkeypatch.setenv(name, value)
    commands: list[list[str]] = []
    monkeypatch.setattr(demo, "run_steps", lambda _steps, _environment: 0)
    monkeypatch.setattr(
        demo.subprocess, "Popen", lambda command, env: commands.append(command) or Ended(command, env)
    )
    assert demo.main() == 0
    return commands


class Ended:
    """A server that ends at once."""

    def __init__(self, *_given: object) -> None:
        """Take what a server is started with."""

    def __enter__(self) -> Ended:
        return self

    def __exit__(self, *_why: object) -> None:
        """End."""

    def wait(self, _seconds: float) -> int:
        """Say that it went well."""
        return 0

    def terminate(self) -> None:
        """Do nothing: it has ended."""


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Put back what a signal does: starting a demonstration changes it."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_it_listens_to_this_machine_only_whatever_host_says(tmp_path, monkeypatch):
    (command,) = started(tmp_path, monkeypatch, HOST="0.0.0.0")  # noqa: S104

    assert command[command.index("--host") + 1] == "127.0.0.1"


def test_starting_again_keeps_what_is_there(tmp_path, monkeypatch):
    started(tmp_path, monkeypatch)
    kept = tmp_path / "instance" / "demo" / "directory.db"
    kept.touch()
    started(tmp_path, monkeypatch)

    assert kept.exists()


def test_fresh_begins_anew_and_leaves_the_directory_alone(tmp_path, monkeypatch):
    started(tmp_path, monkeypatch)
    gone, kept = tmp_path / "instance" / "demo" / "directory.db", tmp_path / "instance" / "directory.db"
    for path in (gone, kept):
        path.touch()
    started(tmp_path, monkeypatch, FRESH="1")

    assert (gone.exists(), kept.exists()) == (False, True)


def test_fresh_deletes_no_folder_that_we_did_not_make(tmp_path, monkeypatch):
    other = tmp_path / "instance" / "demo" / "mine"
    other.parent.mkdir(parents=True)
    other.touch()
    started(tmp_path, monkeypatch, FRESH="1")

    assert other.exists()


def test_a_port_in_use_ends_it_before_anything_is_deleted(tmp_path, monkeypatch, capsys):
    started(tmp_path, monkeypatch)
    kept = tmp_path / "instance" / "demo" / "directory.db"
    kept.touch()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        monkeypatch.setenv("PORT", port)
        monkeypatch.setenv("FRESH", "1")
        assert demo.main() == 1

    assert kept.exists()
    assert port in capsys.readouterr().out


def test_fresh_deletes_nothing_while_another_one_runs(tmp_path, monkeypatch):
    started(tmp_path, monkeypatch)
    kept = tmp_path / "instance" / "demo" / "directory.db"
    kept.touch()
    monkeypatch.setenv("FRESH", "1")
    with demo.in_use(tmp_path / "instance" / "demo"):
        assert demo.main() == 1

    assert kept.exists()


def free_port() -> str:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@dataclass
class Demonstration:
    """One that runs: its address, its folder and its process."""

    site: str
    folder: Path

    def open(self, headers: dict[str, str] | None = None) -> int:
        """Return the status of its first page."""
        request = urllib.request.Request(f"{self.site}/fr/", headers=headers or {})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Start one as ``make demo`` does, in a folder of its own."""
    folder = tmp_path_factory.mktemp("checkout")
    port = free_port()
    environment = dict(os.environ) | {"PORT": port, "PYTHONPATH": str(ROOT)}
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.demo"], cwd=folder, env=environment, stdout=output, stderr=output
        )
        made = Demonstration(f"http://127.0.0.1:{port}", folder / "instance" / "demo")
        wait_for(made, process, log)
        yield made
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
    assert not demo.is_taken(port), "the server outlived what started it"


def wait_for(made: Demonstration, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until it answers; fail with what it said if it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            made.open()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    process.terminate()
    process.wait(PATIENCE_SECONDS)
    raise RuntimeError(f"no answer:\n{log.read_text()}")


def enter(site: str, username: str) -> str:
    """Press the button of somebody and return the address of the page after it."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with opener.open(f"{site}/fr/demo/", timeout=10) as page:
        token = TOKEN.search(page.read().decode())[1]
    fields = urllib.parse.urlencode({"csrf_token": token, "person": username}).encode()
    with opener.open(f"{site}/fr/demo/enter", fields, timeout=10):
        pass
    with opener.open(f"{site}/fr/account/security", timeout=10) as page:
        return str(page.url)


@pytest.mark.parametrize("role", sorted(set(Role) - KEY_ROLES))
def test_somebody_of_each_role_signs_in_with_one_press(running, role):
    person = next(each for each in PEOPLE if role in {held for _, held in each.roles})

    assert enter(running.site, person.username) == f"{running.site}/fr/account/security"


def test_its_case_files_are_apart_from_their_keys_and_have_a_master_key(running):
    assert (running.folder / "cases.db").stat().st_size > 0
    assert (running.folder / "keys" / "keys.db").stat().st_size > 0
    assert len(list((running.folder / "master-keys").glob("*.key"))) == 1


def test_it_shows_referrals_that_wait_go_on_and_were_declined(running):
    with closing(sqlite3.connect(running.folder / "cases.db")) as database:
        found = database.execute("SELECT status, count(*) FROM referral GROUP BY status").fetchall()

    assert dict(found) == {"requested": 2, "received": 1, "in-progress": 1, "rejected": 1}


def test_its_letters_are_files_in_its_folder(running):
    (path,) = (running.folder / "mail").glob("*.eml")
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)

    assert letter["To"] == "boite@exemple.example"
    assert f"{running.site}/fr/account/invitation/" in letter.get_content()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "demo.example"},
        {"X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1"},
        {"Via": "1.1 x"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_a_foreign_host_or_a_tunnel_is_refused(running, headers):
    assert running.open(headers) == 400


def test_it_answers_to_whoever_sits_at_the_machine(running):
    assert running.open() == 200
