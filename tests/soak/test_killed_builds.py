"""A publisher that is killed at any moment leaves a whole edition to read."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from referral.edition.folder import EditionFolder
from referral.edition.manifest import check_files, read_manifest
from referral.edition.reader import Edition

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS, SEED = 30, 20261124
LONGEST_BUILD_SECONDS = 120

pytestmark = pytest.mark.soak


@pytest.fixture
def relais(tmp_path):
    """Return a function that starts a command on a directory that holds the catalogue."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")} | {
        "RELAIS_DEVELOPMENT": "1",
        "RELAIS_SECRET_KEY": "a-key-for-tests-0123456789-abcdefghij",
        "RELAIS_AUDIT_KEY": "a-key-for-the-audit-0123456789-abcdef",
        "RELAIS_DIRECTORY_URL": f"sqlite:///{tmp_path}/directory.db",
        "RELAIS_EDITION_DIR": str(tmp_path / "editions"),
        "RELAIS_SEALING_DIR": str(tmp_path / "sealing"),
    }

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    for step in (("db", "upgrade"), ("relais", "import", "data/catalogue"), ("relais", "edition", "build")):
        assert start(*step).wait(LONGEST_BUILD_SECONDS) == 0
    return start


def test_a_killed_build_leaves_a_whole_edition_and_the_next_build_succeeds(relais, tmp_path):
    place = EditionFolder(tmp_path / "editions")
    chance = random.Random(SEED)  # noqa: S311
    started = time.monotonic()
    assert relais("relais", "edition", "build").wait(LONGEST_BUILD_SECONDS) == 0
    usual = time.monotonic() - started
    killed = 0

    for _ in range(KILLS):
        spoil(place)
        build = relais("relais", "edition", "build")
        time.sleep(chance.uniform(0.3, 1.1) * usual)
        build.send_signal(signal.SIGKILL)
        killed += build.wait() == -signal.SIGKILL

        shown = place.current()
        assert shown is not None
        check_files(shown, read_manifest(shown))
        assert len(Edition(shown).listings) > 0

    assert killed > KILLS // 2
    assert relais("relais", "edition", "build").wait(LONGEST_BUILD_SECONDS) == 0
    assert list(place.root.glob(".building-*")) == []


def spoil(place: EditionFolder) -> None:
    """Show a copy whose compiler is another, so that the next build compiles and writes everything."""
    shown = place.current()
    copy = place.root / "spoiled"
    if shown != copy:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(shown, copy)
        manifest = copy / "manifest.json"
        compiler = read_manifest(copy).compiler
        manifest.write_text(
            manifest.read_text(encoding="utf-8").replace(compiler, "another"), encoding="utf-8"
        )
        place.show(copy)
