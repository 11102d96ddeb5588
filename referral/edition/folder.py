"""Where editions are kept, and the one step by which another is shown."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from filelock import FileLock

from referral.edition.manifest import MANIFEST

CURRENT, LOCK, ASIDE = "current", "lock", ".building-"


class EditionFolder:
    """A folder for each edition, and the file ``current`` that names the one to show."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pointer = root / CURRENT

    def current(self) -> Path | None:
        """Return the folder to show, or None before the first build."""
        try:
            return self.root / self.pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None

    def lock(self) -> FileLock:
        """Return the lock that a publisher holds while others wait for it."""
        self.root.mkdir(parents=True, exist_ok=True)
        return FileLock(self.root / LOCK)

    def settle(self, aside: Path, name: str) -> Path:
        """Give a finished edition its place, once all of it is on the disk."""
        for path in (*aside.rglob("*"), aside):
            _flush(path)
        folder = self.root / name
        if folder.exists():
            shutil.rmtree(folder)
        aside.chmod(0o755)
        return aside.rename(folder)

    def show(self, folder: Path) -> None:
        """Show an edition, in one step that a reader sees whole or not at all."""
        aside = self.root / f"{CURRENT}.new"
        aside.write_text(folder.name, encoding="ascii")
        _flush(aside)
        aside.replace(self.pointer)
        _flush(self.root)

    def forget_older(self, kept: int) -> None:
        """Delete all editions but the newest, and what an interrupted build left.

        Readers that hold an old one open keep its files until they let go.
        """
        shown = self.current()
        finished = [path for path in self.root.iterdir() if (path / MANIFEST).is_file() and path != shown]
        finished.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for folder in (*finished[kept - 1 :], *self.root.glob(f"{ASIDE}*")):
            shutil.rmtree(folder, ignore_errors=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
