"""How long an edit takes to reach every worker, among 10,000 services.

One run, real processes: a directory is imported from a file, an edition built, and granian serves
it with four workers. Then, several times over, one service is edited, the edition is built and the
server is asked over new connections without pause. The time told is from the start of the edit's
transaction to the last answer that still showed the edition before.
"""

from __future__ import annotations

import csv
import http.client
import json
import random
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import Config  # noqa: E402
from referral.app import create_app  # noqa: E402
from referral.catalogue.importing import import_catalogue  # noqa: E402
from referral.catalogue.models import Revision, Service  # noqa: E402
from referral.catalogue.vocabulary import TAXONOMIES  # noqa: E402
from referral.edition.builder import Built, build_edition  # noqa: E402
from referral.geo.precision import LARGE_MUNICIPALITIES  # noqa: E402
from referral.shared.bilingual import Bilingual  # noqa: E402
from referral.shared.clock import now  # noqa: E402
from referral.shared.database import db, directory_session, writing  # noqa: E402

SERVICES, WORKERS, EDITS, SEED = 10_000, 4, 7, 20261124
SAMPLE = ROOT / "data" / "catalogue" / "services.csv"
WORDS = [
    "accueil",
    "écoute",
    "accompagnement",
    "droits",
    "logement",
    "repas",
    "soins",
    "appui",
    "groupe",
    "conseil",
    "références",
    "information",
]


def write_catalogue(path: Path) -> None:
    """Write fictional services in the columns of the real file."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable catalogue, not a secret
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    towns = list(LARGE_MUNICIPALITIES.items())
    categories = [
        code for code in TAXONOMIES["categories"] if "shelter" not in code and "housing" not in code
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for number in range(SERVICES):
            town, (region, _) = chance.choice(towns)
            writer.writerow(
                {
                    "org_id": f"exemple-{number // 2}",
                    "service_id": f"exemple-{number // 2}--service-{number}",
                    "publishable": "yes",
                    "reach": "phone",
                    "org_name_fr": f"Organisme Exemple {number // 2}",
                    "org_name_en": f"Example Organization {number // 2}",
                    "service_name_fr": f"Service Exemple {number}",
                    "service_name_en": f"Example Service {number}",
                    "description_fr": " ".join(chance.choices(WORDS, k=24)).capitalize() + ".",
                    "description_en": "Fictional service of a benchmark.",
                    "categories": ";".join(chance.sample(categories, 2)),
                    "clientele": chance.choice(list(TAXONOMIES["clientele"])),
                    "phone": f"+1514555{number % 10_000:04d}",
                    "city": town,
                    "address_confidential": "no",
                    "region_code": region,
                    "accepts_no_status": "unknown",
                    "source_url": "https://exemple.test/",
                    "source_date": "2026",
                    "source_confidence": "medium",
                }
            )


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def shown(port: int) -> int:
    """Ask, over a new connection, which edition is shown."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/healthz")
    number: int = json.loads(connection.getresponse().read())["edition"]
    connection.close()
    return number


@contextmanager
def serving(folder: Path, key: str) -> Iterator[int]:
    """Serve the public side with several workers and no way to the database."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        str(WORKERS),
    ]
    environment = {
        "RELAIS_DEVELOPMENT": "1",
        "RELAIS_SECRET_KEY": key,
        "RELAIS_EDITION_DIR": str(folder),
        "PATH": "",
    }
    server = subprocess.Popen([*command, "--log-level", "error", "wsgi:app"], cwd=ROOT, env=environment)
    try:
        for _ in range(200):
            try:
                shown(port)
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def edit(app: Flask, number: int) -> Built:
    """Change one service and publish it, as a worker's request would."""
    config = app.config
    with writing(directory_session()) as session:
        service = session.scalars(sa.select(Service).order_by(Service.slug).offset(number).limit(1)).one()
        service.name = Bilingual(f"Service Exemple modifié {number}", None)
        service.revision = (session.scalar(sa.select(sa.func.max(Revision.number))) or 0) + 1
        session.add(Revision(number=service.revision, occurred_at=now(), actor="bench", reason="edit"))
    return build_edition(directory_session(), config["EDITION_DIR"], config["PUBLISHED_FROM"], 2)


def measure(app: Flask, port: int, number: int) -> tuple[float, float]:
    """Return seconds until the build ended, and until the last worker showed it."""
    before = shown(port)
    last_old = time.perf_counter()
    new_in_a_row = 0
    done = threading.Event()

    def ask() -> None:
        nonlocal last_old, new_in_a_row
        while not done.is_set() or new_in_a_row < 40 * WORKERS:
            if shown(port) == before:
                last_old, new_in_a_row = time.perf_counter(), 0
            else:
                new_in_a_row += 1
            time.sleep(0.002)

    asking = threading.Thread(target=ask)
    start = time.perf_counter()
    asking.start()
    edit(app, number)
    built = time.perf_counter()
    done.set()
    asking.join()
    return built - start, last_old - start


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = secrets.token_urlsafe(48)
        write_catalogue(folder / "services.csv")
        app = create_app(
            Config(
                SECRET_KEY=key,
                DIRECTORY_URL=f"sqlite:///{folder}/directory.db",
                EDITION_DIR=folder / "editions",
            )
        )
        with app.app_context():
            upgrade()
            start = time.perf_counter()
            with writing(directory_session()) as session:
                import_catalogue(session, folder / "services.csv", "bench")
            print(f"import of {SERVICES:,} services: {time.perf_counter() - start:.1f} s")
            start = time.perf_counter()
            build_edition(directory_session(), folder / "editions", "sourced", 2)
            print(f"first build: {time.perf_counter() - start:.1f} s")
            with serving(folder / "editions", key) as port:
                edit(app, EDITS)
                times = [measure(app, port, number) for number in range(EDITS)]
            db.session.remove()
    built, seen = zip(*times, strict=True)
    print(f"{EDITS} edits, {WORKERS} workers, in seconds:")
    for title, figures in (("edit to built", built), ("edit to seen by all", seen)):
        print(f"  {title:20} median {statistics.median(figures):.2f}  worst {max(figures):.2f}")


if __name__ == "__main__":
    main()
