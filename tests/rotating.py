"""A process that replaces the master key and is killed at one step of it.

``python -m tests.rotating STEP WHEN`` takes its settings from the environment; STEP is a name of
``STEPS``, WHEN is ``before`` or ``after``. It kills itself as ``kill -9`` would.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from config import Config
from referral.app import create_app
from referral.cli import keys as commands
from referral.keyring import folder, services

STEPS: dict[str, tuple[Any, str]] = {
    "new file": (services, "write_master"),
    "renaming": (folder.Path, "replace"),
    "old key read": (services, "read_master"),
    "wrapping": (services, "seal"),
    "code said": (commands, "_say_code"),
    "commit": (Session, "commit"),
    "removal": (services, "remove_master"),
    "unlinking": (folder.Path, "unlink"),
    "writing down": (commands, "_record"),
}
WHEN = ("before", "after")


def killed(done: Callable[..., Any], when: str) -> Callable[..., Any]:
    """Return a step at which the process ends."""

    def end(*given: Any) -> None:
        if when == "after":
            done(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    return end


def main(step: str, when: str) -> None:
    """Replace the master key, until the step."""
    app = create_app(Config.from_environment(os.environ))
    place, name = STEPS[step]
    setattr(place, name, killed(getattr(place, name), when))
    app.test_cli_runner().invoke(args=["relais", "keys", "rotate"])


if __name__ == "__main__":
    main(*sys.argv[1:])
