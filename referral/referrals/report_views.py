"""Reports of an organization: true ones for inside it, and what may leave it, on the page and as a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.policy import Actor, Permission
from referral.accounts import door
from referral.accounts.forms import PlainForm
from referral.accounts.organizations import list_names
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record, record_apart
from referral.i18n.locale import current_language
from referral.intake.asked import acting
from referral.partners.sheet_views import as_file
from referral.referrals import leaving
from referral.referrals.areas import referrals
from referral.referrals.counting import count_steps
from referral.referrals.leaving import Asked, LeavesOtherwiseError, NotEndedError
from referral.referrals.periods import Period, list_periods, year_of
from referral.referrals.release_models import Subject
from referral.referrals.report_sheets import make_book
from referral.referrals.report_tables import lay_released, lay_true
from referral.referrals.report_words import HIDDEN, STEPS, SUBJECTS, say_period
from referral.shared.clock import QUEBEC, now
from referral.shared.database import CASES, cases_session, directory_session, writing

TARGET = "report"
INSIDE = "referrals/reports.html"
MAP = "gaps.show_map"
FILES = {"fr": "rapport", "en": "report"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks for which report, and which there are."""

    actor: Actor
    asked: Asked
    periods: list[Period]
    today: date

    @property
    def fields(self) -> dict[str, Any]:
        """Return what the address holds of it."""
        return {"of": self.asked.subject.value, "period": self.asked.period.code}


def read_wanted() -> Wanted:
    """Return what an address or a form asks for; what makes no sense is the quarter that runs."""
    actor, place = acting(Permission.REPORT_READ)
    today = now().astimezone(QUEBEC).date()
    periods = list_periods(today)
    code, of = request.values.get("period"), request.values.get("of")
    period = next((each for each in periods if each.code == code), periods[0])
    subject = Subject(of) if of in set(Subject) else Subject.SENT
    return Wanted(actor, Asked(place, subject, period), periods, today)


def show(template: str, wanted: Wanted, **more: object) -> str:
    """Show one of the two pages."""
    return render_template(
        template,
        wanted=wanted,
        subject=wanted.asked.subject,
        subjects=SUBJECTS,
        period=wanted.asked.period,
        place=name_place(wanted),
        is_inside=template == INSIDE,
        say_period=say_period,
        hidden=HIDDEN,
        map=url_for(MAP) if MAP in current_app.view_functions else None,
        **more,
    )


@referrals.get("/reports")
def reports() -> ResponseReturnValue:
    """Show true counts, for inside the organization only."""
    wanted = read_wanted()
    session, asked = cases_session(), wanted.asked
    steps = count_steps(
        session,
        asked.organization_id,
        asked.period.first,
        asked.period.last,
        is_sender=asked.subject is Subject.SENT,
    )
    return show(
        INSIDE,
        wanted,
        steps=[(STEPS[step], number) for step, number in steps.items()],
        tables=lay_true(leaving.list_counted(session, asked)),
    )


@referrals.get("/reports/leaving")
def reports_leaving() -> ResponseReturnValue:
    """Show what left of a period, or what can be done so that it may."""
    return show_leaving(read_wanted())


def show_leaving(wanted: Wanted) -> str:
    """Show how a period stands, and what left of it."""
    stand = leaving.stand_of(cases_session(), wanted.asked, wanted.today)
    released = leaving.find_release(cases_session(), wanted.asked)
    return show(
        "referrals/reports_leaving.html",
        wanted,
        form=PlainForm(formdata=None),
        stand=stand.value,
        year=year_of(wanted.asked.period.first),
        tables=lay_released(released) if released is not None else [],
    )


@referrals.post("/reports/leaving")
def let_leave() -> ResponseReturnValue:
    """Make what may leave of a period that ended, and keep it; a second press changes nothing."""
    wanted = read_wanted()
    if not PlainForm().validate_on_submit():
        return show_leaving(wanted), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with writing(cases_session(), CASES) as session:
            leaving.let_leave(session, wanted.asked, now(), wanted.today)
            record(session, _event(wanted), CASES_CHAIN)
    except (NotEndedError, LeavesOtherwiseError):
        return show_leaving(wanted), HTTPStatus.CONFLICT
    return redirect(url_for("referrals.reports_leaving", **wanted.fields), HTTPStatus.SEE_OTHER)


@referrals.get("/reports.xlsx")
def take_reports() -> ResponseReturnValue:
    """Give true counts as a workbook, to whoever proved a short while ago who she is."""
    wanted = read_wanted()
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    tables = lay_true(leaving.list_counted(cases_session(), wanted.asked))
    return _give(
        wanted, make_book([*_head(wanted), _("True counts: they do not leave the organization.")], tables)
    )


@referrals.get("/reports/leaving.xlsx")
def take_leaving() -> ResponseReturnValue:
    """Give what left of a period as a workbook; 404 where nothing did."""
    wanted = read_wanted()
    released = leaving.find_release(cases_session(), wanted.asked)
    if released is None:
        abort(HTTPStatus.NOT_FOUND)
    about = _(
        "“%(hidden)s” stands for a number under 5, zero too, or for one that would tell such a number.",
        hidden=HIDDEN,
    )
    return _give(wanted, make_book([*_head(wanted), about], lay_released(released)))


def _give(wanted: Wanted, content: bytes) -> Response:
    cases_session().rollback()
    record_apart(_event(wanted), CASES_CHAIN)
    return as_file(content, "xlsx", FILES[current_language()])


def _event(wanted: Wanted) -> Event:
    return Event(Action.EXPORT, TARGET, None, wanted.actor, wanted.asked.organization_id)


def _head(wanted: Wanted) -> list[str]:
    """Return what a sheet says of itself."""
    title = _("Referrals that ended: %(period)s", period=say_period(wanted.asked.period))
    return [title, name_place(wanted), str(SUBJECTS[wanted.asked.subject])]


def name_place(wanted: Wanted) -> str:
    """Return what the organization is called."""
    place = wanted.asked.organization_id
    name = list_names(directory_session(), {place}).get(place)
    return name.best(current_language())[0] if name else ""
