"""``flask relais tick``: what is done by itself; to be run every five minutes."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from referral.cli.console import check_directory, output, refuse, speaking
from referral.shared.clock import now
from referral.shared.tick import AlreadyRunningError, run_due


@click.command("tick")
@click.option("--quiet", is_flag=True, help="Say only what failed.")
@with_appcontext
def tick_command(*, quiet: bool) -> None:
    """Do what is due; running it twice, late or at once does no harm. Ends with 1 if something failed."""
    with speaking():
        check_directory()
        try:
            outcomes = run_due(now())
        except AlreadyRunningError:
            if not quiet:
                output.print(_("Another run has not ended: nothing to do."))
            return
        for outcome in outcomes:
            if outcome.error is None and not quiet:
                output.print(_("Done: %(job)s", job=outcome.job), markup=False)
        failed = [outcome for outcome in outcomes if outcome.error is not None]
        if failed:
            refuse(
                *(_("Failed: %(job)s (%(error)s)", job=each.job, error=each.error) for each in failed),
                _("Run “flask --app wsgi relais doctor” to know more."),
            )
