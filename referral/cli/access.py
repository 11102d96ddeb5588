"""``flask relais permissions``: the policy as a page."""

from __future__ import annotations

import click

from referral.access.matrix import as_markdown


@click.command("permissions")
def permissions_command() -> None:
    """Print who may do what, as docs/permissions.md holds it."""
    click.echo(as_markdown(), nl=False)
