"""The page of a referral to whoever is outside Relais: asked by telephone, answers written down here."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.policy import Permission
from referral.accounts.forms import PlainForm
from referral.accounts.organizations import name_place
from referral.intake import file_words
from referral.intake.consent import ConsentMissingError
from referral.intake.finding import changing
from referral.intake.safe import open_safe
from referral.referrals.answer_words import ACTS, REFUSED
from referral.referrals.answering import ConsentOverError, MovedMeanwhileError, NotChosenError, check_version
from referral.referrals.areas import referrals
from referral.referrals.by_call import ask_by_call, take_outcome
from referral.referrals.calls import note_call
from referral.referrals.finding import find_referral, in_hand
from referral.referrals.forms import CallForm, MoveForm
from referral.referrals.models import Called, Referral
from referral.referrals.moving import Hand
from referral.referrals.numbers import list_numbers
from referral.referrals.reasons import ReasonRefusedError
from referral.referrals.sending import SendingRefusedError
from referral.referrals.status import IllegalMoveError, ReferralStatus, Side, list_moves
from referral.referrals.status_words import say_status
from referral.shared.database import HELD, directory_session

SEND = Permission.REFERRAL_SEND
NOT_DONE = {
    MovedMeanwhileError: "moved",
    IllegalMoveError: "moved",
    ReasonRefusedError: "moved",
    NotChosenError: "not-chosen",
    ConsentOverError: "consent-over",
}


def find_own(referral_id: UUID) -> Referral:
    """Return a referral for the side that sends it; answers 404 to anybody else."""
    referral, side, _actor = find_referral(referral_id, SEND)
    if side is not Side.SENDER:
        abort(HTTPStatus.NOT_FOUND)
    return referral


@referrals.get("/<uuid:referral_id>/outcome")
def show_outcome(referral_id: UUID) -> ResponseReturnValue:
    """Show what the organization that was called may have answered."""
    return render_outcome(find_own(referral_id))


def render_outcome(
    referral: Referral,
    form: MoveForm | None = None,
    refusal: object = "",
    status: int = HTTPStatus.OK,
    call: CallForm | None = None,
) -> ResponseReturnValue:
    """Show the page, with one form for each way to go on."""
    moves = list_moves(referral.status, Side.RECEIVER) if referral.by_call else []
    moves = [each for each in moves if each in ACTS]
    forms = [form if form and form.status_wanted is each else MoveForm(each, formdata=None) for each in moves]
    for each in forms:
        each.version.data = str(referral.version)
    page = render_template(
        "referrals/outcome.html",
        referral=referral,
        forms=forms,
        shown_again=form,
        refused=next((each for each in (form, call) if each is not None and each.errors), None),
        refusal=refusal,
        call=call or CallForm(formdata=None),
        place=name_place(directory_session(), referral.receiver_id),
        listings=list_numbers(referral),
        acts=ACTS,
        say_status=say_status,
        words=file_words,
    )
    return page, status


@referrals.post("/<uuid:referral_id>/by-call")
def ask_by_telephone(referral_id: UUID) -> ResponseReturnValue:
    """Write a call down; where somebody answered, the draft becomes what was asked by telephone."""
    find_own(referral_id)
    if "answered" not in request.form:
        return _ask(referral_id) if PlainForm().validate_on_submit() else abort(HTTPStatus.BAD_REQUEST)
    form = CallForm()
    if not form.validate_on_submit():
        return render_outcome(find_own(referral_id), call=form, status=form.status)
    with in_hand(referral_id, SEND, Side.SENDER) as hand:
        note_call(hand, form.read(), form.call_note.data or "")
    if form.read() is Called.REACHED:
        return _ask(referral_id)
    flash(_("The call is written down."))
    return redirect(url_for("referrals.show_outcome", referral_id=referral_id), HTTPStatus.SEE_OTHER)


def _ask(referral_id: UUID) -> ResponseReturnValue:
    """Turn a draft into what was asked by telephone."""
    referral, safe = find_own(referral_id), open_safe(referral_id)
    try:
        with changing(referral.case_id, SEND) as held:
            locked = held.session.get_one(Referral, referral_id, with_for_update=HELD, populate_existing=True)
            ask_by_call(held, Hand(held.session, locked, safe, Side.SENDER, held.actor, held.at))
    except SendingRefusedError as error:
        return render_outcome(
            find_own(referral_id), refusal=REFUSED[error.reason], status=HTTPStatus.CONFLICT
        )
    except (ConsentMissingError, IllegalMoveError) as error:
        said = REFUSED["consent" if isinstance(error, ConsentMissingError) else "moved"]
        return render_outcome(find_own(referral_id), refusal=said, status=HTTPStatus.CONFLICT)
    flash(_("Written down: asked by telephone, nothing was sent."))
    return redirect(url_for("referrals.show_outcome", referral_id=referral_id), HTTPStatus.SEE_OTHER)


@referrals.post("/<uuid:referral_id>/outcome")
def note_outcome(referral_id: UUID) -> ResponseReturnValue:
    """Write down what was answered by telephone."""
    referral = find_own(referral_id)
    wanted = next((each for each in ReferralStatus if each.value == request.form.get("wanted")), None)
    if wanted not in ACTS:
        return render_outcome(referral, refusal=REFUSED["moved"], status=HTTPStatus.UNPROCESSABLE_ENTITY)
    form = MoveForm(wanted)
    if not form.validate_on_submit():
        return render_outcome(referral, form, status=form.status)
    try:
        with in_hand(referral_id, SEND, Side.SENDER) as hand:
            check_version(hand, form.shown)
            take_outcome(hand, wanted, form.read())
    except tuple(NOT_DONE) as error:
        refusal = REFUSED[NOT_DONE[type(error)]]
        return render_outcome(find_own(referral_id), form, refusal, HTTPStatus.CONFLICT)
    flash(_("Written down."))
    return redirect(url_for("referrals.show_outcome", referral_id=referral_id), HTTPStatus.SEE_OTHER)
