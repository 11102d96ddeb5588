"""A file's timeline in plain words: who did what, when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.i18n.dates import say_date
from referral.i18n.locale import current_language
from referral.intake.consent_words import ITEMS
from referral.intake.file_words import CLOSURES, FOLLOW_UPS
from referral.intake.models import CaseEvent
from referral.intake.safe import Safe
from referral.intake.vocabulary import CaseEventKind, Closure, FollowUpKind, Item

SENTENCES: dict[CaseEventKind, LazyString] = {
    CaseEventKind.CREATED: _l("The file was begun"),
    CaseEventKind.OPENED: _l("The file was opened"),
    CaseEventKind.CHANGED: _l("Answers were changed"),
    CaseEventKind.NEXT_STEP: _l("Another next step was chosen"),
    CaseEventKind.HANDED_OVER: _l("The file has other keepers"),
    CaseEventKind.FOLLOWED_UP: _l("She was followed up"),
    CaseEventKind.CONTACT_SEEN: _l("How to reach her was looked at outside her hours"),
    CaseEventKind.CONSENTED: _l("A consent was written down"),
    CaseEventKind.WITHDRAWN: _l("A consent was withdrawn"),
    CaseEventKind.SHARED: _l("What she agreed to was sent"),
    CaseEventKind.DISCLOSED: _l("Something was communicated without consent, under the law"),
    CaseEventKind.RIGHTS: _l("A request about her own file"),
    CaseEventKind.CLOSED: _l("The file was closed"),
    CaseEventKind.REOPENED: _l("The file was opened again"),
    CaseEventKind.KEPT_LONGER: _l("The file is kept longer"),
}
WHY: dict[str, LazyString] = {
    "left": _l("Somebody keeps files here no more."),
    "back": _l("The absence is over."),
    "stays": _l("Whoever was to take the file back keeps files here no more: it stays where it is."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what was done, what more there is to say, by whom (None: by itself), when."""

    what: str
    more: str
    who: str | None
    at: datetime


def open_events(events: Iterable[CaseEvent], safe: Safe) -> list[tuple[CaseEvent, Any]]:
    """Return events with what is sealed of each."""
    return [(each, safe.open(f"event.{each.id}", each.sealed) if each.sealed else None) for each in events]


def list_people(opened: Iterable[tuple[CaseEvent, Any]]) -> set[UUID]:
    """Return everybody whom a timeline names."""
    people: set[UUID] = set()
    for event, detail in opened:
        if event.user_id is not None:
            people.add(event.user_id)
        if event.kind is CaseEventKind.HANDED_OVER and isinstance(detail, dict):
            people.update(UUID(each) for name in ("owner", "deputy") for each in detail.get(name, ()) if each)
    return people


def list_places(opened: Iterable[tuple[CaseEvent, Any]]) -> list[str]:
    """Return the identifiers of all organizations that a timeline names."""
    return [detail["receiver"] for _, detail in opened if isinstance(detail, dict) and detail.get("receiver")]


def say_events(
    opened: Sequence[tuple[CaseEvent, Any]], names: Mapping[UUID, str], places: Mapping[str, str]
) -> list[Line]:
    """Return a timeline in the language of the page; ``places`` names organizations by their identifiers."""
    return [
        Line(
            say_what(event.kind, detail),
            say_more(event.kind, detail, names, places) if isinstance(detail, dict) else "",
            names.get(event.user_id) if event.user_id else None,
            event.occurred_at,
        )
        for event, detail in opened
    ]


def say_what(kind: CaseEventKind, detail: Any) -> str:
    """Return what was done."""
    if kind is CaseEventKind.SHARED and isinstance(detail, dict) and detail.get("recalled"):
        return _("What was sent was taken back")
    return str(SENTENCES[kind])


def say_more(
    kind: CaseEventKind, detail: dict[str, Any], names: Mapping[UUID, str], places: Mapping[str, str]
) -> str:
    """Return what more an event tells; nothing where its sentence says all."""
    more = ""
    match kind, detail:
        case CaseEventKind.CONSENTED | CaseEventKind.WITHDRAWN | CaseEventKind.SHARED, {
            "receiver": place
        } if place in places:
            items = (str(ITEMS[Item(each)]) for each in detail.get("items", ()))
            more = " · ".join((places[place], *items))
        case CaseEventKind.NEXT_STEP, {"on": on, "text": text}:
            more = f"{text} ({_day(on)})"
        case CaseEventKind.HANDED_OVER, {"owner": _owner, "deputy": _deputy}:
            more = _say_handing(detail, names)
        case CaseEventKind.FOLLOWED_UP, {"follow_up": which, "reached": reached}:
            came = _("she was reached") if reached else _("she was not reached")
            more = f"{FOLLOW_UPS[FollowUpKind(which)]}, {came}"
        case CaseEventKind.CONTACT_SEEN, {"reason": reason}:
            more = str(reason)
        case CaseEventKind.KEPT_LONGER, {"until": until, "reason": reason}:
            more = f"{_('Until %(day)s.', day=_day(until))} {reason}"
        case CaseEventKind.CLOSED, {"reason": reason}:
            more = str(CLOSURES[Closure(reason)])
    return more


def _say_handing(detail: dict[str, Any], names: Mapping[UUID, str]) -> str:
    parts = []
    for name, sentence in (("owner", _l("Owner: %(name)s.")), ("deputy", _l("Deputy: %(name)s."))):
        was, now = detail[name]
        if was != now:
            parts.append(str(sentence) % {"name": names.get(UUID(now), "?") if now else _("nobody")})
    if detail.get("returns_on"):
        parts.append(_("Until %(day)s.", day=_day(detail["returns_on"])))
    if detail.get("why") in WHY:
        parts.append(str(WHY[detail["why"]]))
    return " ".join(parts)


def _day(text: str) -> str:
    return say_date(date.fromisoformat(text), current_language())
