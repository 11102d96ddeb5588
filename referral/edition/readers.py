"""Who shows editions: each process notes which one it shows, so that a withdrawal can wait for all.

A process that ends in order takes its note away; one that was killed on this machine is known to be gone.
One that nobody hears of stays named until somebody forgets it: it may still be showing what was withdrawn.
"""

from __future__ import annotations

import atexit
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from referral.shared.clock import now

FOLDER = "readers"
CONTACT = "contact"
PAUSE_SECONDS = 1.0
SIGN_EVERY = timedelta(seconds=20)
SILENT_AFTER = timedelta(minutes=2)


class ReaderNote(msgspec.Struct, frozen=True):
    """A process that shows editions, the number of the one it shows, and when it last said so."""

    name: str
    host: str
    pid: int
    number: int
    seen_at: datetime

    def is_silent(self, at: datetime) -> bool:
        """Say whether it has not been heard of for a while."""
        return at - self.seen_at > SILENT_AFTER

    def is_gone(self) -> bool:
        """Say whether it ran on this machine and ended without saying so."""
        if self.host != socket.gethostname() or self.pid == os.getpid():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def note_shown(root: Path, number: int, at: datetime) -> None:
    """Note which edition this process shows; where the folder cannot be written, nobody can wait for it."""
    host, pid = socket.gethostname(), os.getpid()
    note = ReaderNote(f"{host}-{pid}", host, pid, number, at)
    folder = root / FOLDER
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f".{note.name}.new"
        aside.write_bytes(msgspec.json.encode(note))
        aside.replace(folder / f"{note.name}.json")


def forget_reader(root: Path, name: str) -> bool:
    """Take a note away, for a process that will show nothing any more; says whether there was one."""
    path = root / FOLDER / f"{Path(name).name}.json"
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def list_readers(root: Path) -> list[ReaderNote]:
    """Return the processes that show editions, those known to be gone aside; in order of name."""
    found = []
    for path in sorted((root / FOLDER).glob("*.json")):
        with suppress(OSError, msgspec.MsgspecError):
            note = msgspec.json.decode(path.read_bytes(), type=ReaderNote)
            if note.is_gone():
                path.unlink(missing_ok=True)
            else:
                found.append(note)
    return found


def waiting_for(root: Path, number: int) -> list[ReaderNote]:
    """Return the readers that show an edition older than this number."""
    return [reader for reader in list_readers(root) if reader.number < number]


def note_contact(root: Path, at: datetime) -> None:
    """Say beside the editions that whoever publishes them is there."""
    with suppress(OSError):
        aside = root / f"{CONTACT}.new"
        aside.write_text(at.isoformat(), encoding="ascii")
        aside.replace(root / CONTACT)


def last_contact(root: Path) -> datetime | None:
    """Return when whoever publishes editions last gave a sign; None where never."""
    try:
        return datetime.fromisoformat((root / CONTACT).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


class Watcher:
    """Looks for a newer edition also while nobody asks for a page, and says which one is shown."""

    def __init__(self, root: Path, look: Callable[[], int | None]) -> None:
        self._root, self._look = root, look
        self._started = threading.Lock()
        self._pid: int | None = None

    def start(self) -> None:
        """Begin to watch, once in each process."""
        if self._pid == os.getpid():
            return
        with self._started:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
            threading.Thread(target=self._watch, name="edition-watcher", daemon=True).start()
            atexit.register(forget_reader, self._root, f"{socket.gethostname()}-{os.getpid()}")

    def _watch(self) -> None:
        told: tuple[int | None, datetime] = (None, now())
        while True:
            number = self._look()
            if number is not None and (number != told[0] or now() - told[1] > SIGN_EVERY):
                told = (number, now())
                note_shown(self._root, number, told[1])
            time.sleep(PAUSE_SECONDS)
