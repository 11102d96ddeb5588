"""« Besoin non comblé » in ten seconds, from the account, a declined referral or a file: codes, no key."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.guard import require
from referral.access.policy import Permission
from referral.evidence import services
from referral.evidence.kinds import AgeBand, UnmetReason, months_of_quarter
from referral.gaps.areas import gaps
from referral.gaps.forms import HANDED, GapForm
from referral.shared.clock import QUEBEC, now
from referral.shared.database import directory_session, writing


def list_months() -> list[date]:
    """Return the months for which a need may be told today."""
    return months_of_quarter(now().astimezone(QUEBEC).date())


@gaps.get("/new")
def new_gap() -> ResponseReturnValue:
    """Ask for a need that nothing met."""
    require(Permission.GAP_TELL)
    return show(GapForm(list_months(), formdata=None))


@gaps.post("/begin")
def begin_gap() -> ResponseReturnValue:
    """Ask with what a decline or a file hands over already chosen; nothing is kept, nor in an address."""
    require(Permission.GAP_TELL)
    given = {name: request.form.get(name, "") for name in HANDED}
    form = GapForm(list_months(), formdata=None, data=given)
    for name in HANDED:
        if given[name] not in {str(value) for value, *_rest in form[name].iter_choices()}:
            form[name].data = ""
    return show(form)


@gaps.post("/new")
def keep_gap() -> ResponseReturnValue:
    """Count the need, and say so."""
    require(Permission.GAP_TELL)
    form = GapForm(list_months())
    if not form.validate_on_submit():
        return show(form)
    need = services.Need(
        need=form.need.data,
        reason=UnmetReason(form.reason.data),
        region_code=form.region.data or None,
        clientele=form.clientele.data or None,
        exploitation=form.exploitation.data or None,
        age_band=AgeBand(form.age.data) if form.age.data else None,
    )
    month = date.fromisoformat(f"{form.month.data}-01")
    with writing(directory_session()) as session:
        services.record_unmet_need(session, need, now(), month)
    flash(_("Thank you: this need is counted"))
    return redirect(url_for("gaps.new_gap"), HTTPStatus.SEE_OTHER)


def show(form: GapForm) -> ResponseReturnValue:
    """Show the form, with what is wrong in it."""
    return render_template("gaps/new.html", form=form), form.status
