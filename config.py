"""Settings of the application, read once from the environment; docs/operators.md lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from referral.geo.tiles import TileFile, TilesError
from referral.mail.letters import ADDRESS
from referral.shared.settings import (
    HOST_NAME,
    LOOPBACK,
    PREFIX,
    ConfigError,
    check_private_folder,
    host_of,
    place_of,
    read_choice,
    read_database,
    read_flag,
    read_hosts,
    read_line,
    read_number,
    read_private,
    read_secret,
    read_site,
)

__all__ = ["PREFIX", "Config", "ConfigError"]

PUBLISHABLE = ("sourced", "contacted", "verified", "vetted")
LONGEST_CREDIT = 200
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](?::[0-9]{1,5})?")
TILES = re.compile(r"(?:https://(?P<host>[^/]*))?/(?!/)[A-Za-z0-9._~{}/@-]*")
TILE_PARTS = ["x", "y", "z"]
CONTACT = re.compile(r"(?:https://|tel:\+)[!-~]+")
FILES = frozenset({"SECRET_KEY_FILE", "SECRET_KEY_OLD_FILE", "AUDIT_KEY_FILE", "MAIL_PASSWORD_FILE"})
OFF = frozenset({"", "0", "false", "no"})


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting; what has a default is safe in production.

    A process is in production unless ``DEVELOPMENT`` says otherwise, and then refuses what is not safe there.
    ``DIRECTORY_URL`` may be absent: a process without it serves what is public from the
    edition and has no way to any database. Without ``CASES_URL`` there are no case files.
    """

    SECRET_KEY: str
    SECRET_KEY_OLD: str | None = None
    DIRECTORY_URL: str | None = None
    CASES_URL: str | None = None
    KEYS_URL: str | None = None
    MASTER_KEY_DIR: Path = Path("instance/master-keys")
    DEVELOPMENT: bool = False
    SITE_URL: str = "http://127.0.0.1:8000"
    ALLOWED_HOSTS: tuple[str, ...] = LOOPBACK
    COOKIES_SECURE: bool = True
    EDITION_DIR: Path = Path("instance/editions")
    EDITIONS_KEPT: int = 3
    CONTACT_HOURS: int = 48
    DUE_MONTHS: int = 12
    DUE_MONTHS_URGENT: int = 6
    LAST_MONTHS: int = 15
    HIDDEN_MONTHS: int = 18
    LINK_DAYS: int = 14
    CALLS_A_WEEK: int = 10
    ROOM_BED_HOURS: int = 24
    ROOM_OTHER_DAYS: int = 7
    CLOSURE_ASK_DAYS: int = 14
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
    SECURITY_CONTACT: str | None = None
    PROXIES: int = 0
    LOG_LEVEL: str = "warning"
    MAIL_HOST: str | None = None
    MAIL_PORT: int = 587
    MAIL_TLS: str = "starttls"
    MAIL_USER: str | None = None
    MAIL_PASSWORD: str | None = None
    MAIL_FROM: str | None = None
    MAIL_DIR: Path | None = None
    DEMO: bool = False
    TESTING: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Config:
        """Build the settings; raises ConfigError naming what is missing, unknown or unsafe."""
        given = {
            name.removeprefix(PREFIX): text for name, text in environment.items() if name.startswith(PREFIX)
        }
        known = {field.name for field in fields(cls)} - {"TESTING"} | FILES
        if unknown := sorted(given.keys() - known):
            raise ConfigError(f"{PREFIX}{unknown[0]} is not a setting")
        development = read_flag(given, "DEVELOPMENT", default=False)
        if not development:
            _check_production(given, environment)
        site = read_site(given, development=development)
        demo = read_flag(given, "DEMO", default=False)
        if demo:
            _check_demo(given, site, development=development)
        return cls(
            SECRET_KEY=read_secret(given, "SECRET_KEY", placeholders=development),
            SECRET_KEY_OLD=_old_key(given),
            AUDIT_KEY=_audit_key(given, development=development),
            DEVELOPMENT=development,
            SITE_URL=site,
            ALLOWED_HOSTS=read_hosts(given, site, development=development),
            COOKIES_SECURE=read_flag(given, "COOKIES_SECURE", default=True),
            AUDIT_WITNESS=Path(given.get("AUDIT_WITNESS", "instance/audit-witness.json")).absolute(),
            AUDIT_MONTHS=read_number(given, "AUDIT_MONTHS", default=24, least=3),
            DIRECTORY_URL=read_database(given, development=development),
            **_cases(given, development=development),
            EDITION_DIR=Path(given.get("EDITION_DIR", "instance/editions")).absolute(),
            SEALING_DIR=Path(given.get("SEALING_DIR", "instance/sealing")).absolute(),
            EDITIONS_KEPT=read_number(given, "EDITIONS_KEPT", default=3, least=1),
            CONTACT_HOURS=read_number(given, "CONTACT_HOURS", default=48, least=1, most=24 * 365),
            ROOM_BED_HOURS=read_number(given, "ROOM_BED_HOURS", default=24, least=1, most=24 * 7),
            ROOM_OTHER_DAYS=read_number(given, "ROOM_OTHER_DAYS", default=7, least=1, most=31),
            CLOSURE_ASK_DAYS=read_number(given, "CLOSURE_ASK_DAYS", default=14, least=1, most=366),
            PUBLISHED_FROM=read_choice(given, "PUBLISHED_FROM", PUBLISHABLE),
            MAP_TILES_URL=_tiles_url(given),
            MAP_TILES_HOST=given.get("MAP_TILES_HOST") or None,
            MAP_PMTILES=_tile_file(given),
            MAP_CREDIT=_credit(given),
            OPERATOR_NAME=given.get("OPERATOR_NAME") or None,
            OPERATOR_CONTACT=given.get("OPERATOR_CONTACT") or None,
            SECURITY_CONTACT=_contact(given),
            PROXIES=read_number(given, "PROXIES", default=0, least=0, most=9),
            LOG_LEVEL=read_choice(given, "LOG_LEVEL", ("warning", "info")),
            DEMO=demo,
            **_rounds(given),
            **_mail(given, development=development),
        )


def _check_production(given: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Refuse what is of use to developers only; raises ConfigError."""
    if environment.get("FLASK_DEBUG", "").lower() not in OFF:
        raise ConfigError("FLASK_DEBUG is set: it shows the inside of the site to anyone")
    if not read_flag(given, "COOKIES_SECURE", default=True):
        raise ConfigError(f"{PREFIX}COOKIES_SECURE is 0: cookies would travel in clear")
    if "PROXIES" not in given:
        raise ConfigError(
            f"{PREFIX}PROXIES is not set: say how many proxies of yours stand in front, 0 where there is none"
        )
    check_private_folder("SEALING_DIR", Path(given.get("SEALING_DIR", "instance/sealing")))
    check_private_folder("MASTER_KEY_DIR", Path(given.get("MASTER_KEY_DIR", "instance/master-keys")))


def _check_demo(given: Mapping[str, str], site: str, *, development: bool) -> None:
    """Refuse to let anyone in without a password where more than this machine could be reached."""
    demo = f"{PREFIX}DEMO lets anyone in without a password"
    if not development:
        raise ConfigError(f"{demo}: never in production")
    if given.get("MAIL_HOST"):
        raise ConfigError(f"{demo}: not together with {PREFIX}MAIL_HOST")
    if host_of(site) not in LOOPBACK:
        raise ConfigError(f"{demo}: {PREFIX}SITE_URL must be of this machine only, http://127.0.0.1:8001")
    if set(read_hosts(given, site, development=development)) - set(LOOPBACK):
        raise ConfigError(f"{demo}: not together with {PREFIX}ALLOWED_HOSTS")
    if given.get("PROXIES", "0") != "0":
        raise ConfigError(f"{demo}: not together with {PREFIX}PROXIES")
    if not given.get("DIRECTORY_URL"):
        raise ConfigError(f"{demo}: it needs a {PREFIX}DIRECTORY_URL of its own")


def _cases(given: Mapping[str, str], *, development: bool) -> dict[str, Any]:
    """Take where case files and their keys are: apart from each other, and from the directory."""
    urls = {
        name: read_database(given, name, development=development)
        for name in ("DIRECTORY_URL", "CASES_URL", "KEYS_URL")
    }
    folder = Path(given.get("MASTER_KEY_DIR", "instance/master-keys")).absolute()
    if urls["CASES_URL"] is None:
        if urls["KEYS_URL"] is not None:
            raise ConfigError(f"{PREFIX}KEYS_URL is of use with {PREFIX}CASES_URL only")
        return {"MASTER_KEY_DIR": folder}
    for name, url in urls.items():
        if url is None:
            raise ConfigError(f"{PREFIX}{name} is not set: {PREFIX}CASES_URL needs it")
    if len({place_of(url) for url in urls.values() if url}) < len(urls):
        raise ConfigError(
            f"{PREFIX}DIRECTORY_URL, {PREFIX}CASES_URL and {PREFIX}KEYS_URL must name three databases:"
            " whoever has a copy of the files must not have their keys"
        )
    return {"CASES_URL": urls["CASES_URL"], "KEYS_URL": urls["KEYS_URL"], "MASTER_KEY_DIR": folder}


def _old_key(given: Mapping[str, str]) -> str | None:
    """Take the secret key of before, which opens what it sealed and seals nothing."""
    if not read_private(given, "SECRET_KEY_OLD"):
        return None
    key = read_secret(given, "SECRET_KEY_OLD")
    if key == read_private(given, "SECRET_KEY"):
        raise ConfigError(f"{PREFIX}SECRET_KEY_OLD is also the {PREFIX}SECRET_KEY: nothing was changed")
    return key


def _audit_key(given: Mapping[str, str], *, development: bool) -> str | None:
    """Take the key of the audit, without which no process may have a database."""
    if not given.get("DIRECTORY_URL") and not given.keys() & {"AUDIT_KEY", "AUDIT_KEY_FILE"}:
        return None
    key = read_secret(given, "AUDIT_KEY", placeholders=development)
    if key in {read_private(given, name) for name in ("SECRET_KEY", "SECRET_KEY_OLD")}:
        raise ConfigError(f"{PREFIX}AUDIT_KEY is also the {PREFIX}SECRET_KEY: make another")
    return key


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


def _contact(given: Mapping[str, str]) -> str | None:
    """Take where weaknesses are told: an https address, a number or a mailbox."""
    contact = read_line(given, "SECURITY_CONTACT")
    if contact is None or CONTACT.fullmatch(contact):
        return contact
    mailbox = contact.removeprefix("mailto:")
    if not ADDRESS.fullmatch(mailbox):
        raise ConfigError(f"{PREFIX}SECURITY_CONTACT is neither https://…, tel:+… nor a mailbox: {contact}")
    return f"mailto:{mailbox}"


def _rounds(given: Mapping[str, str]) -> dict[str, Any]:
    """Take how long a confirmation holds, in steps, and how many calls one person makes in a week."""
    months = {
        "DUE_MONTHS_URGENT": read_number(given, "DUE_MONTHS_URGENT", default=6, least=2, most=120),
        "DUE_MONTHS": read_number(given, "DUE_MONTHS", default=12, least=2, most=120),
        "LAST_MONTHS": read_number(given, "LAST_MONTHS", default=15, least=2, most=120),
        "HIDDEN_MONTHS": read_number(given, "HIDDEN_MONTHS", default=18, least=2, most=120),
    }
    for (sooner, before), (later, after) in pairwise(months.items()):
        if before > after or (before == after and later != "DUE_MONTHS"):
            raise ConfigError(f"{PREFIX}{later} must be more than {PREFIX}{sooner}: {after}, {before}")
    return {
        **months,
        "LINK_DAYS": read_number(given, "LINK_DAYS", default=14, least=1, most=60),
        "CALLS_A_WEEK": read_number(given, "CALLS_A_WEEK", default=10, least=1, most=1000),
    }


def _mail(given: Mapping[str, str], *, development: bool) -> dict[str, Any]:
    """Take how letters leave: a server under TLS, or files where one develops."""
    host, folder = given.get("MAIL_HOST") or None, given.get("MAIL_DIR") or None
    sender = given.get("MAIL_FROM") or ("relais@localhost.localdomain" if folder else None)
    if host and folder:
        raise ConfigError(f"{PREFIX}MAIL_HOST and {PREFIX}MAIL_DIR exclude each other")
    if folder and not development:
        raise ConfigError(f"{PREFIX}MAIL_DIR is for development: letters hold links that let in")
    if host and not HOST_NAME.fullmatch(host.lower()):
        raise ConfigError(f"{PREFIX}MAIL_HOST is not the name of one host, without port: {host}")
    if host and sender is None:
        raise ConfigError(f"{PREFIX}MAIL_FROM is not set: the address that letters come from")
    if sender and not ADDRESS.fullmatch(sender):
        raise ConfigError(f"{PREFIX}MAIL_FROM is not one plain address: {sender}")
    user, password = given.get("MAIL_USER") or None, read_private(given, "MAIL_PASSWORD") or None
    if (user is None) != (password is None):
        raise ConfigError(f"{PREFIX}MAIL_USER and {PREFIX}MAIL_PASSWORD go together")
    return {
        "MAIL_HOST": host,
        "MAIL_PORT": read_number(given, "MAIL_PORT", default=587, least=1, most=65535),
        "MAIL_TLS": read_choice(given, "MAIL_TLS", ("starttls", "tls")),
        "MAIL_USER": user,
        "MAIL_PASSWORD": password,
        "MAIL_FROM": sender,
        "MAIL_DIR": Path(folder).absolute() if folder else None,
    }
