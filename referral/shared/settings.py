"""Reads one setting each; refuses by its name what is missing or unsafe, and never repeats a secret."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

PREFIX = "RELAIS_"
SHORTEST_SECRET = 32
FEWEST_CHARACTERS = 9
OTHERS = 0o077
PLACEHOLDERS = re.compile(
    r"change.?(?:me|this|moi)|placeholder|example|exemple|password|motdepasse|secret.?key|for-tests"
    r"|for-the-audit|0123456789|abcdefghi|qwerty",
    re.IGNORECASE,
)
"""What examples, tutorials and tests put where a secret belongs."""

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST_NAME = re.compile(rf"{LABEL}(?:\.{LABEL})*|\[[0-9a-f:.]+\]")
PLACE = re.compile(rf"(?:{HOST_NAME.pattern})(?::[0-9]{{1,5}})?")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
POSTGRESQL_PORT = 5432
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})

Given = Mapping[str, str]


class ConfigError(Exception):
    """A setting is missing, unknown or unsafe; the message names the variable."""


def read_secret(given: Given, setting: str, *, placeholders: bool = True) -> str:
    """Take a key, long and made by chance; ``placeholders`` may stand for it only where one develops."""
    secret = read_private(given, setting)
    if secret is None:
        raise ConfigError(f"{PREFIX}{setting} is not set (make setup puts one in .env)")
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_CHARACTERS:
        raise ConfigError(
            f"{PREFIX}{setting} is too short or too plain: {SHORTEST_SECRET} random characters at least"
        )
    if not placeholders and PLACEHOLDERS.search(secret):
        raise ConfigError(f"{PREFIX}{setting} is that of an example: make one by chance")
    return secret


def read_private(given: Given, setting: str) -> str | None:
    """Take a text from the variable, or from a file that only its owner may read."""
    if (text := given.get(setting)) is not None:
        return text
    name = given.get(f"{setting}_FILE")
    if not name:
        return None
    path = Path(name)
    try:
        check_private(f"{setting}_FILE", path)
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise ConfigError(f"{PREFIX}{setting}_FILE names a file that is not there: {name}") from error
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{PREFIX}{setting}_FILE names a file that cannot be read: {name}") from error


def check_private(setting: str, path: Path) -> None:
    """Refuse a file or folder that others may read, or that is neither ours nor the system's."""
    state = path.stat()
    if state.st_mode & OTHERS:
        mode = "700" if path.is_dir() else "600"
        raise ConfigError(f"{PREFIX}{setting} can be read by others: chmod {mode} {path}")
    if state.st_uid not in {os.geteuid(), 0}:
        raise ConfigError(f"{PREFIX}{setting} belongs to another user of the machine: {path}")


def check_private_folder(setting: str, folder: Path) -> None:
    """Refuse a folder of keys that others may enter, or of which they may read one."""
    if not folder.exists():
        return
    try:
        for path in (folder, *folder.glob("*.key")):
            check_private(setting, path)
    except OSError as error:
        raise ConfigError(f"{PREFIX}{setting} cannot be read: {folder}") from error


def read_number(given: Given, name: str, *, default: int, least: int, most: int | None = None) -> int:
    """Take a whole number."""
    text = given.get(name, str(default))
    if (
        not text.isascii()
        or not text.isdigit()
        or int(text) < least
        or (most is not None and int(text) > most)
    ):
        to = f"from {least} to {most}" if most is not None else f"of {least} or more"
        raise ConfigError(f"{PREFIX}{name} is not a whole number {to}: {text}")
    return int(text)


def read_choice(given: Given, name: str, choices: tuple[str, ...]) -> str:
    """Take one of a few words, the first where none is given."""
    text = given.get(name, choices[0])
    if text not in choices:
        raise ConfigError(f"{PREFIX}{name} is not one of {', '.join(choices)}: {text}")
    return text


def read_flag(given: Given, name: str, *, default: bool) -> bool:
    """Take yes or no, written 1 or 0."""
    return read_choice({name: "1" if default else "0"} | dict(given), name, ("0", "1")) == "1"


def read_line(given: Given, name: str) -> str | None:
    """Take a text of one line, or None where it is absent or empty."""
    text = given.get(name, "").strip()
    if any(unicodedata.category(character).startswith(("C", "Zl", "Zp")) for character in text):
        raise ConfigError(f"{PREFIX}{name} is not one line of plain text")
    return text or None


def read_site(given: Given, *, development: bool) -> str:
    """Take the address under which readers know the site: letters are never made from what a request says."""
    url = given.get("SITE_URL", "http://127.0.0.1:8000" if development else "").rstrip("/")
    if not url:
        raise ConfigError(f"{PREFIX}SITE_URL is not set: the address of the site, https://relais.example")
    schemes = ("https", "http") if development else ("https",)
    scheme, _, place = url.partition("://")
    if scheme not in schemes or not PLACE.fullmatch(place):
        raise ConfigError(f"{PREFIX}SITE_URL is not an address such as https://relais.example: {url}")
    return url


def read_database(given: Given, name: str = "DIRECTORY_URL", *, development: bool) -> str | None:
    """Take the address of the database; one on another machine is reached under TLS, its certificate checked.

    Never repeats the address, which may hold a password.
    """
    url = given.get(name) or None
    if url is None or development or not url.startswith("postgresql"):
        return url
    try:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
    except ValueError:
        raise ConfigError(f"{PREFIX}{name} cannot be read") from None
    hosts = [parts.hostname or "", *options.get("host", ()), *options.get("hostaddr", ())]
    is_elsewhere = any(host and host not in THIS_MACHINE and not host.startswith("/") for host in hosts)
    if is_elsewhere and options.get("sslmode") != ["verify-full"]:
        raise ConfigError(
            f"{PREFIX}{name} names another machine: end it with ?sslmode=verify-full&sslrootcert=…,"
            " or what is kept would travel in clear"
        )
    return url


def place_of(url: str) -> tuple[str, ...]:
    """Return where a database is, so that two ways of writing one address are seen to be one.

    Two names of one machine are two places here: the doctor asks the databases themselves.
    """
    if url.startswith("sqlite"):
        return (str(Path(unquote(url.partition("///")[2].partition("?")[0])).resolve()),)
    try:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        host = (options.get("host") or options.get("hostaddr") or [parts.hostname or ""])[0]
        port = (options.get("port") or [str(parts.port or POSTGRESQL_PORT)])[0]
    except ValueError:
        return (url,)
    return host, port, (options.get("dbname") or [parts.path.lstrip("/")])[0]


def read_hosts(given: Given, site: str, *, development: bool) -> tuple[str, ...]:
    """Take the names under which the site answers; that of its address if no other is given."""
    named = [name.strip().lower() for name in given.get("ALLOWED_HOSTS", "").split(",") if name.strip()]
    for name in named:
        if not HOST_NAME.fullmatch(name):
            raise ConfigError(
                f"{PREFIX}ALLOWED_HOSTS holds what is not the name of one host, without port: {name}"
            )
    local = LOOPBACK if development else ()
    return tuple(dict.fromkeys((host_of(site), *named, *local)))


def host_of(url: str) -> str:
    """Return the name of the host as a request would write it, without port."""
    name = urlsplit(url).hostname or ""
    return f"[{name}]" if ":" in name else name
