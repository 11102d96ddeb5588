"""Serve the directory on this machine, from an empty clone to a page in a browser (``make run``).

Keeps everything that it makes in instance/: the key, the database and the editions. A variable
that is set already (RELAIS_…) is left as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.instance import prepare_instance, settings

CATALOGUE = Path("data/catalogue")
STEPS = (
    ("db", "upgrade"),
    ("relais", "import", str(CATALOGUE)),
    ("relais", "edition", "build"),
)
SERVER = ("--interface", "wsgi", "--no-access-log", "--log-level", "warning")


def main() -> int:
    """Prepare the instance, then become the server; a step that fails ends it."""
    instance = prepare_instance()
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
