"""Pages of consents: reading them out, sending under them, withdrawing, taking back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.policy import Permission
from referral.accounts import kept
from referral.accounts.forms import PlainForm
from referral.accounts.organizations import list_names, name_place
from referral.audit.events import Action
from referral.edition.reader import NoEditionError, current_edition
from referral.intake import consent_words, packet_lists, packets
from referral.intake.agreements import agreement_in_force
from referral.intake.answer_words import name_all, say_shown
from referral.intake.answers import Given, read_answers
from referral.intake.areas import cases
from referral.intake.consent import CapacityError, is_in_force, needs_express
from referral.intake.consent_forms import LONGEST_SOUGHT, ReadingForm, WithdrawForm
from referral.intake.consents import (
    NotInForceError,
    ReadingRefusedError,
    age_of,
    find_consent,
    grant,
    list_consents,
    read_told,
    withdraw,
)
from referral.intake.erasing import carry_out_soon
from referral.intake.finding import changing, find_case, note_act, open_file
from referral.intake.intake_page import offer_organizations
from referral.intake.life_forms import read_person
from referral.intake.models import Case, Consent
from referral.intake.new_files import make_entry
from referral.intake.packets import QUESTION_OF
from referral.intake.people import list_leads, name_people
from referral.intake.pressed import name_press
from referral.intake.reminding import enqueue_waiting
from referral.intake.safe import Safe
from referral.intake.spoken import list_languages
from referral.intake.vocabulary import AgeBand, Item, Said
from referral.search.attributes import regions_served
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session

RECORD = Permission.CONSENT_RECORD
FIELD_OF = {
    "no-item": "items",
    "not-express": "is_express",
    "days": "days",
    "too-long": "words",
    "too-young": "capacity",
    "old-enough": "capacity",
    "no-line": "capacity",
}
"""Where a refusal is shown; the others are about to whom."""


@cases.route("/<uuid:case_id>/consents/new", methods=["GET", "POST"])
def read_consent(case_id: UUID) -> ResponseReturnValue:
    """Read a consent out to her, and write down what she said; nothing is ticked beforehand."""
    case, safe, _actor = open_file(case_id, RECORD)
    answers = read_answers(cases_session(), case.id, safe)
    form = make_form(request.form.get("find", "") if request.method == "POST" else "")
    form.entry.data = form.entry.data or make_entry(case.organization_id)
    pressed = request.form.get("do") == "grant"
    if pressed and form.validate_on_submit() and _grant(case, form):
        flash(_("The consent is written down. You can send now, or later."))
        return redirect(url_for("cases.list_consents", case_id=case_id), HTTPStatus.SEE_OTHER)
    return render_template(
        "cases/consent_new.html",
        case=case,
        form=form,
        shown=show_items(answers),
        sensitive=needs_express(tuple(Item)),
        is_child=age_of(answers) is AgeBand.CHILD,
        place=name_place(directory_session(), case.organization_id),
        words=consent_words,
        ready=_list_ready(case.organization_id, (place for place, _name in form.recipients.choices)),
        longest_sought=LONGEST_SOUGHT,
        was_sought=bool(form.find.data),
    ), form.status if pressed else HTTPStatus.OK


def make_form(sought: str) -> ReadingForm:
    """Return the form; to whom is chosen among those that were found so far, none of them ticked by us."""
    form = ReadingForm()
    named = [*request.form.getlist("offered"), *request.form.getlist("recipients")]
    named += request.form.getlist("organization")
    offered = _name_listed(named) | offer_organizations(sought[:LONGEST_SOUGHT])
    form.recipients.choices = list(offered.items())
    common, others = list_languages()
    form.spoken.choices = [("", _("Choose")), *(common | others).items()]
    if kept.RESTORED in request.form or request.form.get("do") != "grant":
        form.recipients.errors = []
    return form


def _name_listed(named: list[str]) -> dict[str, str]:
    """Return the organizations that the directory knows, by name, of those that a form names."""
    ids = {place: each for each in dict.fromkeys(named) if (place := read_person(each)) is not None}
    listed = list_names(directory_session(), list(ids)) if ids else {}
    return name_all([each for place, each in ids.items() if place in listed])


def _list_ready(sender_id: UUID, places: Iterable[str]) -> set[str]:
    """Return to which organizations something can be sent today: those with an agreement."""
    session, at = cases_session(), now()
    return {place for place in places if agreement_in_force(session, sender_id, UUID(place), at)}


def show_items(answers: dict[str, Given]) -> dict[Item, str]:
    """Return in words what would be sent of each item; an empty text for what is not answered."""
    said = as_words(packets.gather(answers, tuple(Item)))
    return {item: said.get(item, "") for item in Item}


def _grant(case: Case, form: ReadingForm) -> bool:
    """Write the grants once; where they are refused, say so at the field and keep what was typed."""
    reading = form.read()
    press = name_press(form.entry.data or "", case.organization_id, case.id, reading)
    reading = replace(reading, id=press)
    try:
        with changing(case.id, RECORD) as held:
            grant(held, reading, list_regions(reading.recipients))
    except (ReadingRefusedError, CapacityError) as error:
        form.refuse(FIELD_OF.get(error.reason, "recipients"), consent_words.REFUSED[error.reason])
        return False
    return True


def list_regions(places: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Return the regions that each organization's listings serve; one that serves all is in none only."""
    try:
        edition = current_edition()
    except NoEditionError:
        return {}
    found: dict[UUID, frozenset[str]] = {}
    for place in places:
        known = edition.organization(place)
        listings = [edition.listing(position) for position in known.positions] if known else []
        if not any(listing.area.everywhere for listing in listings):
            found[place] = frozenset(code for listing in listings for code in regions_served(listing))
    return found


@cases.get("/<uuid:case_id>/consents", endpoint="list_consents")
def list_consents_of(case_id: UUID) -> ResponseReturnValue:
    """Show every consent of a file: whether it holds, what was sent under it, and who read that."""
    case, safe, _actor = open_file(case_id)
    return _show_grants(case, safe)


def _show_grants(case: Case, safe: Safe) -> ResponseReturnValue:
    session, at = cases_session(), now()
    grants, sent = list_consents(session, case.id), packet_lists.list_sent(session, case.id)
    receivers = {str(each.receiver_id) for each in grants if is_in_force(each, at)}
    readings = packet_lists.list_readings(session, [each.id for each in sent])
    people = {each.taken_by for each in grants} | {each.withdrawn_by for each in grants}
    people |= {each.sent_by for each in sent} | {one.read_by for each in readings.values() for one in each}
    return render_template(
        "cases/consents.html",
        case=case,
        grants=[
            (each, read_told(each, safe), [one for one in sent if one.consent_id == each.id])
            for each in grants
        ],
        holds={each.id for each in grants if is_in_force(each, at)},
        ready=_list_ready(case.organization_id, receivers),
        readings=readings,
        people=name_people(directory_session(), people),
        places=name_all([str(each.receiver_id) for each in grants]),
        shown=show_items(read_answers(session, case.id, safe)),
        form=PlainForm(formdata=None),
        words=consent_words,
    )


def find_grant(case_id: UUID, consent_id: UUID) -> tuple[Case, Consent]:
    """Return a consent of a file; answers 404 where there is none."""
    case, _actor = find_case(case_id, RECORD)
    return case, find_consent(cases_session(), case_id, consent_id) or abort(HTTPStatus.NOT_FOUND)


@cases.route("/<uuid:case_id>/consents/<uuid:consent_id>/withdraw", methods=["GET", "POST"])
def withdraw_consent(case_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """Write down that she withdraws: reading stops at once, and what was read before is listed."""
    case, consent = find_grant(case_id, consent_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        told = list_leads(directory_session(), consent.receiver_id)
        _withdraw(case_id, consent_id, form.way.data, told)
        carry_out_soon()
        return redirect(
            url_for("cases.show_receipt", case_id=case_id, consent_id=consent_id), HTTPStatus.SEE_OTHER
        )
    place = name_all([str(consent.receiver_id)])[str(consent.receiver_id)]
    page = render_template("cases/consent_withdraw.html", case=case, consent=consent, form=form, place=place)
    return page, form.status


def _was_readable(consent: Consent) -> bool:
    """Say whether the other organization has something to lose: only then is it told that something waits."""
    sent = packet_lists.list_sent(cases_session(), consent.case_id)
    return any(each.consent_id == consent.id and each.ended is None for each in sent)


def _withdraw(case_id: UUID, consent_id: UUID, way: str, told: Iterable[UUID]) -> None:
    """End a consent, and have those who lose something by it told in the same transaction."""
    try:
        with changing(case_id, RECORD) as held:
            consent = find_consent(held.session, case_id, consent_id, lock=True)
            if consent is None:
                abort(HTTPStatus.NOT_FOUND)
            had = _was_readable(consent)
            withdraw(held, consent, way)
            if had:
                enqueue_waiting(held.session, told, held.at)
    except NotInForceError:
        flash(_("It was withdrawn before."))


@cases.get("/<uuid:case_id>/consents/<uuid:consent_id>/receipt")
def show_receipt(case_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """Show what was withdrawn and what had been read by then; it can be printed, and names no purpose."""
    case, consent = find_grant(case_id, consent_id)
    if consent.withdrawn_at is None:
        return redirect(url_for("cases.list_consents", case_id=case_id), HTTPStatus.SEE_OTHER)
    note_act(Action.VIEW, case, find_case(case_id, RECORD)[1])
    sent = [
        each for each in packet_lists.list_sent(cases_session(), case.id) if each.consent_id == consent.id
    ]
    readings = packet_lists.list_readings(cases_session(), [each.id for each in sent])
    return render_template(
        "cases/consent_receipt.html",
        case=case,
        consent=consent,
        place=name_all([str(consent.receiver_id)])[str(consent.receiver_id)],
        readings=[one for each in readings.values() for one in each],
        people=name_people(directory_session(), {one.read_by for each in readings.values() for one in each}),
        words=consent_words,
    )


def as_words(values: dict[Item, Any]) -> dict[Item, str]:
    """Return what was sent, in words; her number only while her rule lets her be reached."""
    at = now()
    return {
        item: say_shown(QUESTION_OF[item], Given(Said.ANSWERED, value), at) for item, value in values.items()
    }
