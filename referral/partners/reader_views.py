"""Who shows editions: which one each process shows, who is silent, and what withdrawals wait for."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from referral.access.guard import require
from referral.access.policy import Permission, permits
from referral.accounts.forms import StaffForm
from referral.audit.events import Action, Event
from referral.audit.services import record
from referral.edition import withdrawal
from referral.edition.publishing import number_shown
from referral.edition.readers import forget_reader, last_contact, list_readers, waiting_for
from referral.partners.areas import vetting
from referral.shared.clock import now
from referral.shared.database import directory_session, writing


class ForgetForm(StaffForm):
    """A process that will show nothing any more."""

    name = HiddenField(validators=[InputRequired(), Length(max=200)])


@vetting.get("/readers")
def show_readers() -> ResponseReturnValue:
    """Show who shows what, and who was not heard of."""
    actor = require(Permission.CATALOGUE_OVERSEE)
    at, root = now(), withdrawal.folder()
    contact = last_contact(root)
    patience = timedelta(hours=current_app.config["CONTACT_HOURS"])
    return render_template(
        "vetting/readers.html",
        readers=[(each, each.is_silent(at)) for each in list_readers(root)],
        shown=number_shown(),
        contact=contact,
        is_late=contact is None or at - contact > patience,
        hours=current_app.config["CONTACT_HOURS"],
        withdrawals=[
            (each, [reader.name for reader in waiting_for(root, each.revision)])
            for each in withdrawal.list_open(directory_session())
        ],
        may_forget=permits(actor, Permission.EDITION_BUILD),
        form=ForgetForm(formdata=None),
    )


@vetting.post("/readers/forget")
def forget() -> ResponseReturnValue:
    """Wait no more for a process that shows nothing any more; whoever runs Relais answers for that."""
    actor = require(Permission.EDITION_BUILD)
    form = ForgetForm()
    if not form.validate_on_submit():
        abort(404)
    if form.name.data not in {each.name for each in list_readers(withdrawal.folder())}:
        abort(404)
    with writing(directory_session()) as session:
        record(session, Event(Action.CHANGE, "reader", None, actor))
    forget_reader(withdrawal.folder(), form.name.data)
    withdrawal.note_done(directory_session(), now())
    flash(_("Nobody waits for it any more."))
    return redirect(url_for("vetting.show_readers"), 303)
