"""The words of referrals in the copy that a person may ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.accounts.letters import say_moment
from referral.intake.answer_words import say_given
from referral.intake.answers import Given
from referral.intake.file_words import NEEDS
from referral.intake.parts import Row, Say
from referral.intake.vocabulary import Said
from referral.referrals.answer_words import CALLED, REASONS, RULES, WAYS
from referral.referrals.models import Via
from referral.referrals.report_words import words_of
from referral.referrals.status import Side
from referral.referrals.status_words import STATUSES
from referral.shared.bilingual import Language

__all__ = ["CALLED", "LABELS", "SAY", "SIDES", "STATUSES", "TITLES", "VIAS"]

TITLES: dict[str, LazyString] = {
    "referrals": _l("What was asked of other organizations for you"),
    "referral_moves": _l("What they answered, and what became of it"),
    "referral_messages": _l("What the organizations wrote to each other about it"),
    "referral_calls": _l("Calls about what was asked"),
}
LABELS: dict[str, LazyString] = {
    "referrals.owner_id": _l("Who asked"),
    "referrals.receiver_id": _l("Asked of"),
    "referrals.sender_id": _l("Asked by"),
    "referrals.requested_at": _l("Sent"),
    "referrals.created_at": _l("Prepared"),
    "handler_id": _l("Who answers"),
    "by_call": _l("Asked by telephone"),
    "turn": _l("Whose turn it is"),
    "due_at": _l("By when"),
    "escalated_at": _l("Told to whoever leads that it is late"),
    "was_accepted": _l("Was accepted"),
    "chosen_at": _l("Chosen by you"),
    "began_at": _l("The service has begun"),
    "side": _l("By which side"),
    "via": _l("How"),
    "from_status": _l("Before"),
    "to_status": _l("After"),
    "called_at": _l("Called"),
    "called_by": _l("By"),
    "answered": _l("How the call ended"),
}
SIDES: dict[Side, LazyString] = {
    Side.SENDER: _l("the organization that asked"),
    Side.RECEIVER: _l("the organization that was asked"),
    Side.COORDINATOR: _l("whoever leads one of the two"),
}
VIAS: dict[Via, LazyString] = {
    Via.ACCOUNT: _l("with an account"),
    Via.LINK: _l("by a link"),
    Via.CALL: _l("by telephone"),
    Via.SYSTEM: _l("by itself"),
}
ASKED = frozenset({"need", "region", "age_band", "population"})
WHY = frozenset({"reason", "sub", "note"})
PROPOSED = frozenset({"text", "way", "on"})


def say_asked(row: Row, _language: Language) -> Row:
    """Return a referral with what was asked in words."""
    return _with(row, _asked, ASKED)


def _asked(told: Mapping[str, Any]) -> list[str]:
    said = [str(NEEDS[told["need"]])]
    if told.get("age_band"):
        said.append(say_given("age_band", Given(Said.ANSWERED, told["age_band"])))
    if told.get("population"):
        said.append(words_of("population").get(told["population"], told["population"]))
    if told.get("region"):
        said.append(say_given("regions", Given(Said.ANSWERED, {"now": told["region"]})))
    return said


def say_why(row: Row, _language: Language) -> Row:
    """Return a move with its reason in words."""
    return _with(row, _why, WHY)


def _why(told: Mapping[str, Any]) -> list[str]:
    said = [str(REASONS[told["reason"]])] if "reason" in told else []
    said += [str(RULES[told["sub"]])] if "sub" in told else []
    return [*said, *([told["note"]] if "note" in told else [])]


def say_message(row: Row, language: Language) -> Row:
    """Return a message with what it proposes in words."""
    return _with(row, lambda told: _proposed(told, language), PROPOSED)


def _proposed(told: Mapping[str, Any], language: Language) -> list[str]:
    said = [str(WAYS[told["way"]])]
    if told.get("on"):
        said.append(say_moment(datetime.fromisoformat(told["on"]), language))
    return [*said, *([told["text"]] if told.get("text") else [])]


def _with(row: Row, say: Callable[[Mapping[str, Any]], list[str]], known: frozenset[str]) -> Row:
    """Return a row whose content is said; whatever has another shape stays as it is."""
    told = row["content"]
    if not isinstance(told, Mapping) or told.keys() - known:
        return row
    try:
        return {**row, "content": say(told)}
    except (AttributeError, KeyError, TypeError, ValueError):
        return row


SAY: dict[str, Say] = {"referrals": say_asked, "referral_moves": say_why, "referral_messages": say_message}
