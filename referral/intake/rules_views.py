"""What an organization decides of its files, what is about to be destroyed, and what was."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, StopValidation

from referral.access.policy import Actor, Permission, Target, permits
from referral.accounts import door
from referral.accounts.forms import StaffForm, check_line, tidy
from referral.intake import erasing, keeping, rights, vault
from referral.intake.areas import cases
from referral.intake.asked import acting
from referral.intake.retention import FEWEST_MONTHS, MOST_MONTHS
from referral.intake.rules import Rules, RulesChangedError, read_rules, save_rules
from referral.shared.clock import QUEBEC, now
from referral.shared.conflict import compare
from referral.shared.database import CASES, cases_session, writing

MONTHS = _l("Use a whole number of months, from 1 to 120.")
LABELS: dict[str, LazyString] = {
    "case_months": _l("Months that a file is kept after it is closed"),
    "keeps_legal_names": _l("Keep legal names, apart and under a key of their own"),
    "privacy_contact": _l("Title and contact of whoever is in charge of privacy"),
}


def check_months(_form: StaffForm, field: IntegerField) -> None:
    """Refuse what is no number of months; numbers of any length are compared as they are."""
    if field.data is None or not FEWEST_MONTHS <= field.data <= MOST_MONTHS:
        raise StopValidation(MONTHS)


class RulesForm(StaffForm):
    """What is decided."""

    version = HiddenField(default="0")
    case_months = IntegerField(
        LABELS["case_months"],
        [InputRequired(MONTHS), check_months],
        render_kw={"min": FEWEST_MONTHS, "max": MOST_MONTHS, "inputmode": "numeric"},
    )
    privacy_contact = StringField(
        LABELS["privacy_contact"],
        [Length(max=200, message=_l("Use 200 characters at most.")), check_line],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )
    keeps_legal_names = BooleanField(LABELS["keeps_legal_names"])
    destroys = BooleanField(_l("Yes, destroy the legal names that are kept now"))

    def read(self) -> Rules:
        """Return what is decided, upon the version that was shown."""
        text = self.version.data or ""
        version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004
        return Rules(
            self.case_months.data,
            bool(self.keeps_legal_names.data),
            self.privacy_contact.data or None,
            version,
        )


@cases.get("/rules")
def show_rules() -> ResponseReturnValue:
    """Show what is decided, and what will be destroyed soon."""
    _actor, place = acting(Permission.RETENTION_CHANGE)
    rules = read_rules(cases_session(), place)
    form = RulesForm(formdata=None, data={**rules.as_fields(), "version": str(rules.version)})
    return show(form, place)


def show(form: RulesForm, place: UUID, status: int | None = None, **more: Any) -> ResponseReturnValue:
    """Show the page of rules."""
    session, today = cases_session(), now().astimezone(QUEBEC).date()
    page = render_template(
        "cases/rules.html",
        form=form,
        names=len(vault.list_entries(session, place)),
        ending=keeping.list_ending(session, place, today),
        stale=keeping.list_stale_drafts(session, place, now()),
        requests=rights.list_waiting(session, place),
        today=today,
        **{"conflict": None, "asks": False, "labels": LABELS, **more},
    )
    return page, status or form.status


@cases.post("/rules")
def change_rules() -> ResponseReturnValue:
    """Keep what was decided; where names would be destroyed by it, ask once more first."""
    actor, place = acting(Permission.RETENTION_CHANGE)
    form = RulesForm()
    if not form.validate_on_submit():
        return show(form, place)
    wanted, names = form.read(), vault.list_entries(cases_session(), place)
    may_destroy = permits(actor, Permission.CASE_ERASE, Target(place)) and form.destroys.data
    if names and not wanted.keeps_legal_names and not may_destroy:
        return show(form, place, HTTPStatus.UNPROCESSABLE_ENTITY, asks=True)
    destroys = names and not wanted.keeps_legal_names
    if destroys and (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    try:
        decide(actor, place, wanted)
    except RulesChangedError as error:
        conflict = compare(say(wanted), say(error.theirs))
        form.version.data = str(error.theirs.version)
        return show(form, place, HTTPStatus.CONFLICT, conflict=conflict)
    flash(_("Saved."))
    return redirect(url_for("cases.show_rules"), HTTPStatus.SEE_OTHER)


def decide(actor: Actor, place: UUID, wanted: Rules) -> None:
    """Keep what was decided, and destroy the names that are kept no more."""
    at = now()
    with writing(cases_session(), CASES) as session:
        save_rules(session, place, wanted, actor, at)
        if not wanted.keeps_legal_names:
            keeping.drop_names(session, place, actor, at)
    erasing.carry_out_soon()


def say(rules: Rules) -> dict[str, object]:
    """Return rules as a person reads them."""
    return {**rules.as_fields(), "keeps_legal_names": _("yes") if rules.keeps_legal_names else _("no")}
