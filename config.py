"""Settings of the application, read once from the environment; docs/operators.md lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from referral.geo.tiles import TileFile, TilesError

PREFIX = "RELAIS_"
SHORTEST_SECRET = 32
PUBLISHABLE = ("sourced", "contacted", "verified", "vetted")
FEWEST_CHARACTERS = 9
LONGEST_CREDIT = 200
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](?::[0-9]{1,5})?")
TILES = re.compile(r"(?:https://(?P<host>[^/]*))?/(?!/)[A-Za-z0-9._~{}/@-]*")
TILE_PARTS = ["x", "y", "z"]


class ConfigError(Exception):
    """A setting is missing, unknown or unsafe; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting; what has a default is safe in production.

    ``DIRECTORY_URL`` may be absent: a process without it serves what is public from the
    edition and has no way to any database.
    """

    SECRET_KEY: str
    DIRECTORY_URL: str | None = None
    EDITION_DIR: Path = Path("instance/editions")
    EDITIONS_KEPT: int = 3
    SEALING_DIR: Path = Path("instance/sealing")
    AUDIT_KEY: str | None = None
    AUDIT_WITNESS: Path = Path("instance/audit-witness.json")
    AUDIT_MONTHS: int = 24
    PUBLISHED_FROM: str = "sourced"
    MAP_TILES_URL: str | None = None
    MAP_TILES_HOST: str | None = None
    MAP_PMTILES: Path | None = None
    MAP_CREDIT: str | None = None
    OPERATOR_NAME: str | None = None
    OPERATOR_CONTACT: str | None = None
    PROXIES: int = 0
    TESTING: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Config:
        """Build the settings; raises ConfigError naming what is missing, unknown or unsafe."""
        given = {
            name.removeprefix(PREFIX): text for name, text in environment.items() if name.startswith(PREFIX)
        }
        known = {field.name for field in fields(cls)} - {"TESTING"} | {"SECRET_KEY_FILE", "AUDIT_KEY_FILE"}
        if unknown := sorted(given.keys() - known):
            raise ConfigError(f"{PREFIX}{unknown[0]} is not a setting")
        return cls(
            SECRET_KEY=_secret(given, "SECRET_KEY"),
            AUDIT_KEY=_audit_key(given),
            AUDIT_WITNESS=Path(given.get("AUDIT_WITNESS", "instance/audit-witness.json")).absolute(),
            AUDIT_MONTHS=_number(given, "AUDIT_MONTHS", default=24, least=3),
            DIRECTORY_URL=given.get("DIRECTORY_URL") or None,
            EDITION_DIR=Path(given.get("EDITION_DIR", "instance/editions")).absolute(),
            SEALING_DIR=Path(given.get("SEALING_DIR", "instance/sealing")).absolute(),
            EDITIONS_KEPT=_number(given, "EDITIONS_KEPT", default=3, least=1),
            PUBLISHED_FROM=_choice(given, "PUBLISHED_FROM", PUBLISHABLE),
            MAP_TILES_URL=_tiles_url(given),
            MAP_TILES_HOST=given.get("MAP_TILES_HOST") or None,
            MAP_PMTILES=_tile_file(given),
            MAP_CREDIT=_credit(given),
            OPERATOR_NAME=given.get("OPERATOR_NAME") or None,
            OPERATOR_CONTACT=given.get("OPERATOR_CONTACT") or None,
            PROXIES=_number(given, "PROXIES", default=0, least=0),
        )


def _secret(given: Mapping[str, str], setting: str) -> str:
    """Take a key from the variable, or from a file that only its owner may read."""
    secret = given.get(setting)
    if secret is None and (name := given.get(f"{setting}_FILE")):
        path = Path(name)
        if not path.is_file():
            raise ConfigError(f"{PREFIX}{setting}_FILE names a file that is not there: {name}")
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{PREFIX}{setting}_FILE can be read by others: chmod 600 {name}")
        secret = path.read_text(encoding="utf-8").strip()
    if secret is None:
        raise ConfigError(f"{PREFIX}{setting} is not set (make setup puts one in .env)")
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_CHARACTERS:
        raise ConfigError(
            f"{PREFIX}{setting} is too short or too plain: {SHORTEST_SECRET} random characters at least"
        )
    return secret


def _audit_key(given: Mapping[str, str]) -> str | None:
    """Take the key of the audit, without which no process may have a database."""
    if not given.get("DIRECTORY_URL") and not given.keys() & {"AUDIT_KEY", "AUDIT_KEY_FILE"}:
        return None
    key = _secret(given, "AUDIT_KEY")
    if key == given.get("SECRET_KEY"):
        raise ConfigError(f"{PREFIX}AUDIT_KEY is also the {PREFIX}SECRET_KEY: make another")
    return key


def _number(given: Mapping[str, str], name: str, *, default: int, least: int) -> int:
    text = given.get(name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ConfigError(f"{PREFIX}{name} is not a whole number of {least} or more: {text}")
    return int(text)


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = given.get(name, choices[0])
    if text not in choices:
        raise ConfigError(f"{PREFIX}{name} is not one of {', '.join(choices)}: {text}")
    return text


def _tiles_url(given: Mapping[str, str]) -> str | None:
    """Take a path of our own address, or an address of the one host that the operator says is theirs."""
    url, own = given.get("MAP_TILES_URL") or None, given.get("MAP_TILES_HOST") or None
    if own is not None and not HOST.fullmatch(own):
        raise ConfigError(
            f"{PREFIX}MAP_TILES_HOST is not the name of one host, such as tiles.example.org: {own}"
        )
    if url is None:
        if own is not None:
            raise ConfigError(f"{PREFIX}MAP_TILES_HOST is of use with {PREFIX}MAP_TILES_URL only")
        return None
    match = TILES.fullmatch(url)
    if (
        match is None
        or sorted(re.findall(r"{(\w*)}", url)) != TILE_PARTS
        or url.count("{") != len(TILE_PARTS)
    ):
        raise ConfigError(
            f"{PREFIX}MAP_TILES_URL is neither a path such as /tiles/{{z}}/{{x}}/{{y}}.png nor an https"
            f" address of that form: {url}"
        )
    if match["host"] != own:
        raise ConfigError(
            f"{PREFIX}MAP_TILES_HOST must name the host of {PREFIX}MAP_TILES_URL, and only a host of your"
            " own: readers' browsers will ask it for what they look at"
        )
    return url


def _tile_file(given: Mapping[str, str]) -> Path | None:
    name = given.get("MAP_PMTILES")
    if not name:
        return None
    if given.get("MAP_TILES_URL"):
        raise ConfigError(f"{PREFIX}MAP_PMTILES and {PREFIX}MAP_TILES_URL exclude each other")
    path = Path(name).absolute()
    try:
        TileFile(path).close()
    except OSError as error:
        raise ConfigError(f"{PREFIX}MAP_PMTILES names a file that cannot be read: {name}") from error
    except TilesError as error:
        raise ConfigError(f"{PREFIX}MAP_PMTILES names a file that {error}: {name}") from error
    return path


def _credit(given: Mapping[str, str]) -> str | None:
    credit = " ".join(given.get("MAP_CREDIT", "").split())
    if len(credit) > LONGEST_CREDIT:
        raise ConfigError(f"{PREFIX}MAP_CREDIT is longer than {LONGEST_CREDIT} characters")
    if not credit and (given.get("MAP_TILES_URL") or given.get("MAP_PMTILES")):
        raise ConfigError(f"{PREFIX}MAP_CREDIT is not set: say whose the pictures of the map are")
    return credit or None
