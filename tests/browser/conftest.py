"""A real browser on a real server that shows an edition of the real catalogue.

Every visit is watched: a request to another host, a broken rule of the Content-Security-Policy,
an error of a script or an answer of 500 fails the test at its end, whatever the test was about.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests import postgresql

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60
SECRET_KEY = "a-key-for-tests-0123456789-abcdefghij"  # noqa: S105
AUDIT_KEY = "a-key-for-the-audit-0123456789-abcdef"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@dataclass
class Visit:
    """A page, and what went wrong while it was open."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self, site: str) -> None:
        """Note what no page of ours may do."""
        own = (site, "data:", "blob:", "about:")

        def request(sent: Request) -> None:
            if not sent.url.startswith(own):
                self.faults.append(f"asked another host: {sent.url}")

        def response(received: Response) -> None:
            if received.status >= 500:
                self.faults.append(f"answered {received.status}: {received.url}")

        def console(message: ConsoleMessage) -> None:
            if message.type == "error" and "Failed to load resource" not in message.text:
                self.faults.append(f"console: {message.text}")

        context = self.page.context
        context.on("request", request)
        context.on("response", response)
        context.on("console", console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))


Visitor = Callable[..., Page]


@pytest.fixture(scope="session")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of editions built from the catalogue; one build serves all the workers of a run."""
    folder = Path(os.environ[postgresql.FOLDER]) / "browser"
    with FileLock(f"{folder}.lock"):
        if not (folder / "done").exists():
            (folder / "editions").mkdir(parents=True)
            build_edition(folder)
            (folder / "done").touch()
    return folder / "editions"


def settings(editions: Path, url: str | None = None) -> dict[str, str]:
    """Return the variables of a server that has an edition, and a database only if one is given."""
    mine = {
        "RELAIS_DEVELOPMENT": "1",
        "RELAIS_SECRET_KEY": SECRET_KEY,
        "RELAIS_EDITION_DIR": str(editions),
        "RELAIS_SEALING_DIR": str(editions.parent / "sealing"),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    return kept | mine | ({"RELAIS_DIRECTORY_URL": url, "RELAIS_AUDIT_KEY": AUDIT_KEY} if url else {})


def build_edition(folder: Path) -> None:
    """Import the catalogue into a database of its own and build the edition from it."""
    environment = settings(folder / "editions", f"sqlite:///{folder}/directory.db")
    for step in (("db", "upgrade"), ("relais", "import", "data/catalogue"), ("relais", "edition", "build")):
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *step]
        done = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{' '.join(step)}\n{done.stdout}\n{done.stderr}"


@contextmanager
def served(environment: dict[str, str], log: Path, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve as ``make run`` does, on a free port, and give the address; links in letters name it too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--blocking-threads",
        "4",
        "--port",
        str(port),
        "wsgi:app",
    ]
    site = f"http://{host}:{port}"
    own = environment | {"RELAIS_SITE_URL": site}
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=own, stdout=output, stderr=output)
        try:
            wait_for(site, process, log)
            yield site
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def wait_for(site: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server answers; fail with what it said if it ends or never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{site}/healthz", timeout=5).close()  # noqa: S310
        except (URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"no answer from the server:\n{log.read_text()}")


@pytest.fixture(scope="session")
def site(editions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has the edition and no database."""
    with served(settings(editions), tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visitor]:
    """Return a function that opens a path as a new visitor: ``visit("/fr/", width=360)``."""
    visits: list[Visit] = []

    def open_path(
        path: str, *, width: int = 1280, javascript: bool = True, locale: str = "fr-CA", scheme: str = "light"
    ) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            locale=locale,
            color_scheme=scheme,
            service_workers="block",
        )
        visits.append(Visit(context.new_page()))
        visits[-1].watch(site)
        visits[-1].page.goto(path)
        return visits[-1].page

    yield open_path
    for one in visits:
        one.page.context.close()
    assert [fault for one in visits for fault in one.faults] == []
