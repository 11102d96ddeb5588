"""Pages of the register of who is not to be listed, and of taking a name out of a listing at once."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, StopValidation

from referral.access.guard import require
from referral.access.policy import Permission
from referral.accounts.forms import PlainForm, StaffForm, check_line, tidy
from referral.catalogue.models import Service
from referral.catalogue.refusals import numbers_in
from referral.catalogue.vetting_models import RefusalKind, RefusalReason
from referral.edition.withdrawal import carry_out
from referral.partners import register
from referral.partners.areas import vetting
from referral.partners.register import NameTooShortError, Refusal
from referral.partners.review_forms import choices_of
from referral.partners.reviewing import lock_listings
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

PAGE = 25
LONGEST_NAME = 200
KINDS: dict[RefusalKind, LazyString] = {
    RefusalKind.ORGANIZATION: _l("An organization that refuses to be listed"),
    RefusalKind.PERSON: _l("A person who asked that their name go"),
}
REASONS: dict[RefusalReason, LazyString] = {
    RefusalReason.ASKED: _l("They asked for it"),
    RefusalReason.SAFETY: _l("For somebody’s safety"),
    RefusalReason.COURT: _l("An order of a court or of the Commission"),
}


class EntryForm(StaffForm):
    """Who is not to be listed; what is typed is not kept, only marks of it."""

    kind = RadioField(
        _l("Who?"), [InputRequired(_l("Say who."))], choices=choices_of(KINDS), validate_choice=False
    )
    reason = RadioField(
        _l("Why?"), [InputRequired(_l("Say why."))], choices=choices_of(REASONS), validate_choice=False
    )
    names = TextAreaField(
        _l("Names, one a line"),
        [Length(max=10 * LONGEST_NAME, message=_l("This is too long."))],
        render_kw={"rows": 3, "autocomplete": "off", "spellcheck": "false"},
    )
    numbers = TextAreaField(
        _l("Telephone numbers, one a line"),
        [Length(max=10 * LONGEST_NAME, message=_l("This is too long."))],
        render_kw={"rows": 2, "autocomplete": "off"},
    )

    def validate_kind(self, field: RadioField) -> None:
        """Take only what the page offers."""
        if field.data not in set(RefusalKind):
            raise StopValidation(_l("Say who."))

    def validate_reason(self, field: RadioField) -> None:
        """Take only what the page offers."""
        if field.data not in set(RefusalReason):
            raise StopValidation(_l("Say why."))

    def validate_names(self, field: TextAreaField) -> None:
        """Ask for a name or a number."""
        if not (field.data or "").strip() and not (self.numbers.data or "").strip():
            raise StopValidation(_l("Type a name or a number."))

    def validate_numbers(self, field: TextAreaField) -> None:
        """Take only numbers that exist."""
        for line in filter(None, map(str.strip, (field.data or "").splitlines())):
            if not list(numbers_in(line)):
                raise StopValidation(_l("Each line must hold one telephone number, with its area code."))

    def read(self) -> Refusal:
        """Return what was typed."""
        names = tuple(filter(None, map(tidy, (self.names.data or "").splitlines())))
        numbers = tuple(numbers_in(self.numbers.data or ""))
        return Refusal(RefusalKind(self.kind.data), RefusalReason(self.reason.data), names, numbers)


class NameForm(StaffForm):
    """A name to take out of a listing at once."""

    name = StringField(
        _l("First and last name, as in the listing"),
        [
            InputRequired(_l("Type the name.")),
            Length(max=LONGEST_NAME, message=_l("This is too long.")),
            check_line,
        ],
        filters=[tidy],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    enter = BooleanField(_l("Also enter this person into the register, so that the name comes back nowhere"))


@vetting.route("/register", methods=["GET", "POST"])
def show_register() -> ResponseReturnValue:
    """Show the register, and enter somebody into it."""
    actor = require(Permission.DO_NOT_LIST_CHANGE)
    form = EntryForm()
    if form.validate_on_submit():
        try:
            with writing(directory_session()) as session:
                register.enter(session, form.read(), actor, now())
        except NameTooShortError:
            form.refuse("names", _("Of a person, type the first and the last name; ten words at most."))
        else:
            flash(_("Entered. What you typed is not kept."))
            return redirect(url_for("vetting.show_register"), 303)
    session = directory_session()
    page = max(1, request.args.get("page", 1, type=int))
    entries = register.list_entries(session, page, PAGE)
    shown = render_template(
        "vetting/register.html",
        form=form,
        entries=entries[:PAGE],
        has_more=len(entries) > PAGE,
        page=page,
        unreadable=register.count_unreadable(session),
        listed=register.list_listed(session)[:PAGE],
        kinds=KINDS,
        reasons=REASONS,
        button=PlainForm(formdata=None),
    )
    return shown, form.status


@vetting.post("/register/<uuid:entry_id>/end")
def end_entry(entry_id: UUID) -> ResponseReturnValue:
    """Let an entry refuse no more."""
    actor = require(Permission.DO_NOT_LIST_CHANGE)
    entry = register.find_entry(directory_session(), entry_id) or abort(404)
    if PlainForm().validate_on_submit():
        with writing(directory_session()) as session:
            entry = register.find_entry(session, entry_id) or abort(404)
            register.end(session, entry, actor, now())
        flash(_("That entry refuses nobody any more."))
    return redirect(url_for("vetting.show_register"), 303)


@vetting.route("/services/<uuid:service_id>/name", methods=["GET", "POST"])
def remove_name(service_id: UUID) -> ResponseReturnValue:
    """Take somebody's name out of a listing, everywhere and at once."""
    actor = require(Permission.DO_NOT_LIST_CHANGE)
    service = directory_session().get(Service, service_id) or abort(404)
    form = NameForm()
    if form.validate_on_submit():
        at = now()
        try:
            with writing(directory_session()) as session:
                service = lock_listings(session, [service_id])[service_id]
                gone = register.remove_name(session, service, form.name.data, actor, at)
                if form.enter.data:
                    refusal = Refusal(RefusalKind.PERSON, RefusalReason.ASKED, (form.name.data,))
                    register.enter(session, refusal, actor, at)
        except NameTooShortError:
            form.refuse("name", _("Type the first and the last name."))
        else:
            waiting = carry_out(directory_session(), at) if gone else []
            flash(_("The name was in %(count)s texts, and is in none any more.", count=gone))
            if waiting:
                flash(_("Some readers have not let go yet: the queue follows them."))
            return redirect(url_for("vetting.remove_name", service_id=service_id), 303)
    service = directory_session().get(Service, service_id) or abort(404)
    return render_template("vetting/name.html", service=service, form=form), form.status
