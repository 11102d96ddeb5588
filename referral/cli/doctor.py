"""``flask relais doctor``: looks at an installation and says in plain words what is wrong with it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import Config, current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import SQLAlchemyError

from referral.cli.certificate import CertificateError, Fault, ask_for_end, find_end
from referral.cli.console import REFUSED, output, speaking
from referral.cli.doctor_files import examine_files
from referral.cli.findings import Finding, Findings, Sign, State, is_missing_file, look_at
from referral.edition.folder import EditionFolder
from referral.edition.manifest import DamagedEditionError, check_files, read_manifest
from referral.edition.readers import last_contact, list_readers
from referral.mail.jobs import make_sender
from referral.mail.queries import count_all_unsent
from referral.shared.clock import now
from referral.shared.database import DIRECTORY
from referral.shared.seals import Age, count_ages
from referral.shared.tick import read_note, tick_is_late

KEY_FILES = tuple(
    f"RELAIS_{name}_FILE" for name in ("SECRET_KEY", "SECRET_KEY_OLD", "AUDIT_KEY", "MAIL_PASSWORD")
)
OTHERS = 0o077
MEGABYTE = 1_000_000
LEAST_FREE = 500 * MEGABYTE
"""Bytes: a few editions, and what the database writes before it is tidied."""
SOON = timedelta(days=14)
"""Before its end: authorities that renew by themselves do so a month before."""
OLD = timedelta(days=30)
"""Nothing is wrong with an older edition, but what changed since is not shown."""


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Look at this installation and say what is wrong; ends with 1 if anything is."""
    with speaking():
        findings = list(examine(current_app.config, os.environ, now()))
        for finding in findings:
            output.print(f"{finding.sign.value} – {finding.sentence}", markup=False)
        wrong = sum(finding.sign is Sign.WRONG for finding in findings)
        if wrong:
            output.print(ngettext("%(num)d thing is wrong.", "%(num)d things are wrong.", wrong))
            raise click.exceptions.Exit(REFUSED)
        output.print(_("Nothing is wrong."))


def examine(config: Config, environment: Mapping[str, str], at: datetime) -> Findings:
    """Yield what is found of every part, in the order in which one would mend it."""
    yield from examine_settings(config)
    yield from examine_keys(config, environment)
    yield from examine_certificate(config["SITE_URL"], at)
    yield from examine_database(config)
    yield from examine_files(config)
    yield from examine_seals(config)
    yield from examine_mail(config)
    yield from examine_tick(config, at)
    yield from examine_edition(config["EDITION_DIR"], at)
    yield from examine_readers(config, at)
    yield from examine_sealing(config["SEALING_DIR"])
    yield from examine_disk(config)


def examine_settings(config: Config) -> Findings:
    """Say what the settings leave out; what they may not hold, no process starts with."""
    yield Finding(Sign.GOOD, _("Every setting can be read and is safe."))
    for name, meaning in (
        ("OPERATOR_NAME", _("pages do not say who runs this site")),
        ("OPERATOR_CONTACT", _("pages do not say whom to ask about personal information")),
        ("SECURITY_CONTACT", _("nobody is named to be told of a weakness")),
    ):
        if not config[name]:
            variable = f"RELAIS_{name}"
            yield Finding(
                Sign.NOTE, _("%(variable)s is not set: %(meaning)s.", variable=variable, meaning=meaning)
            )
    if config["DEVELOPMENT"]:
        sentence = _("RELAIS_DEVELOPMENT is 1: this installation is to try things out, not to serve people.")
        yield Finding(Sign.NOTE, sentence)


def examine_keys(config: Config, environment: Mapping[str, str]) -> Findings:
    """Say which files of keys others can read."""
    folder: Path = config["SEALING_DIR"]
    files = [Path(environment[name]) for name in KEY_FILES if environment.get(name)]
    looked_at = [path for path in (*files, folder, *sorted(folder.glob("*.key"))) if path.exists()]
    exposed = [path for path in looked_at if path.stat().st_mode & OTHERS]
    for path in exposed:
        mode = "700" if path.is_dir() else "600"
        said = _("Others can read %(path)s: chmod %(mode)s %(path)s", path=path, mode=mode)
        yield Finding(Sign.WRONG, said)
    if not exposed:
        yield Finding(Sign.GOOD, _("Only their owner can read the keys."))


def examine_certificate(address: str, at: datetime) -> Findings:
    """Say whether browsers take the certificate of the site, and for how long."""
    if not address.startswith("https:"):
        return
    faults = {
        Fault.UNREACHABLE: _("No secure answer came from %(address)s: its certificate is not known."),
        Fault.EXPIRED: _("The certificate of %(address)s has ended: nobody can enter. Renew it."),
        Fault.OTHER_NAME: _("The certificate of %(address)s is made for another name."),
        Fault.UNTRUSTED: _("The certificate of %(address)s comes from no authority that browsers know."),
    }
    try:
        left = find_end(address, ask_for_end) - at
    except CertificateError as error:
        sign = Sign.NOTE if error.fault is Fault.UNREACHABLE else Sign.WRONG
        yield Finding(sign, faults[error.fault] % {"address": address})
        return
    days = ngettext("%(num)d day", "%(num)d days", max(left.days, 0))
    said = _("The certificate of %(address)s is good for %(days)s.", address=address, days=days)
    yield Finding(Sign.WRONG if left < SOON else Sign.GOOD, said)


def examine_database(config: Config) -> Findings:
    """Say whether the database answers and has every table.

    Its address is not said: it may hold a password.
    """
    if config["DIRECTORY_URL"] is None:
        sentence = _("RELAIS_DIRECTORY_URL is not set: this process serves the public and has no database.")
        yield Finding(Sign.NOTE, sentence)
        return
    said = {
        State.ABSENT: _("There is no database yet: flask --app wsgi db upgrade"),
        State.SILENT: _("The database does not answer. Is it running, and its address right?"),
        State.OTHER: _("The database is of another version: flask --app wsgi db upgrade"),
        State.GOOD: _("The database answers and is up to date."),
    }
    state = look_at(DIRECTORY, config["DIRECTORY_URL"])
    yield Finding(Sign.GOOD if state is State.GOOD else Sign.WRONG, said[state])


def lacks_database(config: Config) -> bool:
    """Say whether there is no database, or the file of one is absent."""
    urls = [url for name in ("DIRECTORY_URL", "CASES_URL", "KEYS_URL") if (url := config[name])]
    return not urls or any(is_missing_file(url) for url in urls)


def examine_seals(config: Config) -> Findings:
    """Say whether the old secret key is still needed, and what no key opens any more."""
    if lacks_database(config):
        return
    try:
        counted = count_ages()
    except SQLAlchemyError:
        return  # what is wrong with the database was said already
    if lost := counted[Age.UNKNOWN]:
        said = ngettext(
            "No key that is set opens %(num)d thing.", "No key that is set opens %(num)d things.", lost
        )
        advice = _("If the secret key was changed, set the one before: RELAIS_SECRET_KEY_OLD_FILE")
        yield Finding(Sign.WRONG, f"{said} {advice}")
    if not config["SECRET_KEY_OLD"]:
        return
    if old := counted[Age.OLD]:
        said = ngettext("%(num)d thing waits", "%(num)d things wait", old)
        yield Finding(Sign.NOTE, _("%(said)s to be sealed anew: keep RELAIS_SECRET_KEY_OLD.", said=said))
    else:
        said = _("Nothing is sealed with the old secret key any more: take RELAIS_SECRET_KEY_OLD away.")
        yield Finding(Sign.NOTE, said)


def examine_mail(config: Config) -> Findings:
    """Say whether letters have a way out, how many wait and how many were given up."""
    if lacks_database(config):
        return
    try:
        counts = count_all_unsent()
    except SQLAlchemyError:
        return  # what is wrong with the database was said already
    if counts.dead:
        said = ngettext("%(num)d letter was given up", "%(num)d letters were given up", counts.dead)
        yield Finding(Sign.WRONG, _("%(said)s: flask --app wsgi relais mail", said=said))
    waiting = ngettext("%(num)d letter waits.", "%(num)d letters wait.", counts.waiting)
    if make_sender(config) is not None:
        yield Finding(Sign.GOOD, _("Mail has a way out.") + " " + waiting)
    else:
        sign = Sign.WRONG if counts.waiting else Sign.NOTE
        yield Finding(sign, _("No way for mail is set: RELAIS_MAIL_HOST.") + " " + waiting)


def examine_tick(config: Config, at: datetime) -> Findings:
    """Say whether the scheduled command runs, and which of its jobs failed when it last did."""
    if config["DIRECTORY_URL"] is None:
        return
    note = read_note(config["EDITION_DIR"])
    if note.ran_at is None:
        sentence = _("The scheduled command never ran; every five minutes: flask --app wsgi relais tick")
        yield Finding(Sign.WRONG, sentence)
    elif tick_is_late(at):
        when = f"{note.ran_at:%Y-%m-%d %H:%M} UTC"
        sentence = _(
            "The scheduled command is late, it last ran on %(when)s: flask --app wsgi relais tick", when=when
        )
        yield Finding(Sign.WRONG, sentence)
    else:
        yield Finding(Sign.GOOD, _("The scheduled command runs."))
    for job in note.failed:
        yield Finding(Sign.WRONG, _("When it last ran, this failed: %(job)s", job=job))


def examine_edition(root: Path, at: datetime) -> Findings:
    """Say whether the edition shown is whole, and its age."""
    try:
        folder = EditionFolder(root).current()
        if folder is None:
            yield Finding(Sign.WRONG, _("No edition was built yet: flask --app wsgi relais edition build"))
            return
        manifest = read_manifest(folder)
        check_files(folder, manifest)
    except DamagedEditionError as error:
        yield Finding(Sign.WRONG, _("The edition is damaged: %(reason)s", reason=str(error)))
    except (OSError, UnicodeError):
        yield Finding(Sign.WRONG, _("The editions cannot be read: %(path)s", path=root))
    else:
        age = at - manifest.built_at
        since = ngettext("%(num)d day", "%(num)d days", max(age.days, 0))
        said = _("Edition %(number)d is whole; its age: %(age)s.", number=manifest.number, age=since)
        yield Finding(Sign.NOTE if age > OLD else Sign.GOOD, said)


def examine_readers(config: Config, at: datetime) -> Findings:
    """Say which processes were not heard of: they may show what was withdrawn; and whether signs come."""
    root: Path = config["EDITION_DIR"]
    readers = list_readers(root)
    silent = [reader.name for reader in readers if reader.is_silent(at)]
    for name in silent:
        said = _("%(name)s was not heard of, and may show what was withdrawn", name=name)
        yield Finding(Sign.NOTE, f"{said}: flask --app wsgi relais edition readers")
    contact, hours = last_contact(root), config["CONTACT_HOURS"]
    if contact is not None and at - contact > timedelta(hours=hours):
        said = _(
            "No sign of whoever publishes for %(hours)d hours: shelters show their region only.", hours=hours
        )
        yield Finding(Sign.WRONG, said)
    if readers and not silent:
        yield Finding(Sign.GOOD, _("Every process that shows the directory was heard of."))


def examine_sealing(folder: Path) -> Findings:
    """Say whether the key of a month could be made."""
    place = nearest_folder(folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            yield Finding(Sign.GOOD, _("The keys of searches can be written."))
    except OSError:
        yield Finding(Sign.WRONG, _("The keys of searches cannot be written in %(path)s", path=folder))


def examine_disk(config: Config) -> Findings:
    """Say where little room is left, once for each disk."""
    places: dict[int, Path] = {}
    for name in ("EDITION_DIR", "SEALING_DIR", "AUDIT_WITNESS"):
        place = nearest_folder(config[name])
        places.setdefault(place.stat().st_dev, place)
    short = False
    for place in places.values():
        free = shutil.disk_usage(place).free
        if free < LEAST_FREE:
            short = True
            said = _("Little room is left at %(path)s: %(free)d MB", path=place, free=free // MEGABYTE)
            yield Finding(Sign.WRONG, said)
    if not short:
        yield Finding(Sign.GOOD, _("There is room on the disk."))


def nearest_folder(path: Path) -> Path:
    """Return what is there of a path: itself, or the first above it that exists."""
    return next(place for place in (path, *path.parents) if place.exists())
