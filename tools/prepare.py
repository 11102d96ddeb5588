"""Make the project ready on this machine: ``prepare.py run`` or ``prepare.py test``.

What is done is noted in .venv, so that a second time needs neither network nor patience.
Uses the standard library only, since nothing else is there yet.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import browser, instance

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = Path("requirements")
TRANSLATIONS = Path("referral/i18n/translations")
NEEDED = {"run": ("run",), "test": ("run", "test")}
NETWORK_ADVICE = (
    "The packages could not be installed; pip says why above. Behind a proxy or with an index of "
    "your own, tell pip so (its configuration file, or its PIP_… variables) and try again."
)

LINK_ADVICE = (
    ".venv is a link to another folder, which would be emptied and made anew. Remove the link and "
    "try again: this folder then gets an environment of its own."
)


class PreparationError(Exception):
    """Something is missing that only the reader can supply; the message says what."""


def prepare(purpose: str) -> None:
    """Install what ``run`` or ``test`` needs; raises PreparationError or NoBrowserError."""
    make_environment()
    for name in NEEDED[purpose]:
        install(name)
    compile_translations()
    instance.prepare_instance()
    if purpose == "test" and browser.find_browser() is None:
        with told("a browser for the tests"):
            browser.install_browser()
    if purpose == "test" and stamp("driver") is None:
        browser.prepare_driver()
        note("driver", "starts")


def make_environment() -> None:
    """Make .venv, also anew where the Python it came from is gone or it was moved.

    Raises PreparationError where it is a link: making it anew would empty somebody else's.
    """
    if VENV.is_symlink():
        raise PreparationError(LINK_ADVICE)
    if PYTHON.exists() and runs(PYTHON) and stamp("home") == str(Path.cwd()):
        return
    with told("a Python environment in .venv"):
        venv.create(VENV, with_pip=True, clear=VENV.exists())
        note("home", str(Path.cwd()))


def runs(python: Path) -> bool:
    """Answer whether an environment's Python starts."""
    command: list[str | Path] = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def install(name: str) -> None:
    """Install one list of requirements, unless that very list was installed already."""
    path = REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if stamp(name) == digest:
        return
    with told(f"the packages of {path}"):
        pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "-qq", "--no-input"]
        pip += ["--disable-pip-version-check", "--require-hashes", "--requirement", path]
        if subprocess.run(pip, check=False).returncode:
            raise PreparationError(NETWORK_ADVICE)
        note(name, digest)


def compile_translations() -> None:
    """Compile the translations that changed since they were compiled last."""
    for source in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        babel: list[str | Path] = [PYTHON, "-m", "babel.messages.frontend", "--quiet", "compile"]
        subprocess.run([*babel, "--input-file", source, "--output-file", compiled], check=True)


def stamp(name: str) -> str | None:
    """Return what was noted under a name, if anything was."""
    path = VENV / f"prepared-{name}"
    return path.read_text(encoding="utf-8") if path.exists() else None


def note(name: str, value: str) -> None:
    """Remember in the environment itself, so that it goes when that goes."""
    (VENV / f"prepared-{name}").write_text(value, encoding="utf-8")


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say what is being made ready, and how long it took."""
    started = time.monotonic()
    print(f"Preparing {what} …", flush=True)
    yield
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def main(arguments: list[str]) -> int:
    """Prepare for the purpose given; failing, say why in one paragraph."""
    if len(arguments) != 1 or arguments[0] not in NEEDED:
        print("usage: prepare.py run|test", file=sys.stderr)
        return 2
    try:
        prepare(arguments[0])
    except (PreparationError, browser.NoBrowserError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
