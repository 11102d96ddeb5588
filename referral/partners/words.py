"""The fields of listings in words, in both languages: labels, and any value as lines that one reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.catalogue.fields import Ages, ForWorkers, Handling, Hours, Lacks, ServedArea, Territory
from referral.catalogue.listing import PhoneNumber, SpokenLanguage, Text
from referral.directory.cards import label, labels, language_name, region_name
from referral.directory.details import say_ages
from referral.directory.week import say_closed, say_opening
from referral.directory.words import MODES
from referral.i18n.lists import say_list
from referral.i18n.locale import current_language
from referral.i18n.phones import show_number
from referral.i18n.typography import set_text
from referral.shared.bilingual import Language

LABELS: dict[str, LazyString] = {
    "name": _l("Name of the service"),
    "description": _l("What the service does"),
    "phones": _l("Phone numbers"),
    "email": _l("E-mail"),
    "website": _l("Web site"),
    "referral_routes": _l("How to be referred"),
    "hours": _l("Hours"),
    "categories": _l("Kind of help"),
    "clientele": _l("For whom"),
    "ages": _l("Ages"),
    "languages": _l("Languages"),
    "area": _l("Area served"),
    "eligibility": _l("Who can be admitted"),
    "cost": _l("Cost"),
    "required_documents": _l("What to bring"),
    "accessibility": _l("Accessibility"),
    "for_workers": _l("Whom workers call"),
    "lacks": _l("What you lack"),
}
"""What each field of ``catalogue.fields.FIELDS`` is called."""
HANDLING: dict[Handling, LazyString] = {
    Handling.AT_ONCE: _l("Shown at once."),
    Handling.REVIEW: _l("Looked at by our team before it is shown."),
    Handling.CALL_FIRST: _l("Our team first calls the number listed now, then shows it."),
}
PHONE_KINDS: dict[str, LazyString] = {
    "voice": _l("Voice"),
    "text": _l("Text messages"),
    "textphone": _l("TTY"),
}
LACKS_WORDS: dict[str, LazyString] = {
    "room": _l("Room"),
    "staff": _l("Staff"),
    "money": _l("Money"),
    "training": _l("Training"),
    "other": _l("Something else"),
}
ANSWERS: dict[str, LazyString] = {
    "yes": _l("yes"),
    "no": _l("no"),
    "unknown": _l("unknown"),
}


def describe(name: str, value: Any, language: Language) -> list[str]:
    """Return the value of a field as lines in a language; one line says it where there is nothing."""
    with force_locale(language):
        return list(SAYERS[name](value)) or [gettext("nothing")]


def name_field(name: str, language: Language) -> str:
    """Return what a field is called in a language."""
    with force_locale(language):
        return str(LABELS[name])


def say_text(text: Text) -> Iterable[str]:
    """Return a text in each language that it is written in, which is named."""
    if text.fr:
        yield gettext("French: %(text)s", text=set_text(text.fr, "fr"))
    if text.en:
        yield gettext("English: %(text)s", text=set_text(text.en, "en"))


def _say_line(value: str | None) -> Iterable[str]:
    return [value] if value else []


def _say_codes(taxonomy: str) -> Callable[[tuple[str, ...]], Iterable[str]]:
    return lambda value: labels(taxonomy, value)


def _say_phones(value: tuple[PhoneNumber, ...]) -> Iterable[str]:
    for each in value:
        number = show_number(each.number)
        line = gettext("%(kind)s: %(number)s", kind=PHONE_KINDS[each.type], number=number)
        about = " / ".join(text for text in (each.description.fr, each.description.en) if text)
        yield gettext("%(line)s (%(about)s)", line=line, about=about) if about else line


def _say_hours(value: Hours) -> Iterable[str]:
    if value.always_open:
        yield gettext("Open 24 hours a day")
    for each in value.openings:
        hours = say_opening(each)
        overnight = each.closes_at <= each.opens_at
        yield gettext("%(hours)s the next day", hours=hours) if overnight else hours
    yield from (say_closed(day) for day in value.closed_on)
    yield from say_text(value.description)


def _say_ages(value: Ages) -> Iterable[str]:
    return _say_line(say_ages(value.minimum, value.maximum))


def _say_languages(value: tuple[SpokenLanguage, ...]) -> Iterable[str]:
    for mode, title in MODES.items():
        names = [language_name(each.code) for each in value if each.mode == mode]
        if names:
            yield gettext("%(mode)s: %(names)s", mode=title, names=say_list(names, current_language()))


def _say_area(value: Territory) -> Iterable[str]:
    if value.everywhere:
        yield gettext("All of Québec")
    yield from (say_served(each) for each in value.areas)
    yield from say_text(value.description)


def say_served(served: ServedArea) -> str:
    """Return a region, or a town with its region."""
    region = region_name(served.region_code)
    if served.municipality and region:
        return f"{served.municipality} ({region})"
    return served.municipality or region


def _say_answers(taxonomy: str) -> Callable[[dict[str, str]], Iterable[str]]:
    def say(value: dict[str, str]) -> Iterable[str]:
        for code, answer in sorted(value.items()):
            if answer != "unknown":
                yield gettext("%(what)s: %(answer)s", what=label(taxonomy, code), answer=ANSWERS[answer])

    return say


def _say_cost(value: str | None) -> Iterable[str]:
    return [label("costs", value)] if value else []


def _say_documents(value: tuple[Text, ...]) -> Iterable[str]:
    for each in value:
        yield from say_text(each)


def _say_for_workers(value: ForWorkers) -> Iterable[str]:
    if value.number:
        yield show_number(value.number)
    yield from say_text(value.description)


def _say_lacks(value: Lacks) -> Iterable[str]:
    yield from (str(LACKS_WORDS[code]) for code in value.codes if code in LACKS_WORDS)
    yield from say_text(value.description)


SAYERS: dict[str, Callable[[Any], Iterable[str]]] = {
    "name": say_text,
    "description": say_text,
    "phones": _say_phones,
    "email": _say_line,
    "website": _say_line,
    "referral_routes": _say_codes("referral_routes"),
    "hours": _say_hours,
    "categories": _say_codes("categories"),
    "clientele": _say_codes("clientele"),
    "ages": _say_ages,
    "languages": _say_languages,
    "area": _say_area,
    "eligibility": _say_answers("eligibility"),
    "cost": _say_cost,
    "required_documents": _say_documents,
    "accessibility": _say_answers("accessibility"),
    "for_workers": _say_for_workers,
    "lacks": _say_lacks,
}
