"""The page of one service: everything known, and what is not, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlsplit

from flask_babel import gettext, ngettext

from referral.catalogue.freshness import age_of
from referral.catalogue.listing import Answer, Listing, PhoneNumber, Source
from referral.catalogue.schedules import HoursToday, hours_today, is_open
from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory import words
from referral.directory.cards import (
    Openness,
    label,
    labels,
    language_name,
    openness_of,
    region_name,
)
from referral.directory.overdue import overdue_of, say_overdue
from referral.directory.unknown import list_unknown
from referral.directory.week import say_week
from referral.geo.areas import REGIONS
from referral.i18n.dates import say_age, say_date, say_time
from referral.i18n.lists import say_list
from referral.i18n.locale import current_language
from referral.i18n.typography import set_text
from referral.shared.clock import QUEBEC


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as shown: what it says, on which site, and of which date."""

    facts: str
    host: str
    url: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class Details:
    """What the page of a service says, in words; the listing itself holds the texts."""

    listing: Listing
    voice: tuple[PhoneNumber, ...]
    text: tuple[PhoneNumber, ...]
    textphone: tuple[PhoneNumber, ...]
    kinds: tuple[str, ...]
    clientele: tuple[str, ...]
    openness: Openness
    opening: str
    today: str
    week: tuple[str, ...]
    ages: str
    admission: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    area: str
    place: str
    cost: str
    routes: tuple[str, ...]
    accessibility: tuple[tuple[str, str], ...]
    trust: str
    is_confirmed: bool
    overdue: str
    age: str
    website: str | None
    is_network_page: bool
    sources: tuple[SourceLine, ...]
    unknown: tuple[str, ...]

    @property
    def is_admission_known(self) -> bool:
        """Whether anything is known of who can be admitted."""
        return bool(self.clientele or self.ages or self.admission)


def describe(listing: Listing, at: datetime, *, is_closed: bool = False) -> Details:
    """Return what to say of a service at an aware moment; ``is_closed`` where it told that it is for now."""
    openness = openness_of(listing, not is_closed and is_open(listing, at))
    overdue = overdue_of(listing, at)
    return Details(
        listing=listing,
        voice=_phones(listing, "voice"),
        text=_phones(listing, "text"),
        textphone=_phones(listing, "textphone"),
        kinds=labels("categories", listing.categories),
        clientele=labels("clientele", listing.clientele),
        openness=openness,
        opening=str(words.OPENNESS[openness]),
        today="" if is_closed else say_hours(hours_today(listing, at)),
        week=say_week(listing, at.astimezone(QUEBEC).date()),
        ages=say_ages(listing.minimum_age, listing.maximum_age),
        admission=_answers("eligibility", listing.eligibility),
        languages=say_languages(listing),
        area=say_area(listing),
        place=say_place(listing),
        cost=label("costs", listing.cost) if listing.cost else "",
        routes=labels("referral_routes", listing.referral_routes),
        accessibility=_answers("accessibility", listing.accessibility),
        trust=str(words.TRUST_LONG[listing.trust]),
        is_confirmed=listing.trust in words.CONFIRMED and overdue is None,
        overdue=say_overdue(overdue),
        age=say_age_of_information(listing, at),
        website=listing.website or listing.organization.website,
        is_network_page=(listing if listing.website else listing.organization).website_scope == "network",
        sources=tuple(_gather_sources(listing.sources)),
        unknown=list_unknown(listing),
    )


def say_hours(hours: HoursToday) -> str:
    """Return the hours of a day in a sentence; empty where they are not known."""
    language = current_language()
    if hours.state == "hours":
        spans = [_say_span(opens, closes) for opens, closes in hours.spans]
        return gettext("Today: %(hours)s", hours=say_list(spans, language))
    if hours.state == "closed":
        return gettext("Closed today")
    return gettext("Holiday: hours may differ, call first") if hours.state == "holiday" else ""


def _say_span(opens: time, closes: time) -> str:
    begins, ends = (say_time(moment, current_language()) for moment in (opens, closes))
    return gettext("%(opens)s to %(closes)s", opens=begins, closes=ends)


def say_ages(least: int | None, most: int | None) -> str:
    """Return who is admitted by age, bounds included; empty where no bound is known."""
    if least and most:
        return gettext("%(least)d to %(most)d years old", least=least, most=most)
    if least:
        return gettext("%(least)d years old and over", least=least)
    return gettext("Up to %(most)d years old", most=most) if most else ""


def say_languages(listing: Listing) -> tuple[tuple[str, str], ...]:
    """Return each way of using languages with the languages offered that way."""
    order = list(TAXONOMIES["languages"])
    by_mode: dict[str, list[str]] = defaultdict(list)
    for each in sorted(
        listing.languages, key=lambda each: order.index(each.code) if each.code in order else len(order)
    ):
        by_mode[each.mode].append(language_name(each.code))
    return tuple(
        (str(title), say_list(by_mode[mode], current_language()))
        for mode, title in words.MODES.items()
        if mode in by_mode
    )


def say_area(listing: Listing) -> str:
    """Return the territory served, as far as regions and towns tell it."""
    area = listing.area
    if area.everywhere or len(area.regions) == len(REGIONS):
        return gettext("All of Québec")
    names = [region_name(code) for code in area.regions]
    if area.municipalities:
        towns = say_list(area.municipalities, current_language())
        return f"{towns} ({say_list(names, current_language())})" if names else towns
    return say_list(names, current_language())


def say_place(listing: Listing) -> str:
    """Return where a service is, as far as that may be told."""
    place = listing.place
    region = region_name(place.region_code)
    if listing.confidential:
        if where := place.municipality or region:
            return gettext("Confidential address: %(where)s area", where=where)
        return ""
    if place.address:
        parts = (place.address, place.municipality, place.postal_code)
        return set_text(", ".join(part for part in parts if part), "fr")
    if place.municipality and region and place.municipality != region:
        return f"{place.municipality} ({region})"
    return place.municipality or region


def say_age_of_information(listing: Listing, at: datetime) -> str:
    """Return how old the information is: the last confirmation, else the date of its source."""
    today = at.astimezone(QUEBEC).date()
    if listing.assured_date:
        age = age_of(listing.assured_date.isoformat(), today)
        day = say_date(listing.assured_date, current_language())
        return gettext("Confirmed on %(day)s (%(age)s).", day=day, age=say_age(age.unit, age.number))
    seen = listing.last_seen or max((source.date for source in listing.sources if source.date), default=None)
    if seen is None:
        return gettext("The source gives no date.")
    age = age_of(seen, today)
    return gettext("Information published %(age)s.", age=say_age(age.unit, age.number))


def say_trusts(listings: Sequence[Listing]) -> tuple[tuple[str, str], ...]:
    """Return how much is known to be true of services, with how many it is said of; the best first."""
    counts = Counter(listing.trust for listing in listings)
    return tuple(
        (
            ngettext("%(num)d service", "%(num)d services", counts[code]),
            str(sentence),
        )
        for code, sentence in reversed(words.TRUST_LONG.items())
        if code in counts
    )


def _phones(listing: Listing, kind: str) -> tuple[PhoneNumber, ...]:
    numbers = [phone for phone in listing.phones if phone.type == kind]
    return tuple(sorted(numbers, key=lambda phone: not phone.toll_free))


def _answers(taxonomy: str, answers: dict[str, Answer]) -> tuple[tuple[str, str], ...]:
    """Return what is known, yes before no, in words; what is unknown is said once, elsewhere."""
    said = {"yes": gettext("yes"), "no": gettext("no")}
    known = sorted((answer != "yes", code, answer) for code, answer in answers.items() if answer != "unknown")
    return tuple((label(taxonomy, code), said[answer]) for _, code, answer in known)


def _gather_sources(sources: tuple[Source, ...]) -> list[SourceLine]:
    """Return each address once, with all the facts it is the source of."""
    facts: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for source in sources:
        named = words.FACTS.get(source.fact)
        facts[source.url, source.date].extend([str(named)] if named else [])
    lines = []
    for (url, date), names in facts.items():
        host = urlsplit(url).hostname or ""
        said = say_list(dict.fromkeys(names), current_language())
        lines.append(
            SourceLine(
                facts=gettext("%(what)s:", what=said) if said else "",
                host=host.removeprefix("www.") or gettext("a public list"),
                url=url if host else None,
                date=date,
            )
        )
    return list(dict.fromkeys(lines))
