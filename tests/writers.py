"""A process with threads that write as the application does, and say so once each write is kept.

``python -m tests.writers URL THREADS COUNT WAYS`` writes once, prints ``ready``, waits for a line, then
prints ``identifier seconds`` after each commit. COUNT 0 goes on for ever. WAYS ``immediate`` takes no
turns, to compare with.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask

from referral.access.policy import Actor
from referral.audit.events import Action, Event
from referral.audit.services import KEY as AUDIT_KEY
from referral.audit.services import record
from referral.evidence.kinds import UnmetReason
from referral.evidence.models import UnmetNeed
from referral.shared import database
from referral.shared.database import DIRECTORY, db, directory_session, writing

ROOT = Path(__file__).resolve().parent.parent
KEY = "a-key-for-the-audit-0123456789-abcdef"
PATIENCE_SECONDS = 120
TURNS, IMMEDIATE = "turns", "immediate"


@dataclass
class Writer:
    """One such process, and what it said."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    def begin(self) -> None:
        """Let it write, and note all that it says."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout))
        self.reader.start()

    def wait(self) -> int:
        """Return its exit status once all that it said is noted."""
        self.reader.join(PATIENCE_SECONDS)
        return self.process.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        """Kill it, if it runs, and note the last that it said."""
        self.process.kill()
        self.process.wait()
        if self.reader is not None:
            self.reader.join()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()

    def kept(self) -> dict[str, float]:
        """Return the identifiers of its writes that were acknowledged, with the seconds each took."""
        whole = [line.split() for line in self.lines if line.endswith("\n")]
        return {name: float(seconds) for name, seconds in whole}


def start(url: str, threads: int, count: int, ways: str = TURNS) -> Writer:
    """Start a process, which then waits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.writers", url, str(threads), str(count), ways],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    return Writer(process)


def wait_until_ready(writers: list[Writer]) -> None:
    """Return once every process could begin."""
    for writer in writers:
        assert writer.process.stdout.readline() == "ready\n"


@contextlib.contextmanager
def running(url: str, processes: int, threads: int, count: int, ways: str = TURNS) -> Iterator[list[Writer]]:
    """Start processes, let them begin together, and leave none behind."""
    writers = [start(url, threads, count, ways) for _ in range(processes)]
    try:
        wait_until_ready(writers)
        for writer in writers:
            writer.begin()
        yield writers
    finally:
        for writer in writers:
            writer.end()


def main() -> None:
    """Be such a process."""
    url, threads, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if sys.argv[4] == IMMEDIATE:
        database.turn_of = lambda _engine: contextlib.nullcontext()
    app = connected_app(url)
    first = write_once(app)
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    say(first, 0)
    workers = [threading.Thread(target=write, args=(app, count)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def connected_app(url: str) -> Flask:
    """Make the least application that can write: its pages would only take time to load."""
    app = Flask("writer")
    app.config["SQLALCHEMY_BINDS"] = {DIRECTORY: url}
    db.init_app(app)
    app.extensions[AUDIT_KEY] = KEY.encode()
    return app


def write(app: Flask, count: int) -> None:
    """Write again and again; the process ends with 1 at the first failure."""
    try:
        for _ in range(count) if count else itertools.count():
            begun = time.perf_counter()
            say(write_once(app), time.perf_counter() - begun)
    except BaseException:  # noqa: BLE001  # whatever it is, the parent must see it
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def write_once(app: Flask) -> UUID:
    """Write a need and its event, and return the need's identifier once both are kept."""
    identifier = uuid4()
    with app.app_context(), writing(directory_session()) as session:
        session.add(
            UnmetNeed(id=identifier, month=date(2026, 11, 1), need="shelter", reason=UnmetReason.OTHER)
        )
        record(session, Event(Action.CREATE, "unmet_need", identifier, Actor("Exemple")))
    return identifier


def say(identifier: UUID, seconds: float) -> None:
    """Acknowledge a write, in one piece."""
    os.write(1, f"{identifier} {seconds:.6f}\n".encode())


if __name__ == "__main__":
    main()
