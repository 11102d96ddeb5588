"""How long from a tap to what a worker's page says, among 10,000 services: room, then hours.

One run, real processes, SQLite: granian serves with four workers that all have the database. *Room*: a
paired house telephone posts its form over a new connection, then a worker who signed in asks for her
page of that service until it says so; each of her views is recorded in the audit first, as when
served. *Hours*: a change of hours is kept as the form of listings keeps it, an edition of all the
services is built, and her page of the service is asked for until it says so. Both count from the
first byte sent (or the start of the transaction) to the last byte of the first page that says it,
and to that of the last of sixteen pages in a row that all say it, over new connections.

Run: python bench/room.py
"""

from __future__ import annotations

import http.client
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.publish import SERVICES, WORKERS, free_port, shown, write_catalogue  # noqa: E402
from config import Config  # noqa: E402
from referral.access.policy import CONSOLE, Role  # noqa: E402
from referral.app import create_app  # noqa: E402
from referral.catalogue.change_models import Via  # noqa: E402
from referral.catalogue.changes import Author, propose  # noqa: E402
from referral.catalogue.fields import Hours  # noqa: E402
from referral.catalogue.importing import import_catalogue  # noqa: E402
from referral.catalogue.listing import Text  # noqa: E402
from referral.catalogue.models import Service  # noqa: E402
from referral.edition.builder import build_edition  # noqa: E402
from referral.edition.publishing import publish_soon  # noqa: E402
from referral.partners import house_phones  # noqa: E402
from referral.shared.clock import now  # noqa: E402
from referral.shared.database import db, directory_session, writing  # noqa: E402
from tests.security.people import make_user, sign_in  # noqa: E402

TIMES, IN_A_ROW, PATIENCE_SECONDS = 50, 4 * WORKERS, 60
SAID = {"full": "Place : complet", "room": "Place : oui"}


@dataclass(frozen=True, slots=True)
class Scene:
    """A service, the telephone that may tell of it, and a worker of another organization."""

    service_id: UUID
    phone: str
    worker: str


def ask(port: int, method: str, path: str, cookie: str = "", **fields: str) -> tuple[int, str]:
    """Send one request over a new connection; return the status and the page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
    connection.request(method, path, urlencode(fields) or None, headers | {"Cookie": cookie})
    answer = connection.getresponse()
    page = answer.read().decode().replace("\xa0", " ")
    connection.close()
    return answer.status, page


def until_said(port: int, path: str, cookie: str, said: str, start: float) -> tuple[float, float]:
    """Return the seconds to the first page that says it, and to the last of many in a row that do."""
    first, in_a_row = None, 0
    while in_a_row < IN_A_ROW:
        status, page = ask(port, "GET", path, cookie)
        assert status == http.HTTPStatus.OK, status
        in_a_row = in_a_row + 1 if said in page else 0
        if in_a_row and first is None:
            first = time.perf_counter() - start
        assert time.perf_counter() - start < PATIENCE_SECONDS
    return first or 0.0, time.perf_counter() - start


def tap(port: int, scene: Scene, state: str) -> tuple[float, float]:
    """Tap a button of the telephone, then look as a worker."""
    _, page = ask(port, "GET", "/fr/house", scene.phone)
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert found is not None
    start = time.perf_counter()
    status, _ = ask(
        port, "POST", f"/fr/house/{scene.service_id}/room", scene.phone, state=state, token=found[1]
    )
    assert status == http.HTTPStatus.SEE_OTHER, status
    return until_said(port, f"/fr/listings/for-workers/{scene.service_id}", scene.worker, SAID[state], start)


def change_hours(port: int, scene: Scene, number: int) -> tuple[float, float]:
    """Change the hours of the service, publish all services, then look."""
    words = f"Ouvert selon l’essai {number}."
    start = time.perf_counter()
    with writing(directory_session()) as session:
        service = session.get_one(Service, scene.service_id)
        values = {"hours": Hours(description=Text(words, None))}
        propose(session, service, values, Author(CONSOLE, Via.ACCOUNT), now())
    assert publish_soon(directory_session())
    return until_said(port, f"/fr/services/{scene.service_id}", "", words, start)


def make_scene(app: Flask) -> Scene:
    """Pair a telephone with one service, and sign in a worker of another organization."""
    session = directory_session()
    service = session.scalars(sa.select(Service).order_by(Service.slug)).first()
    other = session.scalars(sa.select(Service).order_by(Service.slug.desc())).first()
    assert service is not None
    assert other is not None
    service_id, place, elsewhere = service.id, service.organization_id, other.organization_id
    with writing(session):
        _, code = house_phones.make_phone(session, place, "Exemple", {service_id}, CONSOLE, now())
    phone = house_phones.pair(code, "bench", "", now())
    worker = sign_in(app, session, make_user(session, ((elsewhere, Role.INTAKE_WORKER),)))
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return Scene(service_id, f"relais-house={phone}", f"relais={serializer.dumps({'sid': worker.cookie})}")


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[int]:
    """Serve with several workers, each with its way to the database."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += ["--workers", str(WORKERS), "--blocking-threads", "4", "--log-level", "error", "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        for _ in range(300):
            try:
                shown(port)
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def tell(title: str, times: list[tuple[float, float]]) -> None:
    """Print the median and the worst."""
    for what, figures in zip(("first page", f"{IN_A_ROW} in a row"), zip(*times, strict=True), strict=True):
        median, worst = (1000 * value for value in (statistics.median(figures), max(figures)))
        print(f"  {title:26} {what:12} median {median:7.0f} ms  worst {worst:7.0f} ms")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "AUDIT_KEY": secrets.token_urlsafe(48),
            "AUDIT_WITNESS": str(folder / "witness.json"),
            "DIRECTORY_URL": f"sqlite:///{folder}/directory.db",
            "EDITION_DIR": str(folder / "editions"),
            "SEALING_DIR": str(folder / "sealing"),
            "DEVELOPMENT": "1",
            "COOKIES_SECURE": "0",
        }
        (folder / "editions").mkdir()
        environment = {f"RELAIS_{key}": text for key, text in given.items()}
        app = create_app(Config.from_environment(environment))
        write_catalogue(folder / "services.csv")
        with app.app_context():
            upgrade()
            with writing(directory_session()) as session:
                import_catalogue(session, folder / "services.csv", "bench")
            build_edition(directory_session(), folder / "editions", "sourced", 2)
            scene = make_scene(app)
            with serving({"PATH": os.environ["PATH"]} | environment) as port:
                for _ in range(IN_A_ROW):
                    ask(port, "GET", f"/fr/listings/for-workers/{scene.service_id}", scene.worker)
                states = list(SAID) * (TIMES // 2)
                taps = [tap(port, scene, state) for state in states]
                hours = [change_hours(port, scene, number) for number in range(TIMES)]
            db.session.remove()
    print(f"{TIMES} times each, {SERVICES:,} services, {WORKERS} workers, SQLite:")
    tell("tap to worker's page", taps)
    tell("hours to worker's page", hours)


if __name__ == "__main__":
    main()
