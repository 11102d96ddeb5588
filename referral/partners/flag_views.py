"""Pages of vetters on what readers flagged."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from referral.access.guard import require
from referral.access.policy import Permission, permits
from referral.accounts.forms import StaffForm
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.catalogue.changes import earlier_number
from referral.catalogue.models import Service
from referral.directory.feedback_forms import ANSWERS, FLAGS
from referral.evidence import services
from referral.evidence.kinds import LONGEST_NOTE, FlagAnswer, NoteTellsOfAPlaceError, check_note
from referral.evidence.models import ListingFlag
from referral.evidence.queries import find_flag
from referral.partners.areas import vetting
from referral.partners.queue import forget_claims
from referral.shared.clock import now
from referral.shared.database import directory_session, writing


class AnswerForm(StaffForm):
    """What came of a flag, as whoever flagged is told."""

    answer = RadioField(
        _l("What came of it?"),
        [InputRequired(_l("Say what came of it."))],
        choices=[SelectChoice(value=code.value, label=words) for code, words in ANSWERS.items()],
        validate_choice=False,
    )
    words = TextAreaField(
        _l("A sentence more, if it helps"),
        [Length(max=LONGEST_NOTE, message=_l("Use 500 characters at most."))],
        render_kw={"rows": 3, "maxlength": LONGEST_NOTE, "autocomplete": "off"},
    )

    def validate_answer(self, field: RadioField) -> None:
        """Take only what the page offers."""
        if field.data not in set(FlagAnswer):
            raise StopValidation(_l("Say what came of it."))

    def validate_words(self, field: TextAreaField) -> None:
        """Refuse an address: the answer is shown to whoever holds the code."""
        try:
            check_note(field.data or "")
        except NoteTellsOfAPlaceError:
            raise StopValidation(_l("This seems to hold an address. Take it out.")) from None


def flag_of(flag_id: UUID) -> ListingFlag:
    """Return a flag, or answer 404."""
    return find_flag(directory_session(), flag_id) or abort(404)


@vetting.route("/flags/<uuid:flag_id>", methods=["GET", "POST"])
def show_flag(flag_id: UUID) -> ResponseReturnValue:
    """Show what a reader says of a listing, and take what came of it."""
    actor = require(Permission.FLAG_REVIEW)
    flag, form, problem = flag_of(flag_id), AnswerForm(), None
    if form.validate_on_submit():
        try:
            with writing(directory_session()) as session:
                flag = session.get(
                    ListingFlag, flag_id, with_for_update=True, populate_existing=True
                ) or abort(404)
                answer = FlagAnswer(form.answer.data)
                services.answer_flag(flag, answer, form.words.data or "", actor.name, now())
                forget_claims(session, flag_id)
                record(session, Event(Action.CHANGE, "flag", flag_id, actor))
        except services.FlagAnsweredError:
            problem = _("Somebody else answered first: nothing of yours was kept.")
        else:
            flash(_("Noted. Whoever flagged sees it with their code."))
            ahead = "vetting.show_queue" if permits(actor, Permission.PROPOSAL_REVIEW) else "accounts.home"
            return redirect(url_for(ahead), 303)
    session = directory_session()
    flag = flag_of(flag_id)
    service = session.get_one(Service, flag.service_id)
    page = render_template(
        "vetting/flag.html",
        flag=flag,
        service=service,
        number=earlier_number(service),
        form=form,
        problem=problem,
        kinds=FLAGS,
        answers=ANSWERS,
        may_step=permits(actor, Permission.PROPOSAL_REVIEW),
    )
    return page, 409 if problem else form.status
