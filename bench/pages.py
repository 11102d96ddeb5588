"""What each public page costs a reader, and how soon it comes: over the real server, on the real catalogue.

The catalogue is imported and an edition built in a folder of this run's own; granian serves it with
one worker and no database. *Requests and bytes*: of the page and of all that it loads before anyone
touches it; compressed, as sent to a browser that takes gzip, and plain. *Times*: results pages of
searches that are all different, each asked once of a new server, so that nothing of a page can have
been kept; from the first byte sent to the last received, on this machine.
"""

from __future__ import annotations

import gzip
import http.client
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import Config  # noqa: E402
from referral.app import create_app  # noqa: E402
from referral.edition.reader import current_edition  # noqa: E402
from referral.geo.precision import LARGE_MUNICIPALITIES  # noqa: E402
from tools.serve import STEPS  # noqa: E402

LANGUAGES = ("fr", "en")
HOME_BUDGET = 60_000
SEARCHES, SEED = 120, 20261124
PATIENCE_SECONDS = 60
WORDS = {
    "fr": "hébergement avocat écoute logement enfants immigration violence argent santé travail jeunes "
    "transport interprète drogue police refuge grossesse vêtements repas papiers",
    "en": "shelter lawyer counselling housing children immigration violence money health work youth "
    "transport interpreter drugs police refuge pregnancy clothes meals papers",
}


class Loads(HTMLParser):
    """Notes what a page loads by itself; a frame in what is folded away is not loaded yet."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a style, a script or a picture."""
        given = dict(attrs)
        address = (
            given.get("href") if tag == "link" else given.get("src") if tag in {"script", "img"} else None
        )
        if address and address not in self.found:
            self.found.append(address)


@dataclass(frozen=True, slots=True)
class Weight:
    """What a page costs: requests, and bytes of their answers without headers."""

    requests: int
    compressed: int
    plain: int


class Reader:
    """One browser's connection to the server."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def read(self, path: str) -> tuple[int, bytes, bytes]:
        """Return the status, and the body as sent and as read."""
        self._connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = self._connection.getresponse()
        body = answer.read()
        zipped = answer.headers["Content-Encoding"] == "gzip"
        return answer.status, body, gzip.decompress(body) if zipped else body

    def weigh(self, path: str) -> Weight | None:
        """Return what a page costs with all that it loads; None for one that is not there."""
        status, sent, plain = self.read(path)
        if status != http.HTTPStatus.OK:
            return None
        loads = Loads()
        loads.feed(plain.decode())
        parts = [(sent, plain), *(self.read(address)[1:] for address in loads.found)]
        return Weight(len(parts), sum(len(each) for each, _ in parts), sum(len(each) for _, each in parts))


def build(folder: Path) -> dict[str, str]:
    """Import the catalogue and build its edition; return the variables of a server without a database."""
    public = {
        "RELAIS_DEVELOPMENT": "1",
        "RELAIS_SECRET_KEY": secrets.token_urlsafe(48),
        "RELAIS_EDITION_DIR": str(folder / "editions"),
        "RELAIS_SEALING_DIR": str(folder / "sealing"),
    }
    kept = {name: text for name, text in os.environ.items() if not name.startswith("RELAIS_")} | public
    (folder / "editions").mkdir()
    for step in STEPS:
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *step],
            check=True,
            cwd=ROOT,
            env=kept
            | {
                "RELAIS_DIRECTORY_URL": f"sqlite:///{quote(str(folder / 'directory.db'))}",
                "RELAIS_AUDIT_KEY": secrets.token_urlsafe(48),
            },
            stdout=subprocess.DEVNULL,
        )
    return kept


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[int]:
    """Serve with one worker that has kept nothing yet, and give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--log-level",
        "error",
    ]
    server = subprocess.Popen([*command, "wsgi:app"], cwd=ROOT, env=environment)
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; raises RuntimeError if it ends or never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            Reader(port).read("/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server does not answer")


def list_pages(app: Flask) -> dict[str, str]:
    """Return the path below the language of every public page: those without parts, and one of each other."""
    pages = {
        rule.rule.partition(">")[2]: rule.endpoint.partition(".")[2]
        for rule in app.url_map.iter_rules()
        if rule.arguments == {"language"} and "GET" in (rule.methods or ())
    }
    with app.test_request_context("/fr/"):
        listing = current_edition().listing(0)
    pages["/services?" + urlencode({"q": WORDS["fr"].split()[0], "near": "Laval"})] = "results of a search"
    pages[f"/services/{listing.id}"] = "a service"
    pages[f"/organizations/{listing.organization.id}"] = "an organization"
    return dict(sorted(pages.items(), key=lambda page: page[0]))


def show_weights(reader: Reader, app: Flask) -> None:
    """Print what every page costs, in both languages."""
    print(f"{'page':46} {'language':9} {'requests':>8} {'compressed':>11} {'plain':>9}   bytes")
    for path, name in list_pages(app).items():
        for language in LANGUAGES:
            weight = reader.weigh(f"/{language}{path}")
            if weight is None:
                continue
            shown = f"{weight.requests:8} {weight.compressed:11,} {weight.plain:9,}"
            print(f"{path.split('?')[0][:24]:25} {name[:20]:20} {language:9} {shown}")
    for language in LANGUAGES:
        home = reader.weigh(f"/{language}/")
        assert home is not None
        kept = "within" if home.compressed <= HOME_BUDGET else "OVER"
        print(f"start page, {language}: {home.compressed:,} bytes compressed, {kept} the {HOME_BUDGET:,}")


def make_searches() -> list[str]:
    """Return searches that are all different: words, words and a town, a town."""
    chance = random.Random(SEED)  # noqa: S311 - the same searches each time
    towns = list(LARGE_MUNICIPALITIES)
    made: dict[str, None] = {}
    while len(made) < SEARCHES:
        language = chance.choice(LANGUAGES)
        asked = {}
        if chance.random() < 0.9:
            asked["q"] = " ".join(chance.sample(WORDS[language].split(), chance.randint(1, 2)))
        if chance.random() < 0.6 or not asked:
            asked["near"] = chance.choice(towns)
        made[f"/{language}/services?{urlencode(asked)}"] = None
    return list(made)


def show_times(title: str, reader: Reader, paths: list[str]) -> None:
    """Print how soon pages come, each asked once."""
    times = []
    for path in paths:
        started = time.perf_counter()
        reader.read(path)
        times.append((time.perf_counter() - started) * 1000)
    high = statistics.quantiles(times, n=20, method="inclusive")[-1]
    print(f"{title:34} {len(times):5} pages   p50 {statistics.median(times):7.2f} ms   p95 {high:7.2f} ms")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = build(folder)
        config = {name: text for name, text in environment.items() if name.startswith("RELAIS_")}
        app = create_app(Config.from_environment(config))
        with serving(environment) as port:
            show_weights(Reader(port), app)
        searches = make_searches()
        points = [path.replace("/services?", "/services.geojson?") for path in searches]
        for title, paths in (("results, each search new", searches), ("points of the map, each new", points)):
            with serving(environment) as port:
                show_times(title, Reader(port), paths)
                show_times(f"{title.partition(',')[0]}, asked again", Reader(port), paths)


if __name__ == "__main__":
    main()
