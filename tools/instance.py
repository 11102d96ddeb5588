"""What belongs to this checkout and not to its code: keys, settings, where its files lie.

The settings go to ``.env``, from which ``flask`` takes them: commands work without exporting anything.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import quote

INSTANCE = Path("instance")
SETTINGS = Path(".env")
KEYS = ("secret-key", "audit-key")
MARK = "# Written by make; delete this line to keep changes of your own.\n"


def prepare_instance() -> Path:
    """Make what this checkout's instance needs, with its file of settings; return the instance's folder."""
    instance = INSTANCE.absolute()
    make_folder(instance)
    write_settings(SETTINGS, settings(instance))
    return instance


def make_folder(instance: Path) -> None:
    """Make the keys and the folder of editions of an instance, where they are not there yet."""
    for key in KEYS:
        make_secret(instance / key)
    (instance / "editions").mkdir(exist_ok=True)


def write_settings(path: Path, values: dict[str, str]) -> None:
    """Write settings, unless someone wrote their own; again where the checkout was moved."""
    if path.exists() and not path.read_text(encoding="utf-8").startswith(MARK):
        return
    lines = [
        f"{name}='{value.replace(chr(92), chr(92) * 2).replace(chr(39), chr(92) + chr(39))}'\n"
        for name, value in values.items()
    ]
    path.write_text(MARK + "".join(lines), encoding="utf-8")
    path.chmod(0o600)


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
        "RELAIS_DEVELOPMENT": "1",
        "RELAIS_COOKIES_SECURE": "0",
        "RELAIS_SECRET_KEY_FILE": str(instance / "secret-key"),
        "RELAIS_AUDIT_KEY_FILE": str(instance / "audit-key"),
        "RELAIS_AUDIT_WITNESS": str(instance / "audit-witness.json"),
        "RELAIS_DIRECTORY_URL": f"sqlite:///{quote(str(instance / 'directory.db'))}",
        "RELAIS_EDITION_DIR": str(instance / "editions"),
        "RELAIS_SEALING_DIR": str(instance / "sealing"),
        "RELAIS_MAIL_DIR": str(instance / "mail"),
    }
