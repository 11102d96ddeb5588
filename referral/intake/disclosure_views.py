"""The screen of its own on which something is communicated without consent, and its register."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from referral.access.policy import Permission
from referral.accounts import kept
from referral.audit.events import Action, Event
from referral.audit.models import CASES_CHAIN
from referral.audit.services import record_apart
from referral.intake import consent_words, disclosures
from referral.intake.areas import cases
from referral.intake.asked import acting, read_page
from referral.intake.consent_forms import DisclosureForm
from referral.intake.disclosures import DisclosureRefusedError, Told
from referral.intake.finding import changing, open_file
from referral.intake.models import Case, Disclosure
from referral.intake.new_files import keep_safe, make_entry
from referral.intake.pressed import name_press
from referral.intake.safe import open_safes
from referral.keyring.models import Kind
from referral.keyring.services import Thing
from referral.shared.clock import now
from referral.shared.database import cases_session

MAKE = Permission.DISCLOSURE_MAKE
PER_PAGE = 25
WRONG = {"empty": _l("Write it: the register must say all."), "too-long": _l("Use 600 characters at most.")}


@cases.route("/<uuid:case_id>/disclosures/new", methods=["GET", "POST"])
def disclose(case_id: UUID) -> ResponseReturnValue:
    """Write down what is communicated without consent: once shown whole, then, pressed again, for good."""
    case, _safe, _actor = open_file(case_id, MAKE)
    form, told = DisclosureForm(), None
    if form.validate_on_submit():
        told = _check(form)
        if told is not None and form.sure.data == "yes" and request.form.get("do") == "disclose":
            _disclose(case, told, form.entry.data or "")
            flash(_("It is in the register. What you communicate now must be exactly that."))
            return redirect(url_for("cases.show", case_id=case_id), HTTPStatus.SEE_OTHER)
    if request.form.get("do") == "change" or kept.RESTORED in request.form:
        told = None
    form.entry.data = form.entry.data or make_entry(case.organization_id)
    form.sure.data = "yes"
    page = render_template("cases/disclosure_new.html", case=case, form=form, told=told, words=consent_words)
    return page, form.status


def _check(form: DisclosureForm) -> Told | None:
    told = form.read()
    try:
        disclosures.check_told(told)
    except DisclosureRefusedError as error:
        form.refuse(error.part, WRONG[error.reason])
        return None
    return told


def _disclose(case: Case, told: Told, entry: str) -> None:
    """Make one entry, however often the button is pressed; words that changed meanwhile make another."""
    case_id, made = case.id, name_press(entry, case.organization_id, case.id, told)
    if cases_session().get(Disclosure, made) is not None:
        return
    thing = Thing(Kind.DISCLOSURE, made, case.organization_id)
    safe = keep_safe(thing, now())
    with changing(case_id, MAKE) as held:
        if held.session.get(Disclosure, made) is None:
            disclosures.disclose(held, told, safe)


@cases.get("/disclosures", endpoint="list_disclosures")
def list_register() -> ResponseReturnValue:
    """Show the register to those in charge, the latest first."""
    actor, place = acting(Permission.DISCLOSURE_READ)
    record_apart(Event(Action.VIEW, disclosures.TARGET, None, actor, place), CASES_CHAIN)
    session = cases_session()
    pages = max(1, -(-disclosures.count_disclosures(session, place) // PER_PAGE))
    page = min(read_page(), pages)
    rows = disclosures.list_disclosures(session, place, PER_PAGE, (page - 1) * PER_PAGE)
    safes = open_safes((row.id for row in rows), place)
    entries = [(row, disclosures.read_told(row, safes[row.id])) for row in rows if row.id in safes]
    return render_template(
        "cases/disclosures.html", entries=entries, page=page, pages=pages, words=consent_words
    )
