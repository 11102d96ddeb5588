"""``flask demo seed``: the command that only a demonstration has."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from referral.cli.console import refuse, speaking
from referral.demo.accounts import NotFictionalError
from referral.demo.seeding import NoCatalogueError, seed
from referral.shared.clock import now
from referral.shared.database import directory_session, writing


@click.group("demo")
def demo_group() -> None:
    """Fill the demonstration."""


@demo_group.command("seed")
@with_appcontext
def seed_command() -> None:
    """Add the fictional people that are not there yet; what was done with the others stays."""
    with speaking():
        try:
            with writing(directory_session()) as session:
                seed(session, now())
        except NotFictionalError:
            refuse(_("This database is not a demonstration's: nobody was added."))
        except NoCatalogueError as error:
            refuse(_("Import the fictional catalogue first: %(id)s is not there.", id=str(error)))
