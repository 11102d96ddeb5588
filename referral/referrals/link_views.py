"""What a link opens to whoever is asked and has no account: the code, what answering needs, an answer.

A link that serves no more, or never did, is answered the same way whatever the reason.
"""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from referral.access.guard import public, require_of
from referral.access.policy import Permission, Target
from referral.accounts.forms import PlainForm
from referral.accounts.organizations import name_place
from referral.intake import consent_words, file_words
from referral.intake.areas import answer_unreachable
from referral.intake.consent_views import as_words
from referral.intake.hooks import NotOpenedError
from referral.intake.packets import NotReadableError
from referral.intake.reminding import tell_waiting
from referral.intake.safe import Safe, open_safe
from referral.keyring.services import KeyDestroyedError
from referral.partners.areas import speak
from referral.partners.link_forms import WRONG_CODE, CodeForm
from referral.partners.link_secrets import is_same, keep_apart
from referral.referrals import links
from referral.referrals.answering import ConsentOverError, advance
from referral.referrals.areas import referrals
from referral.referrals.finding import in_hand, open_key
from referral.referrals.link_forms import ANSWERS, Answer, AnswerForm
from referral.referrals.messages import read_all
from referral.referrals.models import Referral, ReferralLink, Via
from referral.referrals.moving import Hand
from referral.referrals.numbers import list_numbers
from referral.referrals.opening import read_first
from referral.referrals.proposals import Proposal, Way
from referral.referrals.speaking import propose
from referral.referrals.status import IllegalMoveError, ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, directory_session, writing

AREA = "answer"
STATUSES = {Answer.ACCEPT: ReferralStatus.ACCEPTED, Answer.DECLINE: ReferralStatus.REJECTED}

blueprint = Blueprint("referral_links", __name__, url_prefix=f"/<any(fr, en):language>/{AREA}")
speak(blueprint)
keep_apart(blueprint)
answer_unreachable(blueprint)


class DeadLinkError(HTTPException):
    """Nothing is behind this link: it serves no more, or never did."""

    code = HTTPStatus.NOT_FOUND


@blueprint.errorhandler(DeadLinkError)
@blueprint.errorhandler(NotReadableError)
@blueprint.errorhandler(NotOpenedError)
@blueprint.errorhandler(KeyDestroyedError)
@blueprint.errorhandler(ConsentOverError)
@blueprint.errorhandler(IllegalMoveError)
def show_dead(_error: Exception) -> ResponseReturnValue:
    """Say what to do, the same for all reasons."""
    return render_template("referrals/link_dead.html"), HTTPStatus.NOT_FOUND


@referrals.post("/<uuid:referral_id>/link")
def make_link(referral_id: UUID) -> ResponseReturnValue:
    """Make the link of a referral; its address and its code are shown this once."""
    form = PlainForm()
    if not form.validate_on_submit():
        abort(HTTPStatus.BAD_REQUEST)
    try:
        with in_hand(referral_id, Permission.REFERRAL_SEND, Side.SENDER) as hand:
            link, token, code = links.make_link(hand)
            referral, until = hand.referral, link.expires_at
    except links.NoLinkError:
        return render_template("referrals/link_none.html", referral_id=referral_id), HTTPStatus.CONFLICT
    return render_template(
        "referrals/link_made.html",
        link_address=url_for("referral_links.show", token=token, _external=True),
        code=code,
        until=until,
        place=name_place(directory_session(), referral.receiver_id),
        listings=list_numbers(referral),
        referral_id=referral_id,
    )


def held_link(token: str, *, lock: bool = False) -> tuple[ReferralLink, Referral]:
    """Return the link of an address with its referral, if it serves."""
    found = links.find_link(cases_session(), token, now(), lock=lock)
    if found is None:
        raise DeadLinkError
    link, referral = found
    actor = links.as_actor(referral)
    require_of(actor, Permission.REFERRAL_ANSWER, Target(referral.receiver_id))
    g.csrf_token = links.form_token(link)  # the page holds a secret: it is not compressed
    return link, referral


def check_form(link: ReferralLink) -> None:
    """Answer 400 to a form that is not of this link's own page."""
    if not is_same(links.form_token(link), request.form.get("csrf_token", "")):
        abort(HTTPStatus.BAD_REQUEST)


@blueprint.get("/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """Ask for the code; nothing is written and nobody is named, whoever follows it."""
    link, _ = held_link(token)
    return show_code_form(link, token, CodeForm(), HTTPStatus.OK)


def show_code_form(link: ReferralLink, token: str, form: CodeForm, status: int) -> ResponseReturnValue:
    """Show where to type the code."""
    page = render_template(
        "referrals/link_code.html", form=form, token=token, form_token=links.form_token(link)
    )
    return page, status


@blueprint.post("/<token>/code")
@public
def take_code(token: str) -> ResponseReturnValue:
    """Open what answering needs to whoever types the code; a wrong one is counted."""
    form, is_right = CodeForm(request.form), False
    with writing(cases_session(), CASES) as session:
        link, _ = held_link(token, lock=True)
        check_form(link)
        if form.validate():
            is_right = links.take_code(session, link, form.code.data)
    link, referral = held_link(token)
    if is_right:
        return show_asked(link, referral, token, AnswerForm())
    if form.code.data and not form.errors:
        form.code.errors = [WRONG_CODE]
    return show_code_form(link, token, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@blueprint.post("/<token>")
@public
def answer(token: str) -> ResponseReturnValue:
    """Take the answer, once."""
    link, referral = held_link(token)
    check_form(link)
    if not links.holds_key(link, request.form.get("key", ""), now()):
        return show_code_form(link, token, CodeForm(), HTTPStatus.UNPROCESSABLE_ENTITY)
    form = AnswerForm(request.form)
    if not form.validate():
        return show_asked(link, referral, token, form)
    said, owner_id = Answer(form.answer.data), referral.owner_id
    safe = open_key(referral)
    with writing(cases_session(), CASES) as session:
        hand = links.hold(session, referral, safe, now())
        link, _ = held_link(token, lock=True)
        take_answer(hand, link, said, form)
    tell_waiting({owner_id}, now())
    return render_template("referrals/link_done.html", said=said.value)


def take_answer(hand: Hand, link: ReferralLink, said: Answer, form: AnswerForm) -> None:
    """Write an answer down; a wish to be called leaves the link for the answer, and is written once."""
    if said in STATUSES:
        advance(hand, STATUSES[said], form.read())
        links.spend(hand, link)
    elif not has_asked_for_call(hand, link):
        propose(hand, Proposal(Way.CALL_ME), form.note.data or "")


def has_asked_for_call(hand: Hand, link: ReferralLink) -> bool:
    """Say whether whoever has the link asked already to be called."""
    return any(
        each.via is Via.LINK and each.sent_at >= link.made_at for each in read_all(hand.referral, hand.safe)
    )


def show_asked(link: ReferralLink, referral: Referral, token: str, form: AnswerForm) -> ResponseReturnValue:
    """Show what answering needs, and nothing of who she is; that it is read is written down first."""
    if referral.public_packet_id is None:
        raise DeadLinkError
    sent = open_safe(referral.public_packet_id, referral.sender_id)
    keys: tuple[Safe, Safe] = open_key(referral), sent
    with writing(cases_session(), CASES) as session:
        hand = links.hold(session, referral, keys[0], now())
        values = read_first(hand, keys[1])
        urgency, sender_id = hand.referral.urgency, hand.referral.sender_id
    page = render_template(
        "referrals/link_asked.html",
        form=form,
        token=token,
        form_token=links.form_token(link),
        key=links.make_key(link, now()),
        shown=as_words(values),
        level=urgency,
        sender=name_place(directory_session(), sender_id),
        words=consent_words,
        answers={
            "accept": ANSWERS[Answer.ACCEPT],
            "decline": ANSWERS[Answer.DECLINE],
            "call": ANSWERS[Answer.CALL_ME],
        },
        urgencies=file_words.URGENCIES,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
