"""What is done by itself, now and then: jobs that features register, run by one scheduled command.

When it last ran is noted in a small file beside the editions, so that processes without a database
know it too. A run that comes late does what is due once; two runs at a time do not meet.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from filelock import FileLock, Timeout
from flask import Flask, current_app

from referral.shared.clock import now

JOBS = "relais.jobs"
NOTE, LOCK = "tick.json", "tick.lock"
LATE_AFTER = timedelta(minutes=20)
"""The command is to run every five minutes: three in a row did not."""
EARLY = timedelta(seconds=30)
"""A daily job is not put off by a day because today's run began some seconds sooner."""
log = structlog.get_logger(__name__)


class AlreadyRunningError(Exception):
    """Another run has not ended."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done every so often, at each run where ``every`` is zero; it raises where it fails."""

    name: str
    every: timedelta
    run: Callable[[datetime], None]


@dataclass(slots=True)
class Note:
    """When the command last ran to its end, when each job last succeeded, and which failed since."""

    ran_at: datetime | None = None
    done: dict[str, datetime] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job; ``error`` is the name of its kind."""

    job: str
    seconds: float
    error: str | None = None


def register(app: Flask, job: Job) -> None:
    """Have a job run by the scheduled command."""
    app.extensions.setdefault(JOBS, {})[job.name] = job


def list_jobs() -> Iterable[Job]:
    """Return the jobs of this application, in the order in which they were registered."""
    return list(current_app.extensions.get(JOBS, {}).values())


def run_due(at: datetime) -> list[Outcome]:
    """Run what is due, each job whatever becomes of the others; raises AlreadyRunningError."""
    folder = folder_of_notes()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=0):
            return _run(folder, at)
    except Timeout as error:
        raise AlreadyRunningError from error


def _run(folder: Path, at: datetime) -> list[Outcome]:
    note = read_note(folder)
    outcomes = [_do(job, at, note) for job in list_jobs() if is_due(job, note, at)]
    note.ran_at = max(at, note.ran_at or at)
    write_note(folder, note)
    return outcomes


def _do(job: Job, at: datetime, note: Note) -> Outcome:
    """Run one job and note how it ended."""
    began = time.monotonic()
    note.failed = [name for name in note.failed if name != job.name]
    try:
        job.run(at)
    except Exception as error:  # one job must not keep the others from being done
        log.exception("job_failed", job=job.name)
        note.failed.append(job.name)
        return Outcome(job.name, time.monotonic() - began, type(error).__name__)
    note.done[job.name] = at
    return Outcome(job.name, time.monotonic() - began)


def is_due(job: Job, note: Note, at: datetime) -> bool:
    """Say whether it is time for a job: a failed one at each run; a clock set back delays none."""
    last = note.done.get(job.name)
    return last is None or job.name in note.failed or at < last or at >= last + job.every - EARLY


def tick_is_late(at: datetime | None = None) -> bool:
    """Say whether the scheduled command did not run when it should have; also where it never did."""
    ran_at = last_run()
    return ran_at is None or (at or now()) - ran_at > LATE_AFTER


def last_run() -> datetime | None:
    """Return when the scheduled command last ran to its end."""
    return read_note(folder_of_notes()).ran_at


def folder_of_notes() -> Path:
    """Return where the note is: beside the editions, which every process can read."""
    folder: Path = current_app.config["EDITION_DIR"]
    return folder


def read_note(folder: Path) -> Note:
    """Read the note; one that is not there, or not whole, says that nothing ran."""
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=Note)
    return Note()


def write_note(folder: Path, note: Note) -> None:
    """Replace the note, whole."""
    beside = folder / f"{NOTE}.new"
    with beside.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(note)))
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(0o644)
    beside.replace(folder / NOTE)
