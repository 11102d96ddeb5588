"""Sixteen processes write at once, some are killed, and every write that was acknowledged is there."""

from __future__ import annotations

import random
import signal
import time

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from config import Config
from referral.app import create_app
from referral.audit.verification import verify
from referral.evidence.models import UnmetNeed
from referral.shared.database import DIRECTORY, db
from tests import writers
from tests.conftest import SECRET_KEY

WRITERS, WRITES = 16, 100
LONGEST_WAIT_SECONDS = 0.5
PROCESSES, THREADS, KILLS, SEED = 4, 4, 30, 20261124

pytestmark = pytest.mark.soak


@pytest.fixture
def engine(database, tmp_path):
    """The engine of a migrated database of the test's own."""
    config = Config(
        SECRET_KEY=SECRET_KEY,
        AUDIT_KEY=writers.KEY,
        DIRECTORY_URL=database,
        EDITION_DIR=tmp_path,
        TESTING=True,
    )
    with create_app(config).app_context():
        upgrade()
        yield db.engines[DIRECTORY]
        db.engines[DIRECTORY].dispose()


def stored(engine):
    with Session(engine) as session:
        return {str(each) for each in session.scalars(sa.select(UnmetNeed.id))}


def audit(engine):
    with Session(engine) as session:
        return verify(session, writers.KEY.encode())


@pytest.mark.parametrize(("processes", "threads"), [(WRITERS, 1), (1, WRITERS), (4, 4)])
def test_sixteen_writers_lose_nothing_and_none_waits_long(engine, database, processes, threads):
    with writers.running(database, processes, threads, WRITES) as running:
        assert [writer.wait() for writer in running] == [0] * processes
        kept = {name: seconds for writer in running for name, seconds in writer.kept().items()}

    assert stored(engine) == set(kept)
    assert audit(engine).findings == []
    assert max(kept.values()) < LONGEST_WAIT_SECONDS


def test_killed_writers_lose_no_acknowledged_write(engine, database):
    chance = random.Random(SEED)  # noqa: S311
    ended = []
    with writers.running(database, PROCESSES, THREADS, count=0) as running:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.5))
            victim = running.pop(chance.randrange(len(running)))
            victim.process.send_signal(signal.SIGKILL)
            assert victim.process.wait() == -signal.SIGKILL
            ended.append(victim)
            running.append(writers.start(database, THREADS, 0))
            writers.wait_until_ready(running[-1:])
            running[-1].begin()
        assert [writer.process.poll() for writer in running] == [None] * PROCESSES
        for writer in [*running, *ended]:
            writer.end()
        kept = {name for writer in [*running, *ended] for name in writer.kept()}

    there = stored(engine)
    verdict = audit(engine)
    assert kept - there == set()
    assert len(there - kept) <= (KILLS + PROCESSES) * (THREADS + 1)
    assert (verdict.findings, verdict.rows) == ([], len(there))
    assert len(kept) > KILLS * PROCESSES
    check_file(engine)


def check_file(engine):
    """See that SQLite finds its own file sound."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
