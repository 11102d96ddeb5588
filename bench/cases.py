"""How soon the pages of case files come, among 10,000 files of fictional people.

SQLite in a folder of this run's own, the real application with its three databases, and an edition of
10,000 services. Most files are of one organization, whose worker asks. Every request is of another
file, page or word; before each one everything that was kept is dropped: connections with their pages
and statements, what the system holds of the files of the databases, cards and what the index read.
*Kept* is the same again without that. A bare request is the page that says that the application lives.
*Median* and *worst* are on the clock, with whatever else this machine does; *computed* is the median of
what this process itself computed.

Run: python bench/cases.py
"""

from __future__ import annotations

import gc
import os
import random
import re
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from werkzeug.test import TestResponse

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.bench_cases.filling import BIRDS, Big, fill  # noqa: E402
from bench.publish import SERVICES, write_catalogue  # noqa: E402
from config import Config  # noqa: E402
from referral.app import create_app  # noqa: E402
from referral.catalogue.importing import import_catalogue  # noqa: E402
from referral.directory import card_text  # noqa: E402
from referral.edition.builder import build_edition  # noqa: E402
from referral.edition.reader import READER  # noqa: E402
from referral.intake.models import Case  # noqa: E402
from referral.intake.queries import List  # noqa: E402
from referral.intake.vocabulary import CaseStatus  # noqa: E402
from referral.search import analysis  # noqa: E402
from referral.shared.database import (  # noqa: E402
    cases_session,
    close_sessions,
    db,
    directory_session,
    writing,
)
from tests.conftest import Visitor  # noqa: E402
from tests.intake.filing import enter  # noqa: E402
from tests.security.people import Person  # noqa: E402

FILES, TIMES, SEED = 10_000, 24, 20261124
QUEUE_MS, FILE_MS = 100, 150
LONGEST_FILLING_SECONDS = 120
BARE = "/healthz"
HIDDEN = re.compile(r'<input(?=[^>]*type="hidden")[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
Ask = Callable[[], TestResponse]


@dataclass(frozen=True, slots=True)
class Scene:
    """The application with its files, who asks, and files that are hers to see."""

    app: Flask
    folder: Path
    worker: Person
    cases: tuple[UUID, ...]

    def drop(self) -> None:
        """Forget all that a request before may have left behind."""
        for engine in db.engines.values():
            engine.dispose()
        for path in self.folder.glob("*.db*"):
            drop_from_system(path)
        self.app.extensions[card_text.EXTENSION] = card_text.CardKeeper()
        self.app.extensions[READER].current().index.cache.clear()
        analysis.root.cache_clear()
        analysis.roots.cache_clear()
        gc.collect()


def drop_from_system(path: Path) -> None:
    """Have the system forget what it holds of a file, once that is on the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(file)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request: what it is called, what it may take, and one of them for each number."""

    name: str
    make: Callable[[int], Ask]
    target_ms: int | None = None
    is_write: bool = False


def list_kinds(scene: Scene) -> Iterator[Kind]:
    """Name every kind of request that is measured."""
    browser = scene.worker.browser
    yield Kind("bare request", lambda _: lambda: browser.get(BARE))
    for which in List:
        yield Kind(f"list: {which.value}", _listing(scene, which), QUEUE_MS)
    yield Kind("page of a file", lambda n: lambda: browser.get(path_of(scene, n)), FILE_MS)
    yield Kind("search by nickname", _finding(scene))
    yield Kind("services proposed", lambda n: lambda: browser.get(path_of(scene, n, "/services")))
    yield Kind("consents", lambda n: lambda: browser.get(path_of(scene, n, "/consents")))
    yield Kind("reading a consent", lambda n: lambda: browser.get(path_of(scene, n, "/consents/new")))
    yield Kind("received", lambda _: lambda: browser.get("/fr/cases/received"))
    yield Kind("intake, one page", lambda n: lambda: browser.get(path_of(scene, n, "/intake/needs")))
    yield Kind("intake, whole", lambda n: lambda: browser.get(path_of(scene, n, "/intake")))
    yield Kind("saving an answer", _saving(scene), is_write=True)


def path_of(scene: Scene, number: int, rest: str = "") -> str:
    """Return the address of one of the files."""
    return f"/{('fr', 'en')[number % 2]}/cases/{scene.cases[number % len(scene.cases)]}{rest}"


def _listing(scene: Scene, which: List) -> Callable[[int], Ask]:
    """Ask for the first page half of the time, and for some page further on."""
    pages = random.Random(SEED)  # noqa: S311

    def make(number: int) -> Ask:
        page = 1 if number % 2 else pages.randrange(2, 20)
        return lambda: scene.worker.browser.get(f"/fr/cases/?list={which.value}&page={page}")

    return make


def _finding(scene: Scene) -> Callable[[int], Ask]:
    token = scene.worker.token("/fr/cases/")
    chance = random.Random(SEED)  # noqa: S311

    def make(number: int) -> Ask:
        words = f"{chance.choice(BIRDS)} {chance.choice(BIRDS)[:3]}" if number % 2 else chance.choice(BIRDS)
        sent = {"csrf_token": token, "words": words}
        return lambda: scene.worker.browser.post("/fr/cases/find", data=sent)

    return make


def _saving(scene: Scene) -> Callable[[int], Ask]:
    """Send a page of the intake as it was shown, with something else typed in it."""

    def make(number: int) -> Ask:
        address = path_of(scene, number, "/intake/note")
        page = scene.worker.browser.get(address).text
        sent = dict(HIDDEN.findall(page)) | {"note-text": f"Exemple {secrets.token_hex(4)}", "do": "next"}
        return lambda: scene.worker.browser.post(address, data=sent)

    return make


@dataclass(frozen=True, slots=True)
class Took:
    """What one request took, in milliseconds: on the clock, and of this process alone."""

    clock: float
    computed: float


def measure(scene: Scene, kind: Kind, *, is_dropped: bool) -> list[Took]:
    """Return what each request took."""
    times = []
    for number in range(TIMES):
        ask = kind.make(number + (0 if is_dropped else TIMES))
        close_sessions()
        if is_dropped:
            scene.drop()
        clock, own = time.perf_counter(), time.process_time()
        answer = ask()
        times.append(Took((time.perf_counter() - clock) * 1000, (time.process_time() - own) * 1000))
        assert answer.status_code == (HTTPStatus.SEE_OTHER if kind.is_write else HTTPStatus.OK), kind.name
    return times


def tell(kind: Kind, times: list[Took], bare: float) -> None:
    """Print the median, the worst, what was computed, and how many bare requests the median is."""
    median = statistics.median(each.clock for each in times)
    computed = statistics.median(each.computed for each in times)
    is_late = kind.target_ms is not None and median > kind.target_ms
    kept = "" if kind.target_ms is None else f"{'OVER' if is_late else 'within'} {kind.target_ms} ms"
    worst = max(each.clock for each in times)
    print(
        f"  {kind.name:20} {median:8.1f} ms {worst:8.1f} ms {computed:8.1f} ms {median / bare:7.0f}x  {kept}",
        flush=True,
    )


def make_scene(app: Flask, folder: Path) -> Scene:
    """Fill the databases, publish an edition, and sign in a worker of the largest organization."""
    write_catalogue(folder / "services.csv")
    with writing(directory_session()) as session:
        import_catalogue(session, folder / "services.csv", "bench")
    build_edition(directory_session(), folder / "editions", "sourced", 2)
    started = time.perf_counter()
    big: Big = fill(FILES)
    seconds = time.perf_counter() - started
    print(f"{FILES:,} files sealed and stored in {seconds:.1f} s, {SERVICES:,} services")
    assert seconds < LONGEST_FILLING_SECONDS, seconds
    worker = enter(app, directory_session(), big.house.worker)
    chosen = (
        sa.select(Case.id)
        .where(Case.organization_id == big.house.id, Case.status == CaseStatus.OPEN)
        .order_by(Case.code)
        .limit(2 * TIMES)
    )
    return Scene(app, folder, worker, tuple(cases_session().scalars(chosen)))


def make_app(folder: Path) -> Flask:
    """Make the application on three databases of this run's own."""
    (folder / "editions").mkdir()
    config: dict[str, Any] = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "AUDIT_KEY": secrets.token_urlsafe(48),
        "AUDIT_WITNESS": folder / "witness.json",
        "DIRECTORY_URL": f"sqlite:///{folder}/directory.db",
        "CASES_URL": f"sqlite:///{folder}/cases.db",
        "KEYS_URL": f"sqlite:///{folder}/keys.db",
        "MASTER_KEY_DIR": folder / "master-keys",
        "EDITION_DIR": folder / "editions",
        "SEALING_DIR": folder / "sealing",
        "TESTING": True,
    }
    app = create_app(Config(**config))
    app.test_client_class = Visitor
    return app


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = make_app(folder)
        with app.app_context():
            upgrade()
            scene = make_scene(app, folder)
            kinds = list(list_kinds(scene))
            for state in ("dropped", "kept"):
                print(f"caches {state}, {TIMES} of each:   median       worst    computed     bare")
                bare = 0.0
                for kind in kinds:
                    times = measure(scene, kind, is_dropped=state == "dropped")
                    bare = bare or statistics.median(each.clock for each in times)
                    tell(kind, times, bare)
            db.session.remove()
            close_sessions()


if __name__ == "__main__":
    main()
