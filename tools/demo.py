"""Serve a demonstration on this machine, apart from everything else (``make demo``).

Its keys, databases (case files too), editions and letters are in instance/demo/. It listens on 127.0.0.1
only, whatever HOST says, and no RELAIS_… setting from outside counts: nothing real can get into it by
mistake.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from config import PREFIX
from tools.instance import INSTANCE, MARK, make_folder, settings, write_settings
from tools.serve import run_steps, server_command

FOLDER = INSTANCE / "demo"
KEYS = "keys"
CATALOGUE = Path(__file__).resolve().parent.parent / "data" / "demo"
HOST = "127.0.0.1"
PORT = "8001"
STEPS = (
    ("db", "upgrade"),
    ("relais", "keys", "create", "--if-none"),
    ("relais", "import", str(CATALOGUE)),
    ("relais", "edition", "build"),
    ("demo", "seed"),
)
TICK = ("relais", "tick", "--quiet")
SECONDS_BETWEEN = 15
"""From one look at the outbox to the next: whoever tries an invitation waits for its letter."""


def main() -> int:
    """Prepare the demonstration, then serve it and its letters until somebody ends it."""
    port = os.environ.get("PORT", PORT)
    if is_taken(port):
        print(f"Port {port} is in use already: end what runs there, or choose another with PORT=…")
        return 1
    folder = FOLDER.absolute()
    with in_use(folder) as lock:
        if os.environ.get("FRESH", "0") not in {"", "0"} and not begin_anew(folder, lock):
            print("A demonstration runs already: end it before you begin anew.")
            return 1
        return run(folder, port)


def run(folder: Path, port: str) -> int:
    """Make what is missing, say where everything is, and serve."""
    values = demo_settings(folder, port)
    make_folder(folder)
    (folder / KEYS).mkdir(mode=0o700, exist_ok=True)
    write_settings(folder / "settings.env", values)
    environment = outside(os.environ) | values
    if code := run_steps((*STEPS, TICK), environment):
        return code
    print(f"\nThe demonstration is at {values['RELAIS_SITE_URL']}/ (Ctrl-C ends it).")
    print(f"Its letters: {values['RELAIS_MAIL_DIR']}\n", flush=True)
    return serve(port, environment)


@contextmanager
def in_use(folder: Path) -> Iterator[IO[str]]:
    """Hold a lock beside the folder that tells others not to delete it; gives the lock."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield lock


def is_taken(port: str) -> bool:
    """Say whether something listens at our address already."""
    with socket.socket() as tried:
        return tried.connect_ex((HOST, int(port))) == 0


def begin_anew(folder: Path, lock: IO[str]) -> bool:
    """Delete a demonstration, and nothing that we did not make; say no where another one runs in it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    written = folder / "settings.env"
    if written.exists() and written.read_text(encoding="utf-8").startswith(MARK):
        shutil.rmtree(folder)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return True


def demo_settings(folder: Path, port: str) -> dict[str, str]:
    """Return the variables of a demonstration; unlike a checkout's own instance it has case files."""
    return settings(folder) | {
        "RELAIS_CASES_URL": f"sqlite:///{quote(str(folder / 'cases.db'))}",
        "RELAIS_KEYS_URL": f"sqlite:///{quote(str(folder / KEYS / 'keys.db'))}",
        "RELAIS_MASTER_KEY_DIR": str(folder / "master-keys"),
        "RELAIS_DEMO": "1",
        "RELAIS_SITE_URL": f"http://{HOST}:{port}",
    }


def outside(given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the terminal without our settings, and with no look at a ``.env``."""
    kept = {name: value for name, value in given.items() if not name.startswith(PREFIX)}
    return kept | {"FLASK_SKIP_DOTENV": "1"}


def serve(port: str, environment: Mapping[str, str]) -> int:
    """Run the server, and deliver letters to their folder meanwhile; end with it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or the server would outlive us
    with subprocess.Popen([sys.executable, *server_command(HOST, port)], env=environment) as server:
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    return server.wait(SECONDS_BETWEEN)
                run_steps((TICK,), environment)
        except KeyboardInterrupt:
            return 0
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
