"""``flask relais audit``: looks for what somebody did to the audit, and lets old months go."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from referral.access.policy import Permission
from referral.audit.models import Chain
from referral.audit.services import NoAuditKeyError, current_key, expire_segments, list_chains
from referral.audit.verification import Fault, Finding, verify
from referral.audit.witness import DamagedWitnessError, note_witness, read_witness
from referral.cli.console import check_directory, operator, output, refuse, speaking
from referral.shared.database import CASES, DIRECTORY, db, writing

FAULTS = {
    Fault.ALTERED: _l("Altered: event %(number)d."),
    Fault.MOVED: _l("Moved: event %(until)d is found at %(number)d."),
    Fault.REMOVED: _l("Removed: events %(number)d to %(until)d."),
    Fault.UNLINKED: _l("Replaced by another: what event %(number)d follows, or the event itself."),
    Fault.CUT_OFF: _l("Cut off at the end: events %(number)d to %(until)d."),
    Fault.BEYOND_HEAD: _l("Beyond the end: events %(number)d to %(until)d. An older end was put back."),
    Fault.HEAD: _l("The end of the chain, at event %(number)d, is not one that Relais wrote."),
    Fault.SEGMENT: _l("A month, events %(number)d to %(until)d, is not one that Relais closed."),
    Fault.REPLACED: _l(
        "Event %(number)d, where the last verification ended, is no more what it was: "
        "the whole was put back to an earlier state, by a restored backup or by somebody."
    ),
}
CHAINS = {DIRECTORY: _l("Directory"), CASES: _l("Case files")}
MOST_SAID = 100


@click.group("audit")
def audit_group() -> None:
    """Verify who looked at what, or let old months go."""


@audit_group.command("verify")
@with_appcontext
def verify_command() -> None:
    """Look for events that were altered, removed, moved or cut off; ends with 1 if any was."""
    with speaking():
        _check_key()
        operator(Permission.AUDIT_VERIFY)
        said = [line for chain in list_chains() for line in _verify(chain)]
        if said:
            refuse(*said)


def _verify(chain: Chain) -> list[str]:
    """Say where a chain ends if it is whole; return what is wrong with it otherwise."""
    path, title = current_app.config["AUDIT_WITNESS"], f"{CHAINS[chain.name]}: "
    try:
        witness = read_witness(path, chain.name)
    except DamagedWitnessError:
        refuse(_("%(path)s does not say where the audit ended.", path=path))
    with Session(db.engines[chain.name]) as session:
        verdict = verify(session, current_key(), witness, chain)
    if not verdict.is_whole:
        said = [say(finding) for finding in verdict.findings[:MOST_SAID]]
        if more := len(verdict.findings) - len(said):
            said.append(ngettext("and %(num)d more.", "and %(num)d more.", more))
        return [title + _("The audit is not whole."), *said]
    note_witness(path, chain.name, verdict.end)
    output.print(
        title
        + ngettext("The audit is whole: %(num)d event.", "The audit is whole: %(num)d events.", verdict.rows)
    )
    output.print(_("It ends at event %(number)d, %(mac)s", number=verdict.end.number, mac=verdict.end.mac))
    return []


@audit_group.command("expire")
@with_appcontext
def expire_command() -> None:
    """Let go of the months that are older than the setting says."""
    with speaking():
        _check_key()
        operator(Permission.AUDIT_EXPIRE)
        for chain in list_chains():
            with Session(db.engines[chain.name]) as session, writing(session, chain.name):
                gone = ", ".join(expire_segments(session, current_app.config["AUDIT_MONTHS"], chain))
            said = _("Months let go: %(months)s", months=gone) if gone else _("No month is old enough.")
            output.print(f"{CHAINS[chain.name]}: {said}")


def say(finding: Finding) -> str:
    """Return a finding as a sentence."""
    return str(FAULTS[finding.fault]) % {"number": finding.number, "until": finding.until}


def _check_key() -> None:
    check_directory()
    try:
        current_key()
    except NoAuditKeyError:
        refuse(_("RELAIS_AUDIT_KEY is not set: the audit cannot be verified without it."))
