"""``flask relais flags`` and ``flask relais unmet-needs``: what readers told us, until it has pages."""

from __future__ import annotations

from textwrap import indent
from uuid import UUID

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from rich.table import Table

from referral.access.policy import Permission
from referral.audit.events import Action, Event
from referral.audit.services import record, record_apart
from referral.catalogue.vocabulary import label
from referral.cli.console import check_directory, operator, output, refuse, speaking
from referral.evidence import queries, services
from referral.evidence.kinds import FlagStatus
from referral.geo.areas import REGIONS
from referral.shared.bilingual import Language
from referral.shared.database import directory_session, writing


@click.group("flags", invoke_without_command=True)
@click.pass_context
def flags_group(context: click.Context) -> None:
    """List what readers say of listings, what is unsafe first; ``close`` says what came of one."""
    if context.invoked_subcommand is None:
        list_flags()


@with_appcontext
def list_flags() -> None:
    """Print what waits for review."""
    with speaking() as language:
        check_directory()
        record_apart(Event(Action.VIEW, "flags", actor=operator(Permission.FLAG_REVIEW)))
        waiting = queries.list_waiting_flags(directory_session())
        for flag, service in waiting:
            output.print(f"{flag.id}  {flag.flagged_on}  {flag.kind}", markup=False)
            output.print(f"  {service.name.best(language)[0]} ({service.slug})", markup=False)
            if flag.note:
                output.print(indent(flag.note, "  "), markup=False)
        output.print(_("Waiting for review: %(count)d.", count=len(waiting)))


@flags_group.command("close")
@click.argument("flag_id", type=click.UUID)
@click.argument("status", type=click.Choice([FlagStatus.CORRECTED.value, FlagStatus.DISMISSED.value]))
@with_appcontext
def close_command(flag_id: UUID, status: str) -> None:
    """Say what came of a flag: the listing was corrected, or the flag set aside."""
    with speaking():
        check_directory()
        actor = operator(Permission.FLAG_REVIEW)
        with writing(directory_session()) as session:
            flag = queries.find_flag(session, flag_id)
            if flag is None:
                refuse(_("There is no such flag: %(id)s", id=flag_id))
            services.close_flag(flag, FlagStatus(status))
            record(session, Event(Action.CHANGE, "flag", flag_id, actor))


@click.command("unmet-needs")
@with_appcontext
def unmet_needs_command() -> None:
    """Count the needs that nothing met, by month, region, need and reason."""
    with speaking() as language:
        check_directory()
        record_apart(Event(Action.VIEW, "unmet_needs", actor=operator(Permission.FLAG_REVIEW)))
        table = Table(_("Month"), _("Region"), _("Need"), _("Reason"), _("Number"), box=None, pad_edge=False)
        for month, region, need, reason, count in queries.count_unmet_needs(directory_session()):
            table.add_row(
                f"{month:%Y-%m}",
                _region(region, language),
                label("categories", need).best(language)[0],
                reason,
                str(count),
            )
        output.print(table, soft_wrap=False)


def _region(code: str | None, language: Language) -> str:
    return REGIONS[code].best(language)[0] if code else _("not known")
