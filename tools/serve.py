"""Serve the directory on this machine, from an empty clone to a page in a browser (``make run``).

Keeps everything that it makes in instance/: the key, the database and the editions. A variable
that is set already (RELAIS_…) is left as it is.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

INSTANCE = Path("instance")
CATALOGUE = Path("data/catalogue")
STEPS = (
    ("db", "upgrade"),
    ("relais", "import", str(CATALOGUE)),
    ("relais", "edition", "build"),
)
SERVER = ("--interface", "wsgi", "--no-access-log", "--log-level", "warning")


def make_secret(path: Path) -> None:
    """Write a random key that only its owner may read, unless there is one."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))


def settings(instance: Path) -> dict[str, str]:
    """Return the variables of an instance whose files lie in one folder."""
    return {
        "RELAIS_SECRET_KEY_FILE": str(instance / "secret-key"),
        "RELAIS_AUDIT_KEY_FILE": str(instance / "audit-key"),
        "RELAIS_AUDIT_WITNESS": str(instance / "audit-witness.json"),
        "RELAIS_DIRECTORY_URL": f"sqlite:///{quote(str(instance / 'directory.db'))}",
        "RELAIS_EDITION_DIR": str(instance / "editions"),
        "RELAIS_SEALING_DIR": str(instance / "sealing"),
    }


def main() -> int:
    """Prepare the instance, then become the server; a step that fails ends it."""
    instance = INSTANCE.absolute()
    for key in ("secret-key", "audit-key"):
        make_secret(instance / key)
    (instance / "editions").mkdir(exist_ok=True)
    environment = settings(instance) | dict(os.environ)
    for key in ("RELAIS_SECRET_KEY", "RELAIS_AUDIT_KEY"):
        if key in environment:
            del environment[f"{key}_FILE"]
    for step in STEPS:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *step]
        if code := subprocess.run(command, check=False, env=environment).returncode:
            return code
    host, port = environment.get("HOST", "127.0.0.1"), environment.get("PORT", "8000")
    print(f"\nRelais is at http://{host}:{port}/ (Ctrl-C ends it).\n", flush=True)
    threads = str(2 * (os.cpu_count() or 1))
    server = [
        "-m",
        "granian",
        *SERVER,
        "--blocking-threads",
        threads,
        "--host",
        host,
        "--port",
        port,
        "wsgi:app",
    ]
    return os.execve(sys.executable, [sys.executable, *server], environment)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
