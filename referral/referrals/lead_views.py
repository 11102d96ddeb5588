"""Who accepted begins a file of its own with what was granted; with it the sender's closes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from referral.access.guard import require
from referral.access.policy import Actor, Permission, Target
from referral.accounts.forms import StaffForm, check_line, tidy
from referral.intake import new_files
from referral.intake.cases import Step, propose_step
from referral.intake.follow_ups import day_of
from referral.intake.held import Held
from referral.intake.hooks import NotOpenedError
from referral.intake.life_forms import A_DAY, TOO_LONG, check_coming
from referral.intake.models import Case
from referral.intake.new_files import Entered
from referral.intake.packets import NotReadableError
from referral.intake.people import list_colleagues
from referral.intake.questions import LONGEST_LINE
from referral.intake.rules import read_rules
from referral.intake.safe import open_safe, open_safes
from referral.referrals.answer_words import REFUSED
from referral.referrals.areas import referrals
from referral.referrals.finding import find_referral, open_key
from referral.referrals.leading import Means, NotToLeadError, may_lead, take_lead
from referral.referrals.models import Referral
from referral.referrals.moving import Hand
from referral.referrals.status import Side
from referral.referrals.unused import destroy_unused
from referral.shared.clock import now
from referral.shared.database import CASES, HELD, cases_session, directory_session, writing


class LeadForm(StaffForm):
    """What a file cannot be without: who takes over when its owner is away, and a next step."""

    deputy = SelectField(
        _l("Who takes over when you are away"),
        [InputRequired(_l("Choose who takes over when you are away."))],
    )
    step = StringField(
        _l("Next step"),
        [DataRequired(_l("Say what is to be done.")), Length(max=LONGEST_LINE, message=TOO_LONG), check_line],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )
    step_on = DateField(_l("On which day"), [InputRequired(A_DAY), check_coming])

    def offer(self, people: Mapping[UUID, str], me: UUID | None) -> None:
        """Let a colleague be chosen."""
        others = {each: name for each, name in people.items() if each != me}
        self.deputy.choices = [
            SelectChoice(value="", label=_l("Choose")),
            *(SelectChoice(value=str(each), label=name) for each, name in others.items()),
        ]


@referrals.route("/<uuid:referral_id>/lead", methods=["GET", "POST"])
def lead(referral_id: UUID) -> ResponseReturnValue:
    """Begin a file of one's own with what was granted; at no moment has she none."""
    referral, actor = _find(referral_id)
    if referral.receiver_case_id is not None:
        return redirect(url_for("cases.show", case_id=referral.receiver_case_id), HTTPStatus.SEE_OTHER)
    if not may_lead(cases_session(), referral):
        return _back(referral_id)
    form = LeadForm()
    form.offer(list_colleagues(directory_session(), referral.receiver_id), actor.user_id)
    if not form.is_submitted():
        form.step_on.data = propose_step(referral.urgency, day_of(now()))
    if form.validate_on_submit():
        return _take(referral, actor, form)
    return render_template("referrals/lead.html", referral=referral, form=form), form.status


def _find(referral_id: UUID) -> tuple[Referral, Actor]:
    referral, side, _actor = find_referral(referral_id, Permission.REFERRAL_ANSWER)
    if side is not Side.RECEIVER:
        abort(HTTPStatus.NOT_FOUND)
    return referral, require(Permission.CASE_CREATE, Target(referral.receiver_id))


def _back(referral_id: UUID) -> ResponseReturnValue:
    flash(str(REFUSED["moved"]))
    return redirect(url_for("referrals.show", referral_id=referral_id), HTTPStatus.SEE_OTHER)


def _take(referral: Referral, actor: Actor, form: LeadForm) -> ResponseReturnValue:
    referral_id, case_id, at = referral.id, referral.case_id, now()
    sent = [each for each in (referral.public_packet_id, referral.private_packet_id) if each is not None]
    months = read_rules(cases_session(), referral.sender_id).case_months
    safe, old_safe = open_key(referral), open_safe(case_id, referral.sender_id)
    made = new_files.prepare(uuid.uuid4(), referral.receiver_id, at)
    means = Means(made, open_safes(sent, referral.sender_id), _("Asked by another organization"))
    entered = Entered(UUID(form.deputy.data), Step(form.step_on.data, form.step.data), day_of(at))
    try:
        with writing(cases_session(), CASES) as session:
            case = session.get_one(Case, case_id, with_for_update=HELD, populate_existing=True)
            locked = session.get_one(Referral, referral_id, with_for_update=HELD, populate_existing=True)
            hand = Hand(session, locked, safe, Side.RECEIVER, actor, at)
            take_lead(hand, Held(session, case, old_safe, None, at), entered, means, months)
    except (NotToLeadError, NotOpenedError, NotReadableError):
        return _back(referral_id)
    finally:
        destroy_unused(Case, [made])
    flash(
        _("Your organization keeps a file of its own from now on. It holds what she agreed to, and no more.")
    )
    return redirect(url_for("cases.show", case_id=made.thing), HTTPStatus.SEE_OTHER)
