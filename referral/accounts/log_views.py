"""Who looked at what: an organization reads its own log, on the page or as a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.guard import require
from referral.access.policy import Permission, Target
from referral.accounts import door
from referral.accounts.blueprint import blueprint
from referral.accounts.organizations import name_place
from referral.accounts.people_views import read_place
from referral.audit import words
from referral.audit.events import Action, Event
from referral.audit.queries import PAGE, Line, list_for_organization
from referral.audit.services import record_apart
from referral.shared.clock import QUEBEC
from referral.shared.database import directory_session

MOST_LINES = 5000
LAST_POSITION = 2**63 - 1
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@blueprint.get("/places/<code>/log")
def access_log(code: str) -> ResponseReturnValue:
    """Show who looked at what of an organization, newest first."""
    place = read_place(code)
    actor = require(Permission.AUDIT_READ, Target(place))
    assert place is not None  # noqa: S101  # the policy lets nobody read the installation's here
    before = request.args.get("before", type=read_position)
    lines = list_for_organization(directory_session(), place, before)
    page = render_template(
        "accounts/log.html",
        lines=lines,
        code=code,
        place_name=name_place(directory_session(), place),
        older=lines[-1].number if len(lines) == PAGE else None,
    )
    directory_session().rollback()
    record_apart(Event(Action.VIEW, "access_log", place, actor, place))
    return page


def read_position(text: str) -> int:
    """Return a place in the log; raises ValueError for a number that no database holds."""
    number = int(text)
    if not 0 <= number <= LAST_POSITION:
        raise ValueError(number)
    return number


@blueprint.get("/places/<code>/log.csv")
def access_log_sheet(code: str) -> ResponseReturnValue:
    """Give the same as a sheet, to whoever has just proved who she is."""
    place = read_place(code)
    actor = require(Permission.AUDIT_READ, Target(place))
    assert place is not None  # noqa: S101  # as above
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    lines = list_for_organization(directory_session(), place, limit=MOST_LINES)
    directory_session().rollback()
    record_apart(Event(Action.EXPORT, "access_log", place, actor, place))
    response = Response(write_sheet(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="relais.csv"'
    return response


def write_sheet(lines: Iterable[Line]) -> str:
    """Return lines as CSV that no spreadsheet takes for formulas."""
    written = io.StringIO()
    written.write("\ufeff")
    sheet = csv.writer(written)
    sheet.writerow([_("When"), _("What")])
    for line in lines:
        sheet.writerow([say_stamp(line.occurred_at), defuse(words.say(line))])
    return written.getvalue()


def say_stamp(at: datetime) -> str:
    """Return a moment of Québec that sorts."""
    return f"{at.astimezone(QUEBEC):%Y-%m-%d %H:%M:%S}"


def defuse(text: str) -> str:
    """Return a cell that no spreadsheet computes."""
    return f"'{text}" if text.startswith(FORMULA) else text
