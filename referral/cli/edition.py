"""``flask relais edition``: builds what the public sees, shows and verifies it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import ngettext

from referral.access.policy import Permission
from referral.cli.console import check_directory, operator, output, progress_of, refuse, speaking
from referral.edition.builder import OlderDirectoryError, build_edition
from referral.edition.folder import EditionFolder
from referral.edition.manifest import DamagedEditionError, Manifest, check_files, read_manifest
from referral.edition.readers import ReaderNote, forget_reader, last_contact, list_readers
from referral.shared.clock import now
from referral.shared.database import directory_session


@click.group("edition")
def edition_group() -> None:
    """Build, show or verify the edition that the public reads."""


@edition_group.command("build")
@with_appcontext
def build_command() -> None:
    """Compile what may be shown and show it to every running process."""
    with speaking():
        check_directory()
        operator(Permission.EDITION_BUILD)
        config = current_app.config
        try:
            with progress_of(_("Compiling")) as progress:
                built = build_edition(
                    directory_session(),
                    config["EDITION_DIR"],
                    config["PUBLISHED_FROM"],
                    config["EDITIONS_KEPT"],
                    progress,
                )
        except OlderDirectoryError as error:
            refuse(
                _("The directory is older than the edition shown (%(reason)s).", reason=str(error)),
                _("If you restored a backup, empty the editions' folder and restart the servers."),
            )
        _say(built.manifest)
        output.print(
            _("%(compiled)d compiled, %(reused)d taken over.", compiled=built.compiled, reused=built.reused)
        )
        for service_id in built.held_back:
            output.print(_("Held back, its name tells of a place: %(id)s", id=service_id), markup=False)


@edition_group.command("show")
@with_appcontext
def show_command() -> None:
    """Say which edition is shown, how old it is and what it holds."""
    with speaking():
        _say(read_manifest(_shown()))


@edition_group.command("verify")
@with_appcontext
def verify_command() -> None:
    """Compare every file of the edition shown with its manifest."""
    with speaking():
        folder = _shown()
        try:
            manifest = read_manifest(folder)
            check_files(folder, manifest)
        except DamagedEditionError as error:
            refuse(_("The edition is damaged: %(reason)s", reason=str(error)))
        output.print(_("Every file is as the manifest says (%(count)d files).", count=len(manifest.files)))


@edition_group.command("readers")
@click.option("--forget", metavar="NAME", help="Wait no more for a process that shows nothing any more.")
@with_appcontext
def readers_command(forget: str | None) -> None:
    """Say which processes show which edition, who is silent, and when whoever publishes gave a sign."""
    with speaking():
        root = current_app.config["EDITION_DIR"]
        if forget is not None:
            operator(Permission.EDITION_BUILD)
            if not forget_reader(root, forget):
                refuse(_("There is no reader of that name."))
        contact = last_contact(root)
        sign = f"{contact:%Y-%m-%d %H:%M} UTC" if contact else _("never")
        output.print(_("Last sign of whoever publishes: %(when)s", when=sign), markup=False)
        readers = list_readers(root)
        for reader in readers:
            output.print(_say_reader(reader, now()), markup=False)
        if not readers:
            output.print(_("No process has said yet that it shows the directory."))


def _say_reader(reader: ReaderNote, at: datetime) -> str:
    """Return one line about a process."""
    said = _(
        "%(name)s shows edition %(number)d, last heard of %(when)s",
        name=reader.name,
        number=reader.number,
        when=f"{reader.seen_at:%Y-%m-%d %H:%M} UTC",
    )
    return f"{said} – {_('silent')}" if reader.is_silent(at) else said


def _shown() -> Path:
    folder = EditionFolder(current_app.config["EDITION_DIR"]).current()
    if folder is None:
        refuse(_("No edition was built yet."))
    return folder


def _say(manifest: Manifest) -> None:
    """Print what an edition holds, a fact a line."""
    output.print(
        _(
            "Edition %(number)d, built %(at)s",
            number=manifest.number,
            at=f"{manifest.built_at:%Y-%m-%d %H:%M} UTC",
        )
    )
    output.print(_("Digest %(digest)s", digest=manifest.digest))
    output.print(
        ngettext("%(num)d service", "%(num)d services", manifest.services)
        + ", "
        + ngettext("%(num)d organization", "%(num)d organizations", manifest.organizations)
    )
    output.print(_("Least step published: %(step)s", step=manifest.published_from))
    output.print(
        ngettext("%(num)d text withheld for safety", "%(num)d texts withheld for safety", manifest.withheld)
    )
