"""How soon the coordinator's queues come, among 50,000 referrals of fictional people.

SQLite in a folder of this run's own and the real application with its three databases. Half of what
is sent is the largest organization's, whose worker asks; three in ten are not ended. Every request is
of another page; before each one all that was kept is dropped, as in ``bench/cases.py``, which says what
the columns are.

Run: python bench/referrals.py
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.bench_referrals.filling import FILES, fill  # noqa: E402
from bench.cases import BARE, TIMES, Ask, Kind, Scene, make_app, measure, tell  # noqa: E402
from bench.publish import write_catalogue  # noqa: E402
from referral.catalogue.importing import import_catalogue  # noqa: E402
from referral.edition.builder import build_edition  # noqa: E402
from referral.referrals.queue_picks import Queue, Scope  # noqa: E402
from referral.shared.database import close_sessions, db, directory_session, writing  # noqa: E402
from tests.intake.filing import enter  # noqa: E402

REFERRALS, SEED = 50_000, 20261124
QUEUE_MS = 100
LONGEST_FILLING_SECONDS = 400


def list_kinds(scene: Scene) -> Iterator[Kind]:
    """Name every kind of request that is measured."""
    yield Kind("bare request", lambda _: lambda: scene.worker.browser.get(BARE))
    yield Kind("account, with counts", lambda _: lambda: scene.worker.browser.get("/fr/account/"))
    for queue in Queue:
        for scope in Scope:
            yield Kind(f"{queue.value}, {scope.value}", _asking(scene, queue, scope), QUEUE_MS)


def _asking(scene: Scene, queue: Queue, scope: Scope) -> Callable[[int], Ask]:
    """Ask for the first page half of the time, and for some page further on."""
    pages = random.Random(SEED)  # noqa: S311

    def make(number: int) -> Ask:
        page = 1 if number % 2 else pages.randrange(2, 20)
        language = ("fr", "en")[number % 2]
        address = f"/{language}/referrals/?queue={queue.value}&of={scope.value}&page={page}"
        return lambda: scene.worker.browser.get(address)

    return make


def make_scene(app: Flask, folder: Path) -> Scene:
    """Fill the databases and sign in a worker of the largest organization."""
    write_catalogue(folder / "services.csv")
    with writing(directory_session()) as session:
        import_catalogue(session, folder / "services.csv", "bench")
    build_edition(directory_session(), folder / "editions", "sourced", 2)
    started = time.perf_counter()
    filled = fill(REFERRALS)
    seconds = time.perf_counter() - started
    print(f"{REFERRALS:,} referrals of {FILES:,} files sealed and stored in {seconds:.1f} s")
    assert seconds < LONGEST_FILLING_SECONDS, seconds
    worker = enter(app, directory_session(), filled.houses[0].house.worker)
    return Scene(app, folder, worker, ())


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
