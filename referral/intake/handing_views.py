"""Many files handed over at once, by whose they are or by whoever leads."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from referral.access.guard import find_actor, require
from referral.access.policy import Actor, Permission, Target, permits
from referral.intake import handing, queries
from referral.intake.areas import cases
from referral.intake.life import KeeperRefusedError
from referral.intake.life_forms import REFUSED, UNTIL, HandingForm, choose_keepers, read_person
from referral.intake.models import Case
from referral.intake.people import list_colleagues
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, directory_session, writing

NO_BREAK_HYPHEN = "\u2011"
"""A code that breaks at the end of a line is read as two."""


@cases.route("/hand-over", methods=["GET", "POST"])
def hand_over() -> ResponseReturnValue:
    """Hand over files of oneself; whoever leads, those of anybody of the organization."""
    actor = find_actor()
    place = actor.acting_for if actor else None
    giver = read_person(request.args.get("of")) or (actor.user_id if actor else None)
    actor = require(Permission.CASE_ASSIGN, Target(place, giver))
    if place is None or giver is None:
        abort(HTTPStatus.NOT_FOUND)
    people = list_colleagues(directory_session(), place)
    files = queries.list_to_hand(cases_session(), giver, place, handing.AT_ONCE)
    labels = {row.case.id: _label(row.nickname, row.case.code) for row in files}
    form = HandingForm(labels, {each: name for each, name in people.items() if each != giver})
    if form.validate_on_submit():
        try:
            given = _give(form, actor, giver, people)
        except KeeperRefusedError as error:
            form.refuse(error.field, REFUSED[error.field])
        else:
            flash(ngettext("One file was handed over.", "%(num)d files were handed over.", given))
            return redirect(url_for("cases.list_files"), HTTPStatus.SEE_OTHER)
    leads = permits(actor, Permission.CASE_ASSIGN, Target(place))
    page = render_template(
        "cases/hand_over.html",
        form=form,
        files=files,
        giver=giver,
        me=actor.user_id,
        people=people if leads else {},
        giver_name=people.get(giver, _("somebody who left")),
    )
    return page, form.status


def _label(nickname: str | None, code: str) -> str:
    return " · ".join(filter(None, (nickname, code.replace("-", NO_BREAK_HYPHEN))))


def _give(form: HandingForm, actor: Actor, giver: UUID, people: dict[UUID, str]) -> int:
    """Hand over what was ticked and is still the giver's, all or none."""
    until = form.until.data if form.how.data == UNTIL else None
    wanted = choose_keepers(form.owner.data, form.deputy.data, until)
    if wanted.owner_id == giver:
        raise KeeperRefusedError("owner")
    ticked = [UUID(each) for each in form.files.data]
    hers = sa.and_(Case.id.in_(ticked), Case.owner_id == giver, Case.organization_id == actor.acting_for)
    with writing(cases_session(), CASES) as session:
        files = handing.hold_files(session, hers, actor, now())
        return handing.hand_over(files, wanted, people)
