"""Turns at writing to one file, in the order of arrival, among the threads and processes of one machine.

SQLite lets one write at a time and lets who waits try again now and then: under sixteen writers the
unlucky one waited for seconds. Here each takes a ticket and waits until all earlier ones are done.

A ticket is a lock on one byte of a file beside the database, and whoever holds ticket *n* waits for
the bytes before it. The kernel lets go of the locks of a process that dies, in the queue or at the
head of it, so that nobody has to tidy up. Locks belong to the open file, not to the process, so that
threads queue like processes. Where the system has no such locks nobody queues and SQLite's own
waiting remains.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_WAIT_SECONDS = 20.0
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.0002, 0.002
COUNTER_BYTES = 8
COUNTER_LOCK = 2**62
"""The byte that guards the counter, beyond every ticket."""

TAKEN = {errno.EAGAIN, errno.EACCES}
HAS_LOCKS = hasattr(fcntl, "F_OFD_SETLK")


class TooLongAWaitError(TimeoutError):
    """Somebody writes for so long that whoever waits is better told than kept."""


@contextmanager
def turn(path: Path, patience: float = LONGEST_WAIT_SECONDS) -> Iterator[None]:
    """Wait for one's turn and hold it; raises TooLongAWaitError after so many seconds."""
    if not HAS_LOCKS:
        yield
        return
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait(file, _take_ticket(file), patience)
        yield
    finally:
        os.close(file)


def _take_ticket(file: int) -> int:
    """Draw the next number and lock its byte before anyone can draw another."""
    _lock(file, fcntl.F_WRLCK, COUNTER_LOCK, 1, wait=True)
    ticket = int.from_bytes(os.pread(file, COUNTER_BYTES, 0), "little") + 1
    os.pwrite(file, ticket.to_bytes(COUNTER_BYTES, "little"), 0)
    _lock(file, fcntl.F_WRLCK, ticket, 1, wait=True)
    _lock(file, fcntl.F_UNLCK, COUNTER_LOCK, 1, wait=True)
    return ticket


def _wait(file: int, ticket: int, patience: float) -> None:
    """Return once nobody holds an earlier ticket."""
    deadline = time.monotonic() + patience
    pause = SHORTEST_PAUSE_SECONDS
    while not _lock(file, fcntl.F_RDLCK, 0, ticket, wait=False):
        if time.monotonic() > deadline:
            raise TooLongAWaitError(f"nobody let us write for {patience:g} s")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)


def _lock(file: int, kind: int, start: int, length: int, *, wait: bool) -> bool:
    """Change a lock on a range of bytes; False where another holds it and we do not wait."""
    wanted = struct.pack("hhqqi4x", kind, os.SEEK_SET, start, length, 0)
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK, wanted)
    except OSError as error:
        if error.errno in TAKEN:
            return False
        raise
    return True
