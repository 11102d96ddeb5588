"""Serve a demonstration on this machine, apart from everything else (``make demo``).

Its keys, database, editions and letters are in instance/demo/. It listens on 127.0.0.1 only, whatever
HOST says, and no RELAIS_… setting from outside counts: nothing real can get into it by mistake.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from config import PREFIX
from tools.instance import INSTANCE, MARK, make_folder, settings, write_settings
from tools.serve import run_steps, server_command

FOLDER = INSTANCE / "demo"
CATALOGUE = Path("data/demo")
HOST = "127.0.0.1"
PORT = "8001"
STEPS = (
    ("db", "upgrade"),
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
    if os.environ.get("FRESH", "0") not in {"", "0"}:
        begin_anew(folder)
    values = demo_settings(folder, port)
    make_folder(folder)
    write_settings(folder / "settings.env", values)
    environment = outside(os.environ) | values
    if code := run_steps((*STEPS, TICK), environment):
        return code
    print(f"\nThe demonstration is at {values['RELAIS_SITE_URL']}/ (Ctrl-C ends it).")
    print(f"Its letters: {values['RELAIS_MAIL_DIR']}\n", flush=True)
    return serve(port, environment)


def is_taken(port: str) -> bool:
    """Say whether something listens at our address already."""
    with socket.socket() as tried:
        return tried.connect_ex((HOST, int(port))) == 0


def begin_anew(folder: Path) -> None:
    """Delete a demonstration, and nothing that we did not make."""
    written = folder / "settings.env"
    if written.exists() and written.read_text(encoding="utf-8").startswith(MARK):
        shutil.rmtree(folder)


def demo_settings(folder: Path, port: str) -> dict[str, str]:
    """Return the variables of a demonstration."""
    return settings(folder) | {"RELAIS_DEMO": "1", "RELAIS_SITE_URL": f"http://{HOST}:{port}"}


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
