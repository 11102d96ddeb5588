"""Turns at writing to one file, in the order of arrival, among the threads and processes of one machine.

SQLite lets one write at a time and lets who waits try again now and then: under sixteen writers the
unlucky one waited for seconds. Here each takes a ticket and waits until all earlier ones are done.

Threads of one process line up first, and the one at the head of them takes the ticket. A ticket is a
lock on one byte of a file beside the database, and whoever holds ticket *n* waits for the bytes before
it. The kernel lets go of the locks of a process that dies, in the queue or at the head of it, so that
nobody has to tidy up. Where the system has no such locks only the threads line up, and between
processes SQLite's own waiting remains.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_WAIT_SECONDS = 20.0
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.0005, 0.01
"""Between two looks, for each one in front, and at most."""

COUNTER_BYTES = 8
SERVED_AT = COUNTER_BYTES
COUNTER_LOCK = 2**62
"""The byte that guards the counter, beyond every ticket."""

TAKEN = {errno.EAGAIN, errno.EACCES}
HAS_LOCKS = hasattr(fcntl, "F_OFD_SETLK")


class TooLongAWaitError(TimeoutError):
    """Somebody writes for so long that whoever waits is better told than kept."""

    def __init__(self) -> None:
        super().__init__("nobody let us write for too long")


class Line:
    """The threads of this process that wait for one file, first come first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    def enter(self, patience: float) -> None:
        """Wait until this thread is the first; raises TooLongAWaitError."""
        called = threading.Event()
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            self._waiting.append(called)
        if called.wait(patience):
            return
        with self._guard:
            if called in self._waiting:
                self._waiting.remove(called)
                raise TooLongAWaitError
        # Called in the last moment: the place is ours.

    def leave(self) -> None:
        """Call the next, who has the place before anyone new can take it."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


_lines: dict[Path, Line] = defaultdict(Line)
os.register_at_fork(after_in_child=_lines.clear)


@contextmanager
def turn(path: Path, patience: float = LONGEST_WAIT_SECONDS) -> Iterator[None]:
    """Wait for one's turn and hold it; raises TooLongAWaitError after so many seconds."""
    deadline = time.monotonic() + patience
    line = _lines[path]
    line.enter(patience)
    try:
        if not HAS_LOCKS:
            yield
            return
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _wait(file, _take_ticket(file), deadline)
            yield
        finally:
            os.close(file)
    finally:
        line.leave()


def _take_ticket(file: int) -> int:
    """Draw the next number and lock its byte before anyone can draw another."""
    _lock(file, fcntl.F_WRLCK, COUNTER_LOCK, 1, wait=True)
    ticket = _read(file, 0) + 1
    os.pwrite(file, ticket.to_bytes(COUNTER_BYTES, "little"), 0)
    _lock(file, fcntl.F_WRLCK, ticket, 1, wait=True)
    _lock(file, fcntl.F_UNLCK, COUNTER_LOCK, 1, wait=True)
    return ticket


def _wait(file: int, ticket: int, deadline: float) -> None:
    """Return once nobody holds an earlier ticket; whoever is far back looks seldom."""
    while not _lock(file, fcntl.F_RDLCK, 0, ticket, wait=False):
        if time.monotonic() > deadline:
            raise TooLongAWaitError
        before = max(ticket - _read(file, SERVED_AT), 1)
        time.sleep(min(before * PAUSE_SECONDS, LONGEST_PAUSE_SECONDS))
    os.pwrite(file, ticket.to_bytes(COUNTER_BYTES, "little"), SERVED_AT)


def _read(file: int, at: int) -> int:
    return int.from_bytes(os.pread(file, COUNTER_BYTES, at), "little")


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
