"""Asks a need of a file of one or several organizations, sends it, and writes down whom she chose."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from referral.access.policy import Actor, Permission, permits
from referral.accounts.forms import PlainForm
from referral.catalogue.listing import Text
from referral.i18n.locale import current_language
from referral.intake import consent_words, packets
from referral.intake.agreements import NoAgreementError
from referral.intake.answer_words import name_all
from referral.intake.answers import Given, read_answers
from referral.intake.areas import cases  # noqa: F401  # their addresses come first
from referral.intake.consent import AvoidedError, ConsentMissingError, is_in_force
from referral.intake.consent_views import as_words, list_regions
from referral.intake.consents import list_consents, value_of
from referral.intake.erasing import carry_out_soon
from referral.intake.finding import changing, open_file
from referral.intake.held import Held
from referral.intake.life_forms import read_person
from referral.intake.match_views import find_proposals
from referral.intake.matching import list_sought, read_wanted
from referral.intake.models import Case, Consent, Packet
from referral.intake.new_files import make_entry, read_entry
from referral.intake.packets import NothingToSendError
from referral.intake.people import list_leads
from referral.intake.reminding import tell_waiting
from referral.intake.safe import Safe, make_safe, open_safe, open_safes
from referral.intake.vocabulary import Item, Need, Said, Urgency
from referral.keyring.models import Kind
from referral.keyring.services import Thing
from referral.referrals import choosing, sending, speaking
from referral.referrals.answer_views import back, check_side
from referral.referrals.answer_words import REFUSED
from referral.referrals.areas import referrals
from referral.referrals.choosing import NotToChooseError
from referral.referrals.finding import find_referral
from referral.referrals.forms import ActForm, AskForm
from referral.referrals.messages import read_all
from referral.referrals.models import Referral
from referral.referrals.moving import Hand
from referral.referrals.reading import say_reading
from referral.referrals.sending import Ask, Recipient, SendingRefusedError, list_needs
from referral.referrals.show_views import Shown, render
from referral.referrals.speaking import NotThenError, TimeRefusedError, find_open_call
from referral.referrals.status import IllegalMoveError, Side
from referral.referrals.status_words import say_status
from referral.referrals.unused import destroy_unused
from referral.shared.clock import now
from referral.shared.database import HELD, cases_session, directory_session

SEND = Permission.REFERRAL_SEND
Answers = dict[str, Given]
NOT_SENT = (
    SendingRefusedError,
    AvoidedError,
    ConsentMissingError,
    NoAgreementError,
    NothingToSendError,
    IllegalMoveError,
)


def say_refusal(error: Exception) -> object:
    """Return in words why something is not sent."""
    if isinstance(error, SendingRefusedError | AvoidedError):
        return REFUSED[error.reason]
    if isinstance(error, NoAgreementError):
        return REFUSED["agreement"]
    if isinstance(error, NothingToSendError):
        return REFUSED["nothing"]
    return REFUSED["consent" if isinstance(error, ConsentMissingError) else "moved"]


@referrals.route("/new/<uuid:case_id>", methods=["GET", "POST"])
def begin(case_id: UUID) -> ResponseReturnValue:
    """Ask: which need, how urgent, whom; what goes at once and what only an acceptance opens are shown."""
    case, safe, actor = open_file(case_id, SEND)
    answers = read_answers(cases_session(), case.id, safe)
    grants = [each for each in list_consents(cases_session(), case.id) if is_in_force(each, now())]
    form = make_form(case, answers, grants, actor)
    pressed = request.form.get("do") in {"look", "send"}
    if pressed and form.validate_on_submit() and request.form.get("do") == "send":
        made = _ask(case, form)
        if made:
            return back(made[0])
    if not pressed:
        form.need.errors = form.urgency.errors = form.recipients.errors = []
    chosen = [each for each in grants if str(each.id) in {text[:36] for text in form.recipients.data or ()}]
    return render_template(
        "referrals/begin.html",
        case=case,
        form=form,
        preview=_preview(answers, chosen, form) if pressed and not form.errors else None,
        places=name_all([str(each.receiver_id) for each in grants]),
        items=consent_words.ITEMS,
        asked=_list_asked(case.id),
        say_status=say_status,
    ), form.status if pressed else HTTPStatus.OK


def make_form(case: Case, answers: Answers, grants: list[Consent], actor: Actor) -> AskForm:
    """Return the form; whom to ask is chosen among those to whom she consented, and their services."""
    form = AskForm()
    form.offer(list_needs(value_of(answers, "needs")), _offer_recipients(answers, grants, actor))
    if request.method == "GET":
        level = (value_of(answers, "urgency") or {}).get("level")
        form.urgency.data = level
        form.previous.data = request.args.get("previous", "")[:36]
        form.recipients.data = [
            each.value for each in form.recipients.choices if each.value == request.args.get("to")
        ]
    if not form.entry.data:
        form.entry.data = make_entry(case.organization_id)
    return form


def _offer_recipients(answers: Answers, grants: list[Consent], actor: Actor) -> dict[str, str]:
    """Return whom to ask, by consent and service: first as a whole, then the services that may fit."""
    usable = {each.receiver_id: each for each in reversed(grants) if Item.NEEDS in each.scope}
    names = name_all([str(each) for each in usable])
    found = {f"{grant.id}": names[str(place)] for place, grant in usable.items()}
    values = {name: each.value for name, each in answers.items() if each.said is Said.ANSWERED}
    may_read = permits(actor, Permission.LISTING_READ_FOR_WORKERS)
    sought = list_sought(values.get("needs"))
    for proposals in find_proposals(read_wanted(values), sought, for_workers=may_read) or ():
        for each in proposals.fitting:
            grant = usable.get(read_person(str(each.listing.organization.id)) or uuid.UUID(int=0))
            if grant is not None:
                label = f"{names[str(grant.receiver_id)]} – {_say(each.card.name)}"
                found[f"{grant.id}.{each.listing.id}"] = label
    order = [str(each.id) for each in usable.values()]
    return dict(sorted(found.items(), key=lambda each: order.index(each[0].partition(".")[0])))


def _say(name: Text) -> str:
    """Return the name of a service in the language of the page, or in the one that it has."""
    return (name.en if current_language() == "en" else name.fr) or name.fr or name.en or ""


def _preview(answers: Answers, chosen: list[Consent], form: AskForm) -> list[tuple[Consent, str, Any, Any]]:
    """Return for each that is asked when it reads, what goes at once, and what an acceptance opens."""
    shown = []
    for consent in chosen:
        first, second = sending.look_ahead(
            answers, consent.scope, Need(form.need.data), Urgency(form.urgency.data)
        )
        read_at = say_reading(cases_session(), consent.receiver_id, now())
        shown.append((consent, read_at, as_words(first), as_words(second)))
    return shown


def _list_asked(case_id: UUID) -> list[tuple[Referral, str]]:
    """Return the referrals of a file, the latest first, with whom they ask."""
    statement = sa.select(Referral).where(Referral.case_id == case_id)
    rows = cases_session().scalars(statement.order_by(Referral.created_at.desc(), Referral.id)).all()
    names = name_all([str(each.receiver_id) for each in rows])
    return [(each, names[str(each.receiver_id)]) for each in rows]


def _ask(case: Case, form: AskForm) -> list[UUID]:
    """Draft what is asked and send it; return what was made, nothing where it was refused."""
    ask = Ask(
        Need(form.need.data),
        Urgency(form.urgency.data),
        tuple(_recipient(text) for text in form.recipients.data),
        _previous(case, form.previous.data),
    )
    mark = read_entry(form.entry.data or "", case.organization_id)
    ids = [uuid.uuid5(mark, str(number)) for number in range(len(ask.recipients))]
    if cases_session().get(Referral, ids[0]) is not None:
        return ids[:1]
    known = open_safes(ids)
    at = now()
    safes = [
        known.get(each) or make_safe(Thing(Kind.REFERRAL, each, case.organization_id), at) for each in ids
    ]
    case_id = case.id
    try:
        with changing(case_id, SEND) as held:
            sending.draft(held, ask, safes)
    except NOT_SENT as error:
        form.refuse("recipients", say_refusal(error))
        destroy_unused(Referral, safes)
        return []
    for each in ids:
        if ask.urgency not in sending.CALL_FIRST:
            flash(str(send_draft_now(case_id, each)))
    return ids


def _recipient(text: str) -> Recipient:
    consent, _dot, service = text.partition(".")
    return Recipient(UUID(consent), read_person(service))


def _previous(case: Case, text: str | None) -> UUID | None:
    """Return the referral after which another is asked; None where it is not of this file."""
    previous_id = read_person(text)
    found = cases_session().get(Referral, previous_id) if previous_id else None
    return found.id if found is not None and found.case_id == case.id else None


def send_draft_now(case_id: UUID, referral_id: UUID) -> object:
    """Send a draft; return in words what became of it."""
    receiver_id = cases_session().get_one(Referral, referral_id).receiver_id
    keys, safe = sending.prepare_packets(sender_of(referral_id), now()), open_safe(referral_id)
    regions = list_regions([receiver_id]).get(receiver_id, frozenset())
    try:
        with changing(case_id, SEND) as held:
            referral = held.session.get_one(
                Referral, referral_id, with_for_update=HELD, populate_existing=True
            )
            hand = Hand(held.session, referral, safe, Side.SENDER, held.actor, held.at)
            sending.send(held, hand, keys, regions)
    except NOT_SENT as error:
        return say_refusal(error)
    finally:
        destroy_unused(Packet, (keys.public, keys.private))
    tell_waiting(list_leads(directory_session(), receiver_id), now())
    read_at = say_reading(cases_session(), receiver_id, now())
    return _("Sent. %(read_at)s A message never takes the place of a call.", read_at=read_at)


def sender_of(referral_id: UUID) -> UUID:
    """Return who sends a referral."""
    return cases_session().get_one(Referral, referral_id).sender_id


@referrals.post("/<uuid:referral_id>/send")
def send_draft(referral_id: UUID) -> ResponseReturnValue:
    """Send what was drafted, once somebody called where that comes first."""
    check_side(referral_id, SEND, Side.SENDER)
    if PlainForm().validate_on_submit():
        flash(str(send_draft_now(find_referral(referral_id, SEND)[0].case_id, referral_id)))
    return back(referral_id)


@referrals.post("/<uuid:referral_id>/choose")
def choose(referral_id: UUID) -> ResponseReturnValue:
    """Write down that she chose this one: how to reach her opens there, and the others are told."""
    check_side(referral_id, SEND, Side.SENDER)
    form = ActForm()
    if not form.validate_on_submit():
        return back(referral_id)
    referral = find_referral(referral_id, SEND)[0]
    case_id, sender_id, receiver_id = referral.case_id, referral.sender_id, referral.receiver_id
    safes = open_safes([each.id for each in choosing.list_group(cases_session(), referral)])
    keys = [packets.prepare(sender_id, now())]
    try:
        with changing(case_id, SEND) as held:
            told = [each.receiver_id for each in choosing.choose(held, referral_id, safes, keys[0])]
    except (NotToChooseError, *NOT_SENT) as error:
        refusal = REFUSED["moved"] if isinstance(error, NotToChooseError) else say_refusal(error)
        return render(referral_id, Shown(refusal=refusal, status=HTTPStatus.CONFLICT))
    finally:
        destroy_unused(Packet, keys)
    carry_out_soon()
    places = [receiver_id, *told]
    tell_waiting({each for place in places for each in list_leads(directory_session(), place)}, now())
    return back(referral_id, _("Written down. The others that were asked are told that it is settled."))


@referrals.post("/<uuid:referral_id>/confirm")
def confirm_call(referral_id: UUID) -> ResponseReturnValue:
    """Agree to the call of three that was proposed, if she may be called then."""
    check_side(referral_id, SEND, Side.SENDER)
    if not PlainForm().validate_on_submit():
        return back(referral_id)
    referral = find_referral(referral_id, SEND)[0]
    case_id, safe = referral.case_id, open_safe(referral_id)
    try:
        with changing(case_id, SEND) as held:
            _confirm(held, referral_id, safe)
    except (NotThenError, TimeRefusedError, IllegalMoveError) as error:
        reason = {NotThenError: "not-then", TimeRefusedError: "time"}.get(type(error), "moved")
        return render(referral_id, Shown(refusal=REFUSED[reason], status=HTTPStatus.CONFLICT))
    tell_waiting([referral.handler_id] if referral.handler_id else [], now())
    return back(referral_id, _("Agreed to. The other side sees it."))


def _confirm(held: Held, referral_id: UUID, safe: Safe) -> None:
    referral = held.session.get_one(Referral, referral_id, with_for_update=HELD, populate_existing=True)
    on = find_open_call(read_all(referral, safe))
    if on is None:
        raise IllegalMoveError
    rules = value_of(read_answers(held.session, held.case.id, held.safe), "safe_contact")
    hand = Hand(held.session, referral, safe, Side.SENDER, held.actor, held.at)
    speaking.confirm(hand, on, rules)
