"""The page on which whoever leads says when her organization reads what it is sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import Length, StopValidation

from referral.access.policy import Permission
from referral.accounts.forms import StaffForm
from referral.intake.asked import acting
from referral.intake.file_words import WEEKDAYS
from referral.referrals.areas import referrals
from referral.referrals.hours import WEEK
from referral.referrals.reading import (
    HoursChangedError,
    HoursRefusedError,
    Week,
    as_week,
    list_spans,
    read_day,
    save_week,
    say_read_at,
)
from referral.shared.clock import now
from referral.shared.conflict import compare
from referral.shared.database import CASES, cases_session, writing

LONGEST = 80
WRONG = _l("Write hours such as 9:00-17:00, or 20:00-8:00 for a night; several with a comma, apart.")


def check_day(_form: StaffForm, field: StringField) -> None:
    """Refuse what is not hours."""
    try:
        read_day(int(field.name.removeprefix("day")), field.data or "")
    except HoursRefusedError as error:
        raise StopValidation(WRONG) from error


def _day_field(number: int) -> StringField:
    return StringField(
        WEEKDAYS[number],
        [Length(max=LONGEST, message=WRONG), check_day],
        filters=[lambda text: (text or "").replace("\0", "").strip()],
        render_kw={"autocomplete": "off", "maxlength": LONGEST},
    )


class HoursForm(StaffForm):
    """Hours of a week, and what was shown when the page was opened."""

    day0, day1, day2 = _day_field(0), _day_field(1), _day_field(2)
    day3, day4, day5, day6 = _day_field(3), _day_field(4), _day_field(5), _day_field(6)
    shown = HiddenField(default="", validators=[Length(max=WEEK * (LONGEST + 1))])

    @property
    def week(self) -> Week:
        """Return what is typed for each day."""
        return {f"day{day}": self[f"day{day}"].data or "" for day in range(WEEK)}

    def read_shown(self) -> Week:
        """Return what the page showed; other than a week it is what nobody has kept."""
        lines = (self.shown.data or "").split("|")
        return {f"day{day}": line for day, line in enumerate(lines)}


def join(week: Week) -> str:
    """Return a week as the page keeps what it showed."""
    return "|".join(week[f"day{day}"] for day in range(WEEK))


@referrals.get("/hours")
def hours() -> ResponseReturnValue:
    """Show the hours of an organization, and what senders are told now."""
    _actor, place = acting(Permission.HOURS_CHANGE)
    week = as_week(list_spans(cases_session(), place))
    return show(HoursForm(formdata=None, data={**week, "shown": join(week)}), place)


def show(form: HoursForm, place: UUID, status: int | None = None, **more: Any) -> ResponseReturnValue:
    """Show the page."""
    page = render_template(
        "referrals/hours.html",
        form=form,
        days=[form[f"day{day}"] for day in range(WEEK)],
        said=say_read_at(list_spans(cases_session(), place), now()),
        labels={f"day{day}": WEEKDAYS[day] for day in range(WEEK)},
        **{"conflict": None, **more},
    )
    return page, status or form.status


@referrals.post("/hours")
def change_hours() -> ResponseReturnValue:
    """Keep hours; where somebody saved meanwhile, show both and keep neither."""
    actor, place = acting(Permission.HOURS_CHANGE)
    form = HoursForm()
    if not form.validate_on_submit():
        return show(form, place)
    try:
        with writing(cases_session(), CASES) as session:
            save_week(session, place, form.week, form.read_shown(), actor)
    except HoursChangedError as error:
        conflict = compare(form.week, error.theirs)
        form.shown.data = join(error.theirs)
        return show(form, place, HTTPStatus.CONFLICT, conflict=conflict)
    flash(_("Saved."))
    return redirect(url_for("referrals.hours"), HTTPStatus.SEE_OTHER)
