"""Many writers at once lose nothing and are never told "locked", among threads and processes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from config import Config
from referral.app import create_app
from referral.audit.verification import Fault, Finding, verify
from referral.evidence.models import UnmetNeed
from referral.shared.database import DIRECTORY, AlreadyWritingError, db, writing
from tests import writers
from tests.audit.tampering import tamper
from tests.conftest import SECRET_KEY

PROCESSES, THREADS, WRITES = 2, 8, 8


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


def test_sixteen_writers_lose_nothing_and_are_never_told_locked(engine, database):
    with writers.running(database, PROCESSES, THREADS, WRITES) as running:
        assert [writer.wait() for writer in running] == [0] * PROCESSES
        kept = {name for writer in running for name in writer.kept()}

    with Session(engine) as session:
        stored = {str(each) for each in session.scalars(sa.select(UnmetNeed.id))}
        verdict = verify(session, writers.KEY.encode())
    assert len(kept) == PROCESSES * (1 + THREADS * WRITES)
    assert stored == kept
    assert (verdict.findings, verdict.rows) == ([], len(kept))


def test_a_verification_during_writes_finds_nothing(engine, database):
    seen = []
    with writers.running(database, 1, THREADS, 4 * WRITES) as (writer,), Session(engine) as session:
        while writer.process.poll() is None:
            verdict = verify(session, writers.KEY.encode())
            assert verdict.is_whole, verdict.findings
            seen.append(verdict.rows)
        assert writer.wait() == 0

    assert seen == sorted(seen)


def test_whoever_writes_does_not_begin_to_write_again(session):
    with pytest.raises(AlreadyWritingError), writing(session), writing(session):
        pass


def test_one_can_write_again_after_a_failure(session):
    with pytest.raises(ZeroDivisionError), writing(session):
        raise ZeroDivisionError
    with writing(session) as again:
        assert again.scalar(sa.select(sa.func.count()).select_from(UnmetNeed)) == 0


def test_a_row_altered_while_others_write_is_found_and_nothing_else(engine, database):
    with writers.running(database, 1, THREADS, WRITES) as (writer,):
        with Session(engine) as session:
            tamper(session, "UPDATE audit_event SET actor = 'Autre' WHERE number = 1")
        assert writer.wait() == 0

    with Session(engine) as session:
        assert verify(session, writers.KEY.encode()).findings == [Finding(1, Fault.ALTERED, 1)]
