"""Which browser the tests open, and how one is come by."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
ADVICE = (
    "The browser tests need Chromium or Google Chrome, and none could be installed from here. "
    "Install one (on Debian, as root: apt-get install chromium) or name one in BROWSER_PATH."
)
DRIVER_ADVICE = (
    "What drives the browser in the tests does not start; it says why above. On Debian it needs "
    "the library libatomic1 (as root: apt-get install libatomic1)."
)


class NoBrowserError(Exception):
    """There is no browser and none could be installed; the message says what to do."""


def flags() -> list[str]:
    """Return how the browser is started; Chromium's sandbox does not work for root."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)


def find_browser() -> Path | None:
    """Return the browser that BROWSER_PATH names, else one on PATH, else Playwright's own."""
    names = [os.environ["BROWSER_PATH"]] if "BROWSER_PATH" in os.environ else NAMES
    for name in names:
        if path := shutil.which(name):
            return Path(path)
    return _playwrights()


def install_browser() -> Path:
    """Install a browser: Debian's where that is allowed, else Playwright's; raises NoBrowserError."""
    for attempt in (install_from_debian, install_from_playwright):
        attempt(_run)
        if path := find_browser():
            return path
    raise NoBrowserError(ADVICE)


def prepare_driver(run: Callable[..., bool] | None = None) -> None:
    """See that Playwright starts, with a library that Debian may lack; raises NoBrowserError."""
    run = run or _run
    version = [".venv/bin/python", "-m", "playwright", "--version"]
    if run(version):
        return
    install_from_debian(run, "libatomic1")
    if not run(version):
        raise NoBrowserError(DRIVER_ADVICE)


def install_from_debian(run: Callable[..., bool], package: str = "chromium") -> None:
    """Ask Debian for a package, where this user may."""
    if not shutil.which("apt-get"):
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not run([*as_root, "true"]):
        return
    run([*as_root, "apt-get", "update", "--quiet"])
    run([*as_root, "apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package])


def install_from_playwright(run: Callable[..., bool]) -> None:
    """Ask Playwright to download a browser for this user."""
    run([".venv/bin/python", "-m", "playwright", "install", "chromium"])


def _run(command: list[str]) -> bool:
    """Run a command for what it does; a refusal is an answer here, not an error."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, check=False, env=environment, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def _playwrights() -> Path | None:
    """Return the newest browser that Playwright downloaded for this user."""
    if find_spec("playwright") is None and not Path(".venv").is_dir():
        return None
    home = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = [path for path in home.glob("chromium-*/chrome-linux*/chrome") if os.access(path, os.X_OK)]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)
