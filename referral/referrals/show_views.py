"""The page of one referral, for either side: where it stands, what was sent, and what can be done now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from referral.access.guard import find_actor
from referral.access.policy import Permission, Target, permits
from referral.accounts.forms import PlainForm, StaffForm
from referral.intake import consent_words
from referral.intake.answer_words import name_all
from referral.intake.answers import read_answers
from referral.intake.consent import is_in_force
from referral.intake.consent_views import as_words
from referral.intake.consents import find_consent
from referral.intake.file_words import NEEDS, URGENCIES
from referral.intake.hooks import NotOpenedError
from referral.intake.models import Case
from referral.intake.packets import NotReadableError
from referral.intake.people import name_people
from referral.intake.safe import Safe, open_safe, open_safes
from referral.intake.unmet import hand_over
from referral.intake.vocabulary import Item
from referral.referrals import answer_words, opening
from referral.referrals.answering import waits_for_choice
from referral.referrals.areas import referrals
from referral.referrals.asked import read_asked
from referral.referrals.calls import list_calls
from referral.referrals.choosing import list_group
from referral.referrals.due_words import say_by, say_due
from referral.referrals.finding import in_hand, open_key, open_referral
from referral.referrals.forms import ActForm, CallForm, MessageForm, MoveForm, StrikeForm, WayForm
from referral.referrals.leading import may_lead
from referral.referrals.messages import SILENT, read_all
from referral.referrals.models import Referral
from referral.referrals.moving import read_why
from referral.referrals.numbers import list_numbers
from referral.referrals.reading import say_reading
from referral.referrals.reasons import Reason
from referral.referrals.sending import CALL_FIRST, look_ahead
from referral.referrals.speaking import find_open_call
from referral.referrals.status import ENDED, OPEN, ReferralStatus, Side, list_moves
from referral.referrals.status_words import say_event, say_next, say_status
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session

S = ReferralStatus
ROOM, GAPS = "listings.list_rooms", "gaps.begin_gap"
Values = dict[Item, Any]


@dataclass
class Shown:
    """What of a page is to be shown as it was typed, and what went wrong."""

    forms: dict[str, StaffForm] = field(default_factory=dict)
    refusal: object = ""
    status: int = HTTPStatus.OK


@referrals.get("/<uuid:referral_id>")
def show(referral_id: UUID) -> ResponseReturnValue:
    """Show a referral; the first look of whoever is asked says that it was received."""
    return render(referral_id, Shown())


def render(referral_id: UUID, shown: Shown) -> ResponseReturnValue:
    """Return the page of a referral, with what was typed where that was not done."""
    referral, safe, side, _actor = open_referral(referral_id)
    first, second = read_sent(referral, side, safe)
    session = cases_session()
    referral = session.get_one(Referral, referral_id, populate_existing=True)
    told = _read_words(referral, side, safe)
    return render_template(
        "referrals/show.html",
        case=session.get(Case, referral.case_id) if side is Side.SENDER else None,
        referral=referral,
        side=side,
        first=as_words(first) if first else None,
        second=as_words(second) if second else None,
        call_wanted=find_open_call(told["said"]) if referral.status in OPEN else None,
        calls=list_calls(session, referral, safe),
        say_due=say_due,
        say_by=say_by,
        say_next=say_next,
        at=now(),
        gap=_find_gap(referral, side, safe),
        **_find_numbers(referral, side),
        **_find_others(referral, side),
        **told,
        **_name(referral, told["said"]),
        **_offer(referral, side, shown),
        **_words(),
    ), shown.status


def _read_words(referral: Referral, side: Side, safe: Safe) -> dict[str, Any]:
    """Return what is asked, was written and done, as far as a side may read it now; its own in any case."""
    reads_all = side is Side.SENDER or opening.may_read_words(cases_session(), referral, now())
    whys = [(each, read_why(each, safe)) for each in referral.events]
    return {
        "asked": read_asked(referral, safe) if reads_all else None,
        "said": [each for each in read_all(referral, safe) if reads_all or each.side is side],
        "events": [
            (each, why if reads_all or each.side is side else replace(why, note="")) for each, why in whys
        ],
    }


def _find_gap(referral: Referral, side: Side, safe: Safe) -> dict[str, str] | None:
    """Return what a declined referral hands over to who asked, if she may tell that nothing met the need."""
    asked = read_asked(referral, safe)
    may_tell = permits(find_actor(), Permission.GAP_TELL) and GAPS in current_app.view_functions
    if side is not Side.SENDER or referral.status is not S.REJECTED or asked is None or not may_tell:
        return None
    reasons = [read_why(each, safe).reason for each in referral.events if each.to_status is S.REJECTED]
    reason = reasons[-1] if reasons else None
    return hand_over(asked.need, asked.region, asked.age_band, reason.value if reason else "")


def read_sent(referral: Referral, side: Side, safe: Safe) -> tuple[Values, Values]:
    """Return what was sent, in two stages, as far as a side may read it now; of a draft what would be."""
    if referral.status is S.DRAFT:
        return _look_ahead(referral, safe)
    ids = [each for each in (referral.public_packet_id, referral.private_packet_id) if each is not None]
    safes = open_safes(ids, referral.sender_id)
    if side is Side.SENDER:
        session = cases_session()
        return (
            opening.look_at_sent(session, referral.public_packet_id, safes),
            opening.look_at_sent(session, referral.private_packet_id, safes),
        )
    return _read(
        referral, opening.may_read_public, opening.read_first, referral.public_packet_id, safes
    ), _read(referral, opening.may_read_private, opening.read_second, referral.private_packet_id, safes)


def _look_ahead(referral: Referral, safe: Safe) -> tuple[Values, Values]:
    session, asked = cases_session(), read_asked(referral, safe)
    consent = find_consent(session, referral.case_id, referral.consent_id) if referral.consent_id else None
    if consent is None or not is_in_force(consent, now()):
        return {}, {}
    answers = read_answers(session, referral.case_id, open_safe(referral.case_id, referral.sender_id))
    return look_ahead(answers, consent.scope, asked.need if asked else None, referral.urgency)


def _read(
    referral: Referral, may: Any, read: Any, packet_id: UUID | None, safes: Mapping[UUID, Safe]
) -> Values:
    """Read one stage as the receiver, which is written down; nothing where it is closed to her."""
    if packet_id is None or packet_id not in safes or not may(referral) or request.method == "HEAD":
        return {}
    try:
        with in_hand(referral.id, Permission.REFERRAL_READ, Side.RECEIVER) as hand:
            found: Values = read(hand, safes[packet_id])
            return found
    except (NotOpenedError, NotReadableError):
        return {}


def _find_others(referral: Referral, side: Side) -> dict[str, Any]:
    """Return what one side alone sees: the others that were asked, whether she chooses, who may lead."""
    if side is not Side.SENDER:
        return {"others": [], "may_choose": False, "may_lead": may_lead(cases_session(), referral)}
    session = cases_session()
    waits = referral.status is S.ACCEPTED and waits_for_choice(session, referral)
    others = [each for each in list_group(session, referral) if each.id != referral.id]
    return {"others": others, "may_choose": waits, "may_lead": False}


def _find_numbers(referral: Referral, side: Side) -> dict[str, Any]:
    """Return what its sender is told of how and when the other side is reached."""
    if side is not Side.SENDER or referral.status in ENDED:
        return {"numbers": [], "read_at": ""}
    waits = referral.status in {S.DRAFT, S.REQUESTED} and not referral.by_call
    read_at = say_reading(cases_session(), referral.receiver_id, now()) if waits else ""
    return {"numbers": list_numbers(referral), "read_at": read_at}


def _name(referral: Referral, said: list[Any]) -> dict[str, Any]:
    places = [referral.sender_id, referral.receiver_id]
    places += [each.receiver_id for each in list_group(cases_session(), referral)]
    people = {each.user_id for each in (*referral.events, *said)} | {referral.owner_id, referral.handler_id}
    return {
        "places": name_all([str(each) for each in places]),
        "people": name_people(directory_session(), people),
    }


def _offer(referral: Referral, side: Side, shown: Shown) -> dict[str, Any]:
    """Return the forms of what can be done now."""
    version = str(referral.version)
    moves = list_moves(referral.status, side)
    forms: dict[str, StaffForm] = {
        each.value: _versioned(MoveForm(each, formdata=None), version)
        for each in moves
        if each is not S.RECEIVED and each is not S.REQUESTED
    }
    forms["plain"] = _versioned(ActForm(formdata=None), version)
    if referral.status not in SILENT:
        forms["message"] = MessageForm(formdata=None)
    if side is Side.SENDER and referral.status in OPEN | {S.DRAFT}:
        forms["call"] = CallForm(formdata=None)
    if side is Side.RECEIVER and referral.status in OPEN:
        forms["way"] = WayForm(formdata=None)
    if _may_strike(referral, side):
        forms["strike"] = _versioned(StrikeForm(formdata=None), version)
    for name in forms.keys() & shown.forms.keys():
        forms[name] = shown.forms[name]
        if isinstance(forms[name], ActForm):
            _versioned(forms[name], version)
    lost = [form for name, form in shown.forms.items() if name not in forms]
    wrong = next((form for form in shown.forms.values() if form.errors), None)
    return {
        "forms": forms,
        "lost": lost,
        "typed": shown.forms.keys(),
        "wrong": wrong,
        "refusal": shown.refusal,
        "room": _room(referral, side),
        "is_over": not (forms.keys() - {"plain", "message"}) and side is Side.RECEIVER,
    }


def _versioned(form: Any, version: str) -> Any:
    form.version.data = version
    return form


def _may_strike(referral: Referral, side: Side) -> bool:
    place = referral.sender_id if side is Side.SENDER else referral.receiver_id
    is_struck = referral.status is S.ENTERED_IN_ERROR
    return not is_struck and permits(find_actor(), Permission.REFERRAL_CORRECT, Target(place))


def _room(referral: Referral, side: Side) -> bool:
    """Say whether to offer the page on which it says that there is no room tonight."""
    if side is not Side.RECEIVER or referral.status is not S.REJECTED or not referral.events:
        return False
    why = read_why(referral.events[-1], open_key(referral))
    may = permits(find_actor(), Permission.CAPACITY_TELL, Target(referral.receiver_id))
    return why.reason is Reason.NO_CAPACITY and may and ROOM in current_app.view_functions


def _words() -> dict[str, Any]:
    return {
        "words": answer_words,
        "say_status": say_status,
        "say_event": say_event,
        "needs": NEEDS,
        "urgencies": URGENCIES,
        "items": consent_words.ITEMS,
        "call_first": CALL_FIRST,
        "plain_form": PlainForm(formdata=None),
        "has": current_app.view_functions,
    }
