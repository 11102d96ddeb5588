"""Pages of agreements, for whoever leads an organization: to propose, to read or print, to sign, to end."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Flask, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError

from referral.access.policy import Actor, Permission
from referral.accounts import door
from referral.accounts.entries import Entry, register
from referral.accounts.forms import PlainForm
from referral.accounts.organizations import list_names, name_place
from referral.audit.words import name_targets
from referral.i18n.locale import current_language
from referral.i18n.typography import set_text
from referral.intake import agreements
from referral.intake.agreement_forms import AGGREGATES, ProposeForm, SignForm
from referral.intake.agreement_models import Agreement
from referral.intake.agreement_terms import TEXT_VERSION
from referral.intake.agreements import AgreementStandsError, NotToSignError
from referral.intake.areas import cases
from referral.intake.asked import acting
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, directory_session, writing
from referral.shared.turns import TooLongAWaitError


def name_all(places: set[UUID]) -> dict[UUID, str]:
    """Return the names of organizations as a page says them, in their order."""
    found = {
        place: set_text(*name.best(current_language()))
        for place, name in list_names(directory_session(), places).items()
    }
    return dict(sorted(found.items(), key=lambda each: each[1].casefold()))


@cases.get("/agreements")
def list_agreements() -> ResponseReturnValue:
    """Show with whom one's organization has an agreement, and what waits for a signature."""
    _actor, place = acting(Permission.AGREEMENT_SIGN)
    rows = agreements.list_agreements(cases_session(), place)
    shown = [
        (row, agreements.other_of(row, place), agreements.can_sign(row, place), agreements.is_signed(row))
        for row in rows
    ]
    names = name_all({other for _row, other, _can, _is in shown})
    return render_template("cases/agreements.html", rows=shown, names=names)


@cases.route("/agreements/new", methods=["GET", "POST"])
def propose_agreement() -> ResponseReturnValue:
    """Propose an agreement to an organization that has none with one's own, signed at once on this side."""
    actor, place = acting(Permission.AGREEMENT_SIGN)
    form = ProposeForm(name_all(free_organizations(place)))
    if form.validate_on_submit():
        if (asked := door.ask_to_confirm(door.signed_in())) is not None:
            return asked
        try:
            with writing(cases_session(), CASES) as session:
                made = agreements.propose(session, place, form.read(), actor, now()).id
            flash(_("Your organization has signed. The other one now reads it and signs, or not."))
            return redirect(url_for("cases.show_agreement", agreement_id=made), HTTPStatus.SEE_OTHER)
        except AgreementStandsError:
            form.refuse("other", _("There is an agreement with this organization already: read that one."))
    page = render_template("cases/agreement_new.html", form=form, **words_of(place), version=TEXT_VERSION)
    return page, form.status


def free_organizations(place: UUID) -> set[UUID]:
    """Return with whom one's organization has no agreement that stands."""
    rows = agreements.list_agreements(cases_session(), place)
    taken = {agreements.other_of(row, place) for row in rows if row.ended_at is None}
    return agreements.list_possible(directory_session(), place, taken)


def words_of(place: UUID, other: UUID | None = None) -> dict[str, Any]:
    """Return how a page calls the two organizations, and what they may count."""
    return {
        "ours": name_place(directory_session(), place),
        "theirs": name_place(directory_session(), other) if other else _("The other organization"),
        "aggregates": AGGREGATES,
    }


def find_own(agreement_id: UUID, *, lock: bool = False) -> tuple[Agreement, Actor, UUID]:
    """Return an agreement of one's organization; answers 404 for another's."""
    actor, place = acting(Permission.AGREEMENT_SIGN)
    found = agreements.find_agreement(cases_session(), agreement_id, place, lock=lock)
    return found or abort(HTTPStatus.NOT_FOUND), actor, place


@cases.get("/agreements/<uuid:agreement_id>")
def show_agreement(agreement_id: UUID) -> ResponseReturnValue:
    """Show the text of an agreement, who signed it, and what can be done."""
    row, _actor, place = find_own(agreement_id)
    return show(row, place, SignForm(formdata=None))


def show(row: Agreement, place: UUID, form: SignForm) -> ResponseReturnValue:
    """Show one agreement."""
    other = agreements.other_of(row, place)
    page = render_template(
        "cases/agreement.html",
        row=row,
        version=row.text_version,
        counted={each.aggregate for each in row.aggregates},
        signed={each.organization_id: each for each in row.signatures},
        place=place,
        partner=other,
        may_sign=agreements.can_sign(row, place),
        form=form,
        end=PlainForm(formdata=None),
        **words_of(place, other),
    )
    return page, form.status


@cases.post("/agreements/<uuid:agreement_id>/sign")
def sign_agreement(agreement_id: UUID) -> ResponseReturnValue:
    """Sign for one's organization."""
    row, actor, place = find_own(agreement_id)
    form = SignForm()
    if not form.validate_on_submit():
        return show(row, place, form)
    if (asked := door.ask_to_confirm(door.signed_in())) is not None:
        return asked
    try:
        with writing(cases_session(), CASES) as session:
            held, _actor, _place = find_own(agreement_id, lock=True)
            agreements.sign(session, held, form.approver.data, actor, now())
        flash(_("Your organization has signed."))
    except NotToSignError:
        flash(_("Nothing was changed: this agreement was signed or ended meanwhile."))
    return redirect(url_for("cases.show_agreement", agreement_id=agreement_id), HTTPStatus.SEE_OTHER)


@cases.post("/agreements/<uuid:agreement_id>/end")
def end_agreement(agreement_id: UUID) -> ResponseReturnValue:
    """End an agreement at once; it takes no fresh proof, since ending it can only protect."""
    find_own(agreement_id)
    try:
        with writing(cases_session(), CASES) as session:
            held, actor, _place = find_own(agreement_id, lock=True)
            agreements.revoke(session, held, actor, now())
        flash(_("This agreement has ended. Nothing can be sent any more."))
    except NotToSignError:
        flash(_("Nothing was changed: this agreement had ended already."))
    return redirect(url_for("cases.show_agreement", agreement_id=agreement_id), HTTPStatus.SEE_OTHER)


def count_waiting(actor: Actor) -> int:
    """Count the agreements that wait for whoever acts; nought where files cannot be read now.

    The bar with it is on pages that need no files: they stand without them.
    """
    if actor.acting_for is None:
        return 0
    try:
        found = agreements.count_to_sign(cases_session(), actor.acting_for)
        cases_session().rollback()
    except (OperationalError, TooLongAWaitError):
        return 0
    return found


ENTRY = Entry(
    "cases.list_agreements",
    _l("Agreements"),
    _l("With which organizations yours may share information, once both have signed."),
    Permission.AGREEMENT_SIGN,
    count_waiting,
)


def init_app(app: Flask) -> None:
    """Offer these pages, and say how agreements are called in the audit."""
    register(app, ENTRY)
    name_targets({agreements.TARGET: _l("an agreement with another organization")})
