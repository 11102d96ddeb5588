"""The filters as form controls: what may be chosen, what is, and how many services each would leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from referral.directory.cards import label, language_name, region_name
from referral.directory.choices import CHOICES, MODES, TAXONOMY_OF, say_choice
from referral.directory.criteria import Criteria
from referral.directory.typed_places import find_typed_town
from referral.i18n.lists import say_number
from referral.i18n.locale import current_language
from referral.search.concepts import suggested_filters
from referral.search.facets import Counts

Offered = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Option:
    """A value that may be chosen; ``count`` says what it would leave, ``is_empty`` that it is nothing."""

    key: str
    value: str
    text: str
    count: str
    chosen: bool = False
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """One value out of a list; ``others`` are further values that a link brought, kept as they are."""

    name: str
    title: str
    blank: str
    options: tuple[Option, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Controls under one title. ``typed`` are the names of fields of the form."""

    title: str
    picks: tuple[Pick, ...] = ()
    checks: tuple[tuple[str, Option], ...] = ()
    typed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """All the controls; ``kept`` are criteria without a control, to be sent along."""

    sections: tuple[Section, ...]
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A section before it is counted: lists by name, and ticks as name and value."""

    title: LazyString
    picks: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()


PLANS = (
    Plan(lazy_gettext("For whom"), ("need", "clientele"), ("children=true",), ("age", "child_ages")),
    Plan(lazy_gettext("Where"), ("region",)),
    Plan(lazy_gettext("Language"), ("lang", "lang_mode")),
    Plan(
        lazy_gettext("When, and how to make contact"),
        checks=("open_now=true", "always_open=true", "mode=text", "mode=chat", "mode=remote"),
    ),
    Plan(
        lazy_gettext("What is not required"),
        checks=(
            "free=true",
            "status=none",
            "id_required=false",
            "health_card_required=false",
            "police_report_required=false",
        ),
    ),
    Plan(
        lazy_gettext("Who is welcome"),
        ("route",),
        ("pets=true", "substance_use=true", "wheelchair=true", "accepts_trans=true", "indigenous_led=true"),
    ),
)
SUGGESTED = frozenset({"need", "clientele", "lang", *(key.partition("=")[0] for key in CHOICES)}) - {"gender"}
MOST_SUGGESTED = 3
TITLES: dict[str, tuple[LazyString, LazyString]] = {
    "need": (lazy_gettext("Kind of help"), lazy_gettext("Any kind of help")),
    "clientele": (lazy_gettext("Clientele"), lazy_gettext("Anyone")),
    "region": (lazy_gettext("Region"), lazy_gettext("All of Québec")),
    "lang": (lazy_gettext("Language"), lazy_gettext("Any language")),
    "lang_mode": (lazy_gettext("How it is offered"), lazy_gettext("Any way")),
    "route": (lazy_gettext("How to be referred"), lazy_gettext("Any way")),
}


def make_panel(criteria: Criteria, offered: Offered, facets: Counts, known: Counts) -> Panel:
    """Return the controls for what some service of the edition is known to answer yes to."""
    seen: set[tuple[str, str]] = {("age", each) for each in criteria.chosen.get("age", ())[:1]}
    seen |= {("child_age", each) for each in criteria.chosen.get("child_age", ())}
    sections = []
    for plan in PLANS:
        picks = tuple(_pick(name, criteria, offered, facets) for name in plan.picks if _held(name, offered))
        checks = tuple(_checks(plan.checks, criteria, offered, facets, known))
        seen |= {(name, option.value) for name, option in checks}
        seen |= {(pick.name, value) for pick in picks for value in criteria.chosen.get(pick.name, ())}
        typed = tuple(name for name in plan.typed if name != "child_ages" or "children" in offered)
        if picks or checks or typed:
            sections.append(Section(str(plan.title), picks, checks, typed))
    chosen = ((name, value) for name, values in criteria.chosen.items() for value in values)
    return Panel(tuple(sections), tuple(each for each in chosen if each not in seen))


def list_chips(criteria: Criteria) -> list[tuple[str, str]]:
    """Return what to drop and its words, for each criterion."""
    return [(f"{name}={value}", say_choice(name, value)) for name, value in criteria.criteria()]


def list_suggestions(criteria: Criteria, concepts: Iterable[str], facets: Counts) -> list[tuple[str, str]]:
    """Return the town and the filters that the words call for, to be offered and never applied unasked."""
    has_place = criteria.near or criteria.chosen.get("region")
    town = None if has_place else find_typed_town(criteria.q)
    near = [(f"near={town}", say_choice("near", town))] if town else []
    found = [
        (f"{name}={value}", say_choice(name, value))
        for name, value in suggested_filters(concepts)
        if name in SUGGESTED and name not in criteria.chosen and facets.get(name, {}).get(value)
    ]
    return near + found[:MOST_SUGGESTED]


def say_count(left: int, sure: int) -> str:
    """Say how many are known to fit, and how many would have to be asked."""
    language = current_language()
    asked = left - sure
    known = ngettext("%(number)s known", "%(number)s known", sure, number=say_number(sure, language))
    if not asked:
        return known
    return gettext("%(known)s, %(asked)s to check", known=known, asked=say_number(asked, language))


def _held(name: str, offered: Offered) -> bool:
    return any(":" in each for each in offered.get("lang", ())) if name == "lang_mode" else name in offered


def _pick(name: str, criteria: Criteria, offered: Offered, facets: Counts) -> Pick:
    title, blank = TITLES[name]
    if name in ("lang", "lang_mode"):
        return _language_pick(name, criteria, offered, facets)
    chosen = criteria.chosen.get(name, ())
    options = _options(name, [(value, _option_text(name, value)) for value in offered[name]], chosen, facets)
    return Pick(name, str(title), str(blank), options, chosen[1:])


def _language_pick(name: str, criteria: Criteria, offered: Offered, facets: Counts) -> Pick:
    title, blank = TITLES[name]
    chosen = criteria.chosen.get("lang", ())
    code, _, mode = chosen[0].partition(":") if chosen else ("", "", "")
    if name == "lang_mode":
        options = tuple(Option("", each, str(text), "", each == mode) for each, text in MODES.items())
        return Pick(name, str(title), str(blank), options)
    languages = [(each, language_name(each)) for each in offered["lang"] if ":" not in each]
    return Pick(name, str(title), str(blank), _options("lang", languages, (code,), facets), chosen[1:])


def _options(
    name: str, values: Iterable[tuple[str, str]], chosen: tuple[str, ...], facets: Counts
) -> tuple[Option, ...]:
    counts, language, first = facets.get(name, {}), current_language(), chosen[:1]
    return tuple(
        Option(
            f"{name}={value}",
            value,
            text,
            say_number(counts.get(value, 0), language),
            value in first,
            value not in counts and value not in first,
        )
        for value, text in values
    )


def _option_text(name: str, value: str) -> str:
    return region_name(value) if name == "region" else label(TAXONOMY_OF[name], value)


def _checks(
    keys: Iterable[str], criteria: Criteria, offered: Offered, facets: Counts, known: Counts
) -> Iterable[tuple[str, Option]]:
    for key in keys:
        name, _, value = key.partition("=")
        chosen = bool(criteria.chosen.get(name)) and (value in criteria.chosen[name] or name == "children")
        if value in offered.get(name, ()) or chosen:
            left, sure = facets.get(name, {}).get(value), known.get(name, {}).get(value, 0)
            said = say_count(left, sure) if left is not None else gettext("None known: call first")
            given = criteria.chosen[name][0] if chosen and name == "children" else value
            yield name, Option(key, given, str(CHOICES[key]), said, chosen)
