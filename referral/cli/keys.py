"""``flask relais keys``: the master key of case files, made, replaced and brought back from its paper."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import ngettext

from referral.access.policy import Permission
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import current_key, record_apart
from referral.cli.console import operator, output, refuse, speaking
from referral.cli.key_words import EXPLAINED, THINGS, explain, say_fault
from referral.intake.orphans import destroy_counted, find_orphans
from referral.intake.safe import ring
from referral.keyring.folder import MasterKeyError, list_masters, read_master
from referral.keyring.queries import count_things, list_fingerprints, list_needed
from referral.keyring.services import (
    Made,
    MasterKeyExistsError,
    NoMasterKeyError,
    create_master,
    recover_master,
    remove_retired,
    rotate_master,
)
from referral.shared.clock import now
from referral.shared.database import KEYS, cases_session, keys_session, writing

TARGET = "master_key"


@click.group("keys")
def keys_group() -> None:
    """Make, replace or bring back the master key, without which no case file can be read."""


@keys_group.command("create")
@click.option("--if-none", is_flag=True, help="Do nothing where there is a master key already.")
@with_appcontext
def create_command(*, if_none: bool) -> None:
    """Make the first master key, and print its recovery code: once, and never again."""
    with _speaking_of_keys():
        try:
            with writing(keys_session(), KEYS):
                made = create_master(ring(), now())
                _say_code(made)
        except MasterKeyExistsError:
            if if_none:
                return
            raise
        _record(Action.CREATE, made.fingerprint)
        output.print(_("The master key %(name)s was made. Case files can be kept.", name=made.fingerprint))


@keys_group.command("rotate")
@with_appcontext
def rotate_command() -> None:
    """Replace the master key; it can be stopped at any moment, and run again, without harm."""
    with _speaking_of_keys():
        with writing(keys_session(), KEYS):
            made, count = rotate_master(ring(), now())
            _say_code(made)
        with writing(keys_session(), KEYS):
            gone = remove_retired(ring())
        _record(Action.CHANGE, made.fingerprint)
        wrapped = ngettext("%(num)d organization", "%(num)d organizations", count)
        said = _("The master key is now %(name)s, for %(count)s.", name=made.fingerprint, count=wrapped)
        output.print(said)
        if gone:
            output.print(_("Removed, since they open nothing any more: %(names)s", names=", ".join(gone)))
        output.print(
            _("Keep the paper of the key before for as long as a backup from before today: 30 days at most.")
        )


@keys_group.command("recover")
@with_appcontext
def recover_command() -> None:
    """Bring a lost master key back; the recovery code is asked for, and never an argument."""
    with _speaking_of_keys():
        name = recover_master(ring(), _ask_code())
        keys_session().rollback()
        _record(Action.CHANGE, name)
        output.print(_("The master key %(name)s is back. Case files can be read again.", name=name))


@keys_group.command("status")
@with_appcontext
def status_command() -> None:
    """Say which master keys are needed, whether their files are there, and of how much; never a key."""
    with _speaking_of_keys():
        needed = list_needed(keys_session())
        if not needed:
            raise NoMasterKeyError
        wrong = [fault for each in needed if (fault := _fault_of(each.fingerprint)) is not None]
        for each in needed:
            made = f"{each.made_at:%Y-%m-%d}"
            count = ngettext("%(num)d organization", "%(num)d organizations", each.organizations)
            said = _(
                "Master key %(name)s, of %(made)s: %(count)s", name=each.fingerprint, made=made, count=count
            )
            output.print(said)
        for kind, number in count_things(keys_session()).items():
            output.print(THINGS[kind] % {"count": number})
        _say_strangers()
        _say_orphans()
        _record(Action.VIEW, None)
        if wrong:
            refuse(*wrong)
        output.print(_("Every master key that is needed is there, and only its owner can read it."))


@keys_group.command("clean")
@click.argument("count", type=click.IntRange(min=1))
@with_appcontext
def clean_command(count: int) -> None:
    """Destroy COUNT keys that open nothing, as many as “status” says: those of an older backup, for instance.

    Another number than is found destroys none.
    """
    with _speaking_of_keys():
        found = destroy_counted(now(), count)
        if found != count:
            refuse(_("There are %(found)d keys that open nothing, not %(count)d.", found=found, count=count))
        _record(Action.ERASURE, None)
        output.print(ngettext("%(num)d key was destroyed.", "%(num)d keys were destroyed.", count))


@contextmanager
def _speaking_of_keys() -> Iterator[None]:
    """Check that this may be done and be written down; say in a sentence what keeps it from being done."""
    with speaking():
        operator(Permission.KEYS_KEEP)
        if current_app.config["CASES_URL"] is None:
            refuse(_("RELAIS_CASES_URL is not set: there are no case files here."))
        try:
            current_key()
            cases_session().execute(sa.select(CASES_CHAIN.head.id))
            cases_session().rollback()
            yield
        except EXPLAINED as error:
            refuse(explain(error))


def _fault_of(name: str) -> str | None:
    """Return what keeps a master key from being used, as a sentence."""
    try:
        read_master(_folder(), name)
    except MasterKeyError as error:
        return say_fault(error)
    return None


def _say_code(made: Made) -> None:
    """Print a recovery code before it counts: a process that ends here leaves a paper that opens nothing.

    After the commit, it could leave a master key without any paper.
    """
    for line in (
        _("Recovery code of the master key %(name)s:", name=made.fingerprint),
        "",
        f"    {made.code}",
        "",
        _("Write it on paper, with the name of the key, and put the paper in a safe."),
        _("Never keep it with the backups, nor on this machine. It is not shown again."),
        _("Without it, a lost master key means that no case file can be read again, by anybody."),
        "",
    ):
        click.echo(line)


def _ask_code() -> str:
    """Take the code from the standard input, unseen where somebody types it."""
    if sys.stdin.isatty():
        return str(click.prompt(_("Recovery code"), hide_input=True))
    return sys.stdin.readline()


def _say_strangers() -> None:
    """Name files of master keys that the store never knew."""
    known = list_fingerprints(keys_session())
    if strangers := [name for name in list_masters(_folder()) if name not in known]:
        names = ", ".join(strangers)
        said = _("Files of master keys that this store does not know: %(names)s.", names=names)
        why = _("They are of another store, or of a run that was cut off; nothing is removed by itself.")
        output.print(f"{said} {why}")


def _say_orphans() -> None:
    """Say how many keys open nothing."""
    if count := len(find_orphans(now()).unknown):
        said = ngettext("%(num)d key opens nothing", "%(num)d keys open nothing", count)
        advice = f"flask --app wsgi relais keys clean {count}"
        output.print(_("%(said)s; to destroy: %(advice)s", said=said, advice=advice))


def _folder() -> Path:
    folder: Path = current_app.config["MASTER_KEY_DIR"]
    return folder


def _record(action: Action, name: str | None) -> None:
    record_apart(Event(action, TARGET, name, operator(Permission.KEYS_KEEP)), CASES_CHAIN)
