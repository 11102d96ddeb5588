"""Answers in words, as two people compare what each of them wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _

from referral.accounts.organizations import list_names
from referral.directory.cards import language_name, region_name
from referral.i18n.dates import say_time
from referral.i18n.locale import current_language
from referral.i18n.typography import set_text
from referral.intake.answers import Given
from referral.intake.contact import shown_now
from referral.intake.file_words import (
    AGE_BANDS,
    CHANNELS,
    FLAGS,
    FOLLOW_UPS,
    GENDERS,
    NEED_STATES,
    NEEDS,
    NOT_ASKED,
    SAID,
    URGENCIES,
    WEEKDAYS,
)
from referral.intake.life_forms import read_person
from referral.intake.vocabulary import AgeBand, FollowUpKind, Need, NeedState, Said, Urgency
from referral.shared.database import directory_session


def say_given(name: str, given: Given | None) -> str:
    """Return what is known of a question, as a person reads it."""
    if given is None:
        return str(NOT_ASKED)
    if given.said is not Said.ANSWERED:
        return str(SAID[given.said])
    return SAY[name](given.value)


def say_shown(name: str, given: Given | None, at: datetime) -> str:
    """Return the same; of how she is reached, only what her own rule lets show at that moment."""
    if name != "safe_contact" or given is None or given.said is not Said.ANSWERED:
        return say_given(name, given)
    shown = shown_now(given.value, at)
    said = say_given(name, replace(given, value=shown))
    return said if shown == given.value else _join([said, _("the rest is not shown now, by her own rule")])


def name_all(ids: list[str]) -> dict[str, str]:
    """Return the names of organizations by their identifiers, in the language of the page; of those only."""
    places = {each: place for each in ids if (place := read_person(each)) is not None}
    names = list_names(directory_session(), list(places.values()))
    gone = _("an organization that is no longer listed")
    return {
        each: set_text(*names[place].best(current_language())) if place in names else gone
        for each, place in places.items()
    }


def _join(parts: list[object]) -> str:
    return " · ".join(str(part) for part in parts if part)


def say_hours(begins: str, ends: str) -> str:
    """Return « de 9 h à 15 h 30 », or “from 9:00 am to 3:30 pm”."""
    said = [say_time(time.fromisoformat(each), current_language()) for each in (begins, ends)]
    return _("from %(begins)s to %(ends)s", begins=said[0], ends=said[1])


def _say_contact(value: Mapping[str, Any]) -> str:
    hours = say_hours(value["from"], value["to"]) if value.get("from") else ""
    days = ", ".join(str(WEEKDAYS[day]) for day in value.get("days", ()))
    voicemail = _("a message may be left") if value.get("voicemail") else _("no message")
    texts = [value.get(name) for name in ("detail", "ask_for")]
    return _join([CHANNELS[value["channel"]], *texts, days, hours, voicemail, value.get("words")])


def _say_limits(value: Mapping[str, Any]) -> str:
    gender = GENDERS[value["gender"]] if value.get("gender") else ""
    children = value.get("children")
    told = "" if children is None else _("children: %(number)d", number=children)
    flags = [FLAGS[flag] for flag in value.get("flags", ())]
    return _join([gender, told, value.get("children_ages"), *flags]) or _("none")


def _say_regions(value: Mapping[str, Any]) -> str:
    parts: list[object] = []
    if value.get("now"):
        parts.append(_("now: %(region)s", region=region_name(value["now"])))
    if value.get("wanted"):
        parts.append(_("wanted: %(regions)s", regions=", ".join(map(region_name, value["wanted"]))))
    if value.get("avoid"):
        parts.append(_("to avoid: %(regions)s", regions=", ".join(map(region_name, value["avoid"]))))
    return _join(parts)


def _say_languages(value: Mapping[str, Any]) -> str:
    spoken = ", ".join(language_name(code) for code in value["spoken"])
    return _join([spoken, _("with an interpreter") if value["interpreter"] else ""])


def _say_needs(value: Mapping[str, str]) -> str:
    return _join([f"{NEEDS[Need(need)]} – {NEED_STATES[NeedState(state)]}" for need, state in value.items()])


def _say_under_14(value: Mapping[str, Any]) -> str:
    by_parent = value["capacity"] == "parent"
    return _join([_("a parent or tutor") if by_parent else _("the child’s benefit"), value.get("line")])


SAY: dict[str, Callable[[Any], str]] = {
    "notice": lambda value: _join([value["version"], language_name(value["language"])]),
    "nickname": str,
    "age_band": lambda value: str(AGE_BANDS[AgeBand(value)]),
    "under_14": _say_under_14,
    "languages": _say_languages,
    "safe_contact": _say_contact,
    "urgency": lambda value: _join([URGENCIES[Urgency(value["level"])], value["reason"]]),
    "needs": _say_needs,
    "limits": _say_limits,
    "regions": _say_regions,
    "organizations_to_avoid": lambda value: ", ".join(name_all(value).values()),
    "follow_up": lambda value: _join([FOLLOW_UPS[FollowUpKind(each)] for each in value]) or _("no"),
    "note": str,
}
