"""How long each of sixteen writers at once waits: the whole of a write, from asking to *kept*.

A write is one row and its audit event. *Threads*: sixteen of one process; *processes*: sixteen of one
thread. *Immediate*: SQLite's own waiting, without our turns, to compare with. PostgreSQL runs with
fsync, as when it serves.

Run: python bench/writers.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from flask_migrate import upgrade  # noqa: E402

from config import Config  # noqa: E402
from referral.app import create_app  # noqa: E402
from referral.shared.database import DIRECTORY, db  # noqa: E402
from tests import postgresql, writers  # noqa: E402

WRITERS, WRITES = 16, 60
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def durable_postgresql() -> Iterator[str]:
    """Start a server that keeps what it acknowledges."""
    with postgresql.own_server() as folder:
        with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
            for setting in DURABLE:
                connection.execute(f"ALTER SYSTEM SET {setting} = on")
            connection.execute("SELECT pg_reload_conf()")
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"


@contextmanager
def sqlite() -> Iterator[str]:
    """Give a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/directory.db"


def migrate(url: str) -> None:
    """Make the tables."""
    config = Config(SECRET_KEY="for-a-measure-" * 3, AUDIT_KEY=writers.KEY, DIRECTORY_URL=url)
    with create_app(config).app_context():
        upgrade()
        db.engines[DIRECTORY].dispose()


def measure(url: str, processes: int, threads: int, ways: str) -> str:
    """Return one line of figures."""
    start = time.perf_counter()
    with writers.running(url, processes, threads, WRITES, ways) as running:
        start = time.perf_counter()
        codes = [writer.wait() for writer in running]
        spent = time.perf_counter() - start
        waits = sorted(seconds for writer in running for seconds in writer.kept().values())
    middle, high = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    failed = f"   {sum(map(bool, codes))} processes failed" if any(codes) else ""
    return (
        f"p50 {middle * 1000:6.1f} ms   p95 {high * 1000:6.1f} ms   worst {waits[-1] * 1000:7.1f} ms"
        f"   {len(waits) / spent:6.0f} writes/s{failed}"
    )


def main() -> None:
    """Print one line a way."""
    databases = {"SQLite": sqlite, "PostgreSQL": durable_postgresql}
    for name, opened in databases.items():
        with opened() as url:
            migrate(url)
            ways = (writers.TURNS, writers.IMMEDIATE) if name == "SQLite" else (writers.TURNS,)
            for way in ways:
                label = f"{name}, {way}" if name == "SQLite" else name
                print(f"{label:20} threads    {measure(url, 1, WRITERS, way)}", flush=True)
                print(f"{label:20} processes  {measure(url, WRITERS, 1, way)}", flush=True)


if __name__ == "__main__":
    main()
