"""How soon the gap map comes, among 10,000 services and 8,000 needs that were told.

SQLite in a folder of this run's own, the real application, and an index of an edition mapped from its
files. Every page asks another need, population or language, in either language of the site; before each
one all that was kept is dropped, as in ``bench/cases.py``, which says what the columns are.

Run: python bench/gaps.py
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask_migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from bench.bench_search import synthetic  # noqa: E402
from bench.cases import BARE, TIMES, Ask, Kind, Scene, make_app, measure, tell  # noqa: E402
from referral.access.policy import Role  # noqa: E402
from referral.edition.reader import READER  # noqa: E402
from referral.evidence.kinds import UnmetReason  # noqa: E402
from referral.evidence.models import UnmetNeed  # noqa: E402
from referral.gaps.choice import INDIGENOUS, NEEDS, POPULATIONS  # noqa: E402
from referral.gaps.told import last_period, release_rows  # noqa: E402
from referral.geo.areas import REGIONS  # noqa: E402
from referral.search.index import Index  # noqa: E402
from referral.shared.clock import now  # noqa: E402
from referral.shared.database import close_sessions, db, directory_session, writing  # noqa: E402
from tests.pages.example import ExampleEdition  # noqa: E402
from tests.security.people import make_organization, make_user, sign_in  # noqa: E402

SERVICES, TOLD, SEED = 10_000, 8_000, 20261124
PAGE_MS = 300
LANGUAGES = ("", "fr", "en", INDIGENOUS, "es", "ar", "ht")


def list_kinds(scene: Scene) -> Iterator[Kind]:
    """Name every kind of request that is measured."""
    yield Kind("bare request", lambda _: lambda: scene.worker.browser.get(BARE))
    yield Kind("page", _asking(scene, "map"), PAGE_MS)
    yield Kind("what the map shows", _asking(scene, "map.json"), PAGE_MS)
    yield Kind("map for a frame", _asking(scene, "map/frame"), PAGE_MS)


def _asking(scene: Scene, part: str) -> Callable[[int], Ask]:
    chance = random.Random(SEED)  # noqa: S311
    asked = [
        (need, population, lang) for need in NEEDS for population in ("", *POPULATIONS) for lang in LANGUAGES
    ]
    chance.shuffle(asked)

    def make(number: int) -> Ask:
        if number < TIMES:
            release_rows.cache_clear()
        query = urlencode(dict(zip(("need", "population", "lang"), asked[number], strict=True)))
        return lambda: scene.worker.browser.get(f"/{('fr', 'en')[number % 2]}/gaps/{part}?{query}")

    return make


def make_scene(app: Flask, folder: Path) -> Scene:
    """Build an index, tell of needs, and sign in whoever leads an organization."""
    edition = ExampleEdition(tuple(synthetic.make_catalogue(SERVICES)))
    edition.index.write(folder / "index")
    edition.index = Index.open(folder / "index")
    app.extensions[READER] = edition
    chance, begins = random.Random(SEED), last_period(now().date()).begins  # noqa: S311
    months = [
        date(begins.year + (begins.month - 1 + at) // 12, (begins.month - 1 + at) % 12 + 1, 1)
        for at in range(12)
    ]
    shares = [1 / (at + 1) for at in range(len(NEEDS))]
    with writing(directory_session()) as session:
        session.add_all(
            UnmetNeed(
                month=chance.choice(months),
                region_code=chance.choice([*REGIONS, None]),
                need=chance.choices(NEEDS, shares)[0],
                clientele=chance.choice([*POPULATIONS, None]),
                reason=UnmetReason.NO_CAPACITY,
            )
            for _ in range(TOLD)
        )
    place = make_organization(directory_session(), "Maison Exemple")
    lead = make_user(directory_session(), ((place, Role.ORGANIZATION_LEAD),), "Alex Exemple")
    return Scene(app, folder, sign_in(app, directory_session(), lead), ())


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
