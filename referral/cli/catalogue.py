"""``flask relais import``: brings files into the directory, all or nothing."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import ngettext

from referral.access.policy import Permission
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.importing import ImportRefusedError, ImportReport, import_catalogue
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
                record(session, Event(Action.CHANGE, "catalogue", actor=actor))
        except ImportRefusedError as refusal:
            said = [problem.text(_) for problem in refusal.problems]
            if more := refusal.total - len(said):
                said.append(ngettext("and %(num)d more mistake.", "and %(num)d more mistakes.", more))
            refuse(_("Nothing was imported."), *said)
        _say(report)


def _say(report: ImportReport) -> None:
    """Print what the import did, then what a person should look at."""
    for flag in report.flagged:
        output.print(flag.text(_), markup=False)
    output.print(
        _(
            "%(added)d added, %(changed)d changed, %(unchanged)d unchanged.",
            added=report.added,
            changed=report.changed,
            unchanged=report.unchanged,
        )
    )
    if report.kept:
        output.print(_("Kept as people confirmed them: %(count)d.", count=report.kept))
    if report.absent:
        output.print(_("In the directory and not in the file: %(count)d.", count=report.absent))
