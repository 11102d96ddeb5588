"""Serve the directory on this machine, from an empty clone to a page in a browser (``make run``).

Keeps everything that it makes in instance/: the keys, the database, the editions and the letters. A
variable that is set already (RELAIS_…), or in a ``.env`` of one's own, is left as it is.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dotenv import dotenv_values

from tools.instance import SETTINGS, prepare_instance, settings

CATALOGUE = Path("data/catalogue")
STEPS = (
    ("db", "upgrade"),
    ("relais", "import", str(CATALOGUE)),
    ("relais", "edition", "build"),
    ("relais", "tick", "--quiet"),
    ("relais", "user", "--quiet"),
)
SERVER = ("-m", "granian", "--interface", "wsgi", "--no-access-log", "--log-level", "warning")
LEAST_THREADS = 32
"""A form that comes letter by letter holds one of them until it is whole."""
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104  # what someone asked for who shows it to others
NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
REPLACED = {
    "RELAIS_SECRET_KEY": "RELAIS_SECRET_KEY_FILE",
    "RELAIS_AUDIT_KEY": "RELAIS_AUDIT_KEY_FILE",
    "RELAIS_MAIL_HOST": "RELAIS_MAIL_DIR",
}
"""What someone set takes the place of what an instance has."""


def environment_of(instance: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the commands and the server get."""
    written = {name: value for name, value in dotenv_values(SETTINGS).items() if value is not None}
    own = written | dict(given)
    host, port = own.get("HOST", "127.0.0.1"), own.get("PORT", "8000")
    shown = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    made = settings(instance) | {
        "RELAIS_SITE_URL": f"http://{shown}:{port}",
        "RELAIS_ALLOWED_HOSTS": ",".join(own_names() if host in EVERYWHERE else []),
    }
    for name, replaced in REPLACED.items():
        if own.get(name):
            made.pop(replaced, None)
            own.pop(replaced, None)
    return made | own | {"HOST": host, "PORT": port}


def own_names() -> list[str]:
    """Return the names and addresses under which others may reach this machine."""
    name = socket.gethostname().lower()
    names = [name, socket.getfqdn().lower(), f"{name}.local"]
    with suppress(OSError):  # a machine that does not know its own name still has it
        names += [str(each[4][0]) for each in socket.getaddrinfo(name, None, socket.AF_INET)]
    return [each for each in dict.fromkeys(names) if NAME.fullmatch(each)]


def server_command(host: str, port: str) -> list[str]:
    """Return how the server is started; it keeps no log of who looks at what."""
    threads = str(max(LEAST_THREADS, 2 * (os.cpu_count() or 1)))
    return [*SERVER, "--blocking-threads", threads, "--host", host, "--port", port, "wsgi:app"]


def run_steps(steps: Iterable[Sequence[str]], environment: Mapping[str, str]) -> int:
    """Run commands of the application one after another; return the code of the first that fails, or 0."""
    for step in steps:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *step]
        if code := subprocess.run(command, check=False, env=environment).returncode:
            return code
    return 0


def main() -> int:
    """Prepare the instance, then become the server; a step that fails ends it."""
    environment = environment_of(prepare_instance(), os.environ)
    if code := run_steps(STEPS, environment):
        return code
    print(f"\nRelais is at {environment['RELAIS_SITE_URL']}/ (Ctrl-C ends it).\n", flush=True)
    server = server_command(environment["HOST"], environment["PORT"])
    return os.execve(sys.executable, [sys.executable, *server], environment)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
