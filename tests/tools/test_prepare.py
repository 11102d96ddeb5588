from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import browser, prepare

ROOT = Path(__file__).resolve().parent.parent.parent


def python_saying(folder: Path, name: str, *, version: str, status: int) -> None:
    """Write a stand-in for an interpreter that prints a version and then answers every question alike."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    answers = f"*print*) echo {version};; *version_info*) exit {status};; *) exit 1;;"
    path.write_text(f'#!/bin/sh\ncase "$2" in {answers} esac\n')
    path.chmod(0o755)


def find_python(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(ROOT / "tools" / "find-python")]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env={"PATH": str(path)} | environment
    )


def test_a_python_that_can_run_the_project_is_found():
    assert find_python(Path("/nowhere"), PYTHON=sys.executable).stdout.strip() == sys.executable


def test_a_python_whose_path_has_spaces_is_found(tmp_path):
    link = tmp_path / "my python"
    link.symlink_to(sys.executable)

    assert find_python(Path("/nowhere"), PYTHON=str(link)).stdout.strip() == str(link)


def test_no_python_is_said_plainly(tmp_path):
    answer = find_python(tmp_path)

    assert answer.returncode == 1
    assert "Python 3.11 or newer is needed, and there is none" in answer.stderr


def test_an_old_python_is_named_with_its_version(tmp_path):
    python_saying(tmp_path, "python3", version="3.9", status=1)

    assert "found only: python3 (3.9)" in find_python(tmp_path).stderr


def test_a_python_without_venv_names_the_package_that_has_it(tmp_path):
    python_saying(tmp_path, "python3", version="3.12", status=0)

    assert "apt-get install python3.12-venv" in find_python(tmp_path).stderr


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """An empty place that looks like the project, in a folder whose name has a space."""
    folder = tmp_path / "a clone"
    (folder / ".venv").mkdir(parents=True)
    (folder / "requirements").mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_an_environment_that_is_a_link_is_neither_emptied_nor_used(clone, tmp_path):
    other = tmp_path / "another's"
    other.mkdir()
    (other / "kept").touch()
    (clone / ".venv").rmdir()
    (clone / ".venv").symlink_to(other)

    with pytest.raises(prepare.PreparationError, match="is a link"):
        prepare.make_environment()
    assert (other / "kept").exists()


def test_requirements_that_were_installed_are_not_installed_again(clone, monkeypatch):
    (clone / "requirements/run.txt").write_text("one==1\n")
    calls: list[object] = []
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: calls.append(command) or done)

    prepare.install("run")
    prepare.install("run")

    assert len(calls) == 1


def test_requirements_that_changed_are_installed_again(clone, monkeypatch):
    calls: list[object] = []
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: calls.append(command) or done)

    for text in ("one==1\n", "one==2\n"):
        (clone / "requirements/run.txt").write_text(text)
        prepare.install("run")

    assert len(calls) == 2


def test_a_failed_installation_is_tried_again_and_says_what_to_do(clone, monkeypatch):
    (clone / "requirements/run.txt").write_text("one==1\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))

    for _ in range(2):
        with pytest.raises(prepare.PreparationError, match="tell pip so"):
            prepare.install("run")


def test_packages_are_installed_by_hash_only(clone, monkeypatch):
    (clone / "requirements/run.txt").write_text("one==1\n")
    calls: list[list[object]] = []
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: calls.append(command) or done)

    prepare.install("run")

    assert "--require-hashes" in calls[0]


def test_the_browser_named_by_the_environment_goes_first(tmp_path, monkeypatch):
    mine = tmp_path / "my-browser"
    mine.touch(mode=0o755)
    monkeypatch.setenv("BROWSER_PATH", str(mine))

    assert browser.find_browser() == mine


def test_playwrights_browser_is_found_where_nothing_is_installed(tmp_path, monkeypatch):
    chrome = tmp_path / "chromium-1" / "chrome-linux" / "chrome"
    chrome.parent.mkdir(parents=True)
    chrome.touch(mode=0o755)
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))

    assert browser.find_browser() == chrome


def test_where_no_browser_can_be_had_the_reader_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    with pytest.raises(browser.NoBrowserError, match="apt-get install chromium"):
        browser.install_browser()


@pytest.mark.parametrize(("user", "sandboxed"), [(0, False), (1000, True)])
def test_the_browsers_sandbox_is_given_up_for_root_only(user, sandboxed, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: user)

    assert ("--no-sandbox" not in browser.flags()) is sandboxed


class Commands:
    """Notes what would be run; refuses what begins with one of the words given."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.ran: list[str] = []

    def __call__(self, command: list[str]) -> bool:
        self.ran.append(" ".join(command))
        return not self.ran[-1].startswith(self.refused) if self.refused else True


@pytest.fixture
def debian(monkeypatch):
    """A machine that has apt-get and sudo, and no browser."""
    monkeypatch.setattr(
        browser.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None
    )


def test_root_installs_the_browser_of_debian(debian, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    commands = Commands()

    browser.install_from_debian(commands)

    assert commands.ran[-1].startswith("apt-get install")


def test_who_may_become_root_without_a_password_installs_it_too(debian, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    commands = Commands()

    browser.install_from_debian(commands)

    assert commands.ran[-1].startswith("sudo -n apt-get install")


def test_who_may_not_become_root_is_asked_for_no_password(debian, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    commands = Commands("sudo")

    browser.install_from_debian(commands)

    assert commands.ran == ["sudo -n true"]


def test_a_driver_that_starts_needs_nothing(debian):
    commands = Commands()

    browser.prepare_driver(commands)

    assert commands.ran == [".venv/bin/python -m playwright --version"]


def test_a_driver_that_does_not_start_gets_its_library_and_is_tried_again(debian, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    answers = iter([False, True, True, True])
    ran: list[str] = []

    def run(command: list[str]) -> bool:
        ran.append(" ".join(command))
        return next(answers)

    browser.prepare_driver(run)

    assert ran[2].endswith("libatomic1")
    assert len(ran) == 4


def test_a_driver_that_will_not_start_is_said_with_the_library_it_needs(debian, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(browser.NoBrowserError, match="libatomic1"):
        browser.prepare_driver(Commands(".venv"))
