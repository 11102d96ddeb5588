"""``flask relais import``: brings files into the directory, all or nothing."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from referral.access.policy import Permission
from referral.catalogue.importing import ImportRefusedError, import_catalogue
from referral.cli.console import check_directory, operator, output, progress_of, refuse, speaking
from referral.shared.database import directory_session, writing


@click.command("import")
@with_appcontext
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def import_command(path: Path) -> None:
    """Import a folder of sheets, or one services.csv, into the directory.

    One mistake anywhere changes nothing: each is named by file, line and column.
    """
    with speaking():
        check_directory()
        actor = operator(Permission.LISTING_IMPORT)
        try:
            with progress_of(_("Reading")) as progress, writing(directory_session()) as session:
                report = import_catalogue(session, path, actor.name, progress)
        except ImportRefusedError as refusal:
            refuse(_("Nothing was imported."), *(str(problem) for problem in refusal.problems))
        output.print(
            _(
                "%(added)d added, %(changed)d changed, %(unchanged)d unchanged.",
                added=report.added,
                changed=report.changed,
                unchanged=report.unchanged,
            )
        )
        for flag in report.flagged:
            output.print(str(flag), markup=False)
