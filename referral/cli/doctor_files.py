"""What the doctor says of case files: their two databases, apart from each other, and the master key."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import sqlalchemy as sa
from flask import Config
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError

from referral.cli.findings import Finding, Findings, Sign, State, file_of, look_at
from referral.cli.key_words import say_fault
from referral.keyring.folder import MasterKeyError, read_master
from referral.keyring.queries import list_needed
from referral.shared.database import CASES, DIRECTORY, KEYS, db, keys_session
from referral.shared.settings import OTHERS

URLS = {DIRECTORY: "DIRECTORY_URL", CASES: "CASES_URL", KEYS: "KEYS_URL"}
SAID = {
    (CASES, State.ABSENT): _l("There is no database of case files yet: flask --app wsgi db upgrade"),
    (CASES, State.SILENT): _l("The database of case files does not answer. Is its address right?"),
    (CASES, State.OTHER): _l("The database of case files is of another version: flask --app wsgi db upgrade"),
    (CASES, State.GOOD): _l("The database of case files answers and is up to date."),
    (KEYS, State.ABSENT): _l("There is no database of keys yet: flask --app wsgi db upgrade"),
    (KEYS, State.SILENT): _l("The database of keys does not answer. Is its address right?"),
    (KEYS, State.OTHER): _l("The database of keys is of another version: flask --app wsgi db upgrade"),
    (KEYS, State.GOOD): _l("The database of keys answers and is up to date."),
}
CREATE = "flask --app wsgi relais keys create"


def examine_files(config: Config) -> Findings:
    """Say what is wrong with case files, where there are any."""
    if config["CASES_URL"] is None:
        return
    states = {name: look_at(name, config[URLS[name]]) for name in (CASES, KEYS)}
    for name, state in states.items():
        yield Finding(Sign.GOOD if state is State.GOOD else Sign.WRONG, str(SAID[name, state]))
    yield from examine_places(config)
    if states[KEYS] is State.GOOD:
        yield from examine_masters(config["MASTER_KEY_DIR"])


def examine_places(config: Config) -> Findings:
    """Say whether two settings name one database, and what lies where one copy would take both."""
    same = [
        (URLS[one], URLS[other])
        for one, other in combinations(URLS, 2)
        if _identity(one, config[URLS[one]]) == _identity(other, config[URLS[other]]) is not None
    ]
    for one, other in same:
        names = {"one": f"RELAIS_{one}", "other": f"RELAIS_{other}"}
        yield Finding(Sign.WRONG, _("%(one)s and %(other)s name one and the same database.", **names))
    files = {name: path.resolve() for name in URLS if (path := file_of(config[URLS[name]])) is not None}
    if files.keys() >= {CASES, KEYS} and files[CASES].parent == files[KEYS].parent and not same:
        said = _(
            "Case files and their keys lie in one folder, %(path)s: a copy of the folder holds both. "
            "Give the keys a folder of their own, that no backup of the files takes.",
            path=files[KEYS].parent,
        )
        yield Finding(Sign.NOTE, said)
    yield from _examine_folder(config["MASTER_KEY_DIR"].resolve(), files)


def _examine_folder(folder: Path, files: dict[str, Path]) -> Findings:
    """Say whether a copy of a database's folder takes the master keys with it."""
    above = {files[name].parent for name in (CASES, KEYS) if name in files} & {folder, *folder.parents}
    if above:
        said = _(
            "The master keys lie in %(path)s, in or under the folder of a database: "
            "leave them out of its backup.",
            path=folder,
        )
        yield Finding(Sign.NOTE, said)


def _identity(name: str, url: str) -> object:
    """Return what tells a database from another however it is addressed; None where that is not known."""
    path = file_of(url)
    if path is not None:
        return (path.stat().st_dev, path.stat().st_ino) if path.exists() else path.resolve()
    try:
        with db.engines[name].connect() as connection:
            asked = "SELECT pg_postmaster_start_time(), current_database()"
            return tuple(connection.execute(sa.text(asked)).one())
    except SQLAlchemyError:
        return None


def examine_masters(folder: Path) -> Findings:
    """Say whether each master key that is needed is there, and that only its owner can read it."""
    try:
        needed = list_needed(keys_session())
    except SQLAlchemyError:
        return  # what is wrong with the store was said already
    finally:
        keys_session().rollback()
    if not needed:
        said = _("There is no master key yet, and no case file can be made: %(how)s", how=CREATE)
        yield Finding(Sign.WRONG, said)
        return
    faults = [fault for each in needed if (fault := _fault_of(folder, each.fingerprint)) is not None]
    if folder.exists() and folder.stat().st_mode & OTHERS:
        faults.append(_("Others can read %(path)s: chmod %(mode)s %(path)s", path=folder, mode="700"))
    for fault in faults:
        yield Finding(Sign.WRONG, fault)
    if not faults:
        names = ", ".join(each.fingerprint for each in needed)
        yield Finding(
            Sign.GOOD, _("The master key is there, and only its owner can read it: %(names)s", names=names)
        )


def _fault_of(folder: Path, name: str) -> str | None:
    try:
        read_master(folder, name)
    except MasterKeyError as error:
        return say_fault(error)
    return None
