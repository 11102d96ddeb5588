"""What either side does on the page of a referral: answers, goes on, writes, calls, calls off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.policy import Permission
from referral.accounts.forms import StaffForm
from referral.intake.erasing import carry_out_soon
from referral.intake.people import list_leads
from referral.intake.reminding import tell_waiting
from referral.referrals import answering, calls, messages, sending, speaking
from referral.referrals.answer_words import REFUSED
from referral.referrals.answering import (
    ADVANCES,
    ConsentOverError,
    MovedMeanwhileError,
    NotChosenError,
    check_version,
)
from referral.referrals.areas import referrals
from referral.referrals.finding import find_referral, in_hand
from referral.referrals.forms import CallForm, MessageForm, MoveForm, StrikeForm, WayForm
from referral.referrals.messages import MessageRefusedError, NobodyReadsError
from referral.referrals.moving import Hand
from referral.referrals.reasons import ReasonRefusedError
from referral.referrals.show_views import Shown, render
from referral.referrals.speaking import TimeRefusedError
from referral.referrals.status import IllegalMoveError, ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import directory_session

ANSWER, SEND, CORRECT = Permission.REFERRAL_ANSWER, Permission.REFERRAL_SEND, Permission.REFERRAL_CORRECT
CONFLICT = HTTPStatus.CONFLICT
BY_STATE: dict[type[Exception], str] = {
    MovedMeanwhileError: "moved",
    IllegalMoveError: "moved",
    ReasonRefusedError: "moved",
    NotChosenError: "not-chosen",
    ConsentOverError: "consent-over",
    NobodyReadsError: "silent",
}
NOT_DONE: tuple[type[Exception], ...] = (*BY_STATE, MessageRefusedError, TimeRefusedError)


def back(referral_id: UUID, said: str = "") -> ResponseReturnValue:
    """Return to the page of a referral."""
    if said:
        flash(said)
    return redirect(url_for("referrals.show", referral_id=referral_id), HTTPStatus.SEE_OTHER)


def say_refusal(error: Exception) -> tuple[str, int]:
    """Return which words say why something was not done, and the status of the answer."""
    if isinstance(error, MessageRefusedError):
        return error.reason, HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(error, TimeRefusedError):
        return "time", HTTPStatus.UNPROCESSABLE_ENTITY
    return BY_STATE.get(type(error), "moved"), CONFLICT


def act(referral_id: UUID, name: str, form: StaffForm, do: Callable[[], None]) -> ResponseReturnValue | None:
    """Do what a form asks; return the page that says why it was not done, None where it was."""
    shown = Shown({name: form})
    if not form.validate_on_submit():
        shown.status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render(referral_id, shown)
    try:
        do()
    except NOT_DONE as error:
        said, shown.status = say_refusal(error)
        shown.refusal = REFUSED[said]
    else:
        return None
    return render(referral_id, shown)


@contextmanager
def holding(referral_id: UUID, permission: Permission, side: Side | None, shown: int) -> Iterator[Hand]:
    """Hold a referral as it was shown; raises MovedMeanwhileError."""
    with in_hand(referral_id, permission, side) as hand:
        check_version(hand, shown)
        yield hand


def tell_other(referral_id: UUID) -> None:
    """Write a neutral letter to whoever has the referral on the other side."""
    referral, side, _actor = find_referral(referral_id, Permission.REFERRAL_READ)
    if side is Side.RECEIVER:
        people = [referral.owner_id]
    else:
        people = (
            [referral.handler_id]
            if referral.handler_id
            else list_leads(directory_session(), referral.receiver_id)
        )
    tell_waiting(people, now())


def check_side(referral_id: UUID, permission: Permission, side: Side) -> None:
    """Answer 404 to the other side."""
    if find_referral(referral_id, permission)[1] is not side:
        abort(HTTPStatus.NOT_FOUND)


@referrals.post("/<uuid:referral_id>/answer")
def answer(referral_id: UUID) -> ResponseReturnValue:
    """Accept, decline, or put on hold."""
    return _advance(referral_id)


@referrals.post("/<uuid:referral_id>/advance")
def advance(referral_id: UUID) -> ResponseReturnValue:
    """Say how the service goes on, and how it ended."""
    return _advance(referral_id)


def _advance(referral_id: UUID) -> ResponseReturnValue:
    check_side(referral_id, ANSWER, Side.RECEIVER)
    wanted = next((each for each in ADVANCES if each.value == request.form.get("wanted")), None)
    if wanted is None:
        return render(referral_id, Shown(refusal=REFUSED["moved"], status=HTTPStatus.UNPROCESSABLE_ENTITY))
    form = MoveForm(wanted)

    def do() -> None:
        with holding(referral_id, ANSWER, Side.RECEIVER, form.shown) as hand:
            answering.advance(hand, wanted, form.read())

    refused = act(referral_id, wanted.value, form, do)
    if refused is not None:
        return refused
    tell_other(referral_id)
    return back(referral_id, _("Done. The other side sees it."))


@referrals.post("/<uuid:referral_id>/cancel")
def cancel(referral_id: UUID) -> ResponseReturnValue:
    """Take a referral back, or call it off."""
    check_side(referral_id, SEND, Side.SENDER)
    form = MoveForm(ReferralStatus.CANCELLED)

    def do() -> None:
        with holding(referral_id, SEND, Side.SENDER, form.shown) as hand:
            sending.cancel(hand, form.read())

    refused = act(referral_id, ReferralStatus.CANCELLED.value, form, do)
    if refused is not None:
        return refused
    carry_out_soon()
    tell_other_if_sent(referral_id)
    return back(referral_id, _("Called off: nobody there can read any more what was sent."))


def tell_other_if_sent(referral_id: UUID) -> None:
    """Write to the other side, unless it never heard of the referral."""
    if find_referral(referral_id, Permission.REFERRAL_READ)[0].requested_at is not None:
        tell_other(referral_id)


@referrals.post("/<uuid:referral_id>/correct")
def correct(referral_id: UUID) -> ResponseReturnValue:
    """Strike a referral out as an error; whoever leads either side may."""
    find_referral(referral_id, CORRECT)
    form = StrikeForm()

    def do() -> None:
        with holding(referral_id, CORRECT, None, form.shown) as hand:
            sending.strike_out(replace(hand, side=Side.COORDINATOR), form.strike_note.data or "")

    refused = act(referral_id, "strike", form, do)
    if refused is not None:
        return refused
    carry_out_soon()
    tell_other_if_sent(referral_id)
    return back(referral_id, _("Struck out."))


@referrals.post("/<uuid:referral_id>/messages")
def write_message(referral_id: UUID) -> ResponseReturnValue:
    """Add words that both sides read."""
    find_referral(referral_id, Permission.REFERRAL_READ)
    form = MessageForm()

    def do() -> None:
        with in_hand(referral_id, Permission.REFERRAL_READ) as hand:
            messages.write(hand, form.text.data)

    refused = act(referral_id, "message", form, do)
    if refused is not None:
        return refused
    tell_other(referral_id)
    return back(referral_id, _("Written. The other side sees it."))


@referrals.post("/<uuid:referral_id>/ways")
def propose_way(referral_id: UUID) -> ResponseReturnValue:
    """Propose how she and those who are asked come to speak."""
    check_side(referral_id, ANSWER, Side.RECEIVER)
    form = WayForm()

    def do() -> None:
        with in_hand(referral_id, ANSWER, Side.RECEIVER) as hand:
            speaking.propose(hand, form.read(), form.way_text.data or "")

    refused = act(referral_id, "way", form, do)
    if refused is not None:
        return refused
    tell_other(referral_id)
    return back(referral_id, _("Proposed. The other side sees it."))


@referrals.post("/<uuid:referral_id>/calls")
def note_call(referral_id: UUID) -> ResponseReturnValue:
    """Write down a call to whoever is asked."""
    check_side(referral_id, SEND, Side.SENDER)
    form = CallForm()

    def do() -> None:
        with in_hand(referral_id, SEND, Side.SENDER) as hand:
            calls.note_call(hand, form.read(), form.call_note.data or "")

    return act(referral_id, "call", form, do) or back(referral_id, _("The call is written down."))
