"""Attaches ``flask relais …`` to the application."""

from __future__ import annotations

from flask import Flask
from flask.cli import AppGroup

from referral.cli.access import permissions_command
from referral.cli.accounts import user_group
from referral.cli.audit import audit_group
from referral.cli.catalogue import import_command
from referral.cli.doctor import doctor_command
from referral.cli.edition import edition_group
from referral.cli.evidence import flags_group, unmet_needs_command
from referral.cli.keys import keys_group
from referral.cli.mail import mail_group
from referral.cli.search import search_command
from referral.cli.tick import tick_command

relais = AppGroup("relais", help="Le répertoire Relais / the Relais directory.")
for command in (
    import_command,
    edition_group,
    search_command,
    flags_group,
    unmet_needs_command,
    permissions_command,
    audit_group,
    keys_group,
    doctor_command,
    mail_group,
    tick_command,
    user_group,
):
    relais.add_command(command)


def init_app(app: Flask) -> None:
    """Register the commands; each calls one service."""
    app.cli.add_command(relais)
