"""What an intake asks of the directory, and what a listing answers to it; pure.

Nothing is computed about the person: what she said is put beside what a service says of itself.
What she did not say filters nothing; what a service does not say is to be asked, and hides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from referral.catalogue.listing import Answer, Listing
from referral.catalogue.vocabulary import SHELTER_CATEGORIES
from referral.intake.vocabulary import AgeBand, Need, NeedState
from referral.search.attributes import list_attributes, regions_served
from referral.search.filters import FILTERS

SOUGHT = (NeedState.NOW, NeedState.LATER)
CATEGORIES: Mapping[Need, tuple[str, ...]] = {
    Need.SAFETY: ("domestic_violence", "sexual_violence", "trafficking_support", "crime_victim_support"),
    Need.SHELTER: ("emergency_shelter", "transitional_housing", "homelessness"),
    Need.BASICS: ("food_clothing", "homelessness"),
    Need.HEALTH: ("health",),
    Need.SEXUAL_HEALTH: ("health", "sexual_violence"),
    Need.MENTAL_HEALTH: ("mental_health", "helpline"),
    Need.SUBSTANCES: ("substance_use",),
    Need.LEGAL: ("legal_aid", "crime_victim_support", "compensation"),
    Need.IMMIGRATION: ("immigration_legal", "settlement"),
    Need.INCOME: ("education_employment", "worker_rights", "compensation"),
    Need.LANGUAGE: ("interpretation", "settlement"),
    Need.FAMILY: ("youth", "domestic_violence"),
    Need.PAPERS: ("immigration_legal", "legal_aid", "settlement"),
    Need.TRANSPORT: (),
    Need.TECHNOLOGY: (),
    Need.PEERS: ("exit_sex_industry", "trafficking_support", "indigenous", "lgbtq"),
    Need.EDUCATION: ("education_employment",),
    Need.RETURN: ("trafficking_support", "immigration_legal"),
}
"""Kinds of help of the directory that answer a need; none where it lists no such kind.

The police is no kind of help that is proposed: whether to call it is hers to say.
"""
PEOPLE = {
    "woman": "woman",
    "man": "man",
    "trans-woman": "trans",
    "trans-man": "trans",
    "non-binary": "nonbinary",
}
FLAGS = {
    "pets": ("pets", "true"),
    "substances": ("substance_use", "true"),
    "wheelchair": ("wheelchair", "true"),
    "no-papers": ("id_required", "false"),
    "no-health-card": ("health_card_required", "false"),
}
OF_BEDS = frozenset({"children", "pets", "substance_use"})
"""Asked only where one sleeps; a service that says no is told apart anywhere."""
AGES = {
    AgeBand.CHILD: (0, 13),
    AgeBand.MINOR: (14, 17),
    AgeBand.YOUNG: (18, 24),
    AgeBand.ADULT: (25, 64),
    AgeBand.SENIOR: (65, 120),
}
MAJORITY = 18
YOUNG = frozenset({"children", "youth"})
BY_PHONE = "helpline"
USUAL_LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What limits the choice, as she said; empty where she did not. ``filters`` are the engine's."""

    filters: Mapping[str, tuple[str, ...]]
    gender: str | None = None
    ages: tuple[int, int] | None = None
    regions: tuple[str, ...] = ()
    regions_to_avoid: frozenset[str] = frozenset()
    organizations_to_avoid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """Names of limits that a listing is known to fit, to ask about, and known not to fit."""

    fits: tuple[str, ...]
    to_ask: tuple[str, ...]
    missing: tuple[str, ...]


def list_sought(needs: Mapping[str, str] | None) -> list[tuple[Need, NeedState]]:
    """Return what she needs, what is needed now first, in the order of the needs."""
    known = needs or {}
    return [(need, state) for state in SOUGHT for need in Need if known.get(need) == state]


def read_wanted(values: Mapping[str, Any]) -> Wanted:
    """Return what to look for from values that were answered, by the name of their question."""
    limits, regions = values.get("limits") or {}, values.get("regions") or {}
    avoided = frozenset(regions.get("avoid") or ())
    chosen = _regions(regions, avoided)
    filters = dict(_limits(limits)) | ({"region": chosen} if chosen else {})
    spoken = _languages(values.get("languages") or {})
    band = values.get("age_band")
    return Wanted(
        filters | ({"lang": spoken} if spoken else {}),
        limits.get("gender"),
        AGES[AgeBand(band)] if band else None,
        chosen,
        avoided,
        frozenset(values.get("organizations_to_avoid") or ()),
    )


def _regions(regions: Mapping[str, Any], avoided: Collection[str]) -> tuple[str, ...]:
    """Return where to look: where she wants to be, else where she is; never where she does not."""
    now = (regions["now"],) if regions.get("now") else ()
    return tuple(code for code in (regions.get("wanted") or now) if code not in avoided)


def _limits(limits: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if limits.get("gender"):
        yield "gender", (PEOPLE[limits["gender"]],)
    if limits.get("children"):
        yield "children", ("true",)
    for flag in limits.get("flags") or ():
        if flag in FLAGS:
            name, value = FLAGS[flag]
            yield name, (value,)


def _languages(languages: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(code for code in languages.get("spoken") or () if FILTERS["lang"].accepts(code))


def is_to_avoid(listing: Listing, wanted: Wanted) -> bool:
    """Say whether a listing is never proposed: of an organization, or in a region, to avoid.

    A line that answers all of Québec by telephone is nowhere that she would have to go.
    """
    keepers = {listing.organization.id} | ({listing.fallback.id} if listing.fallback else set())
    if keepers & wanted.organizations_to_avoid:
        return True
    if BY_PHONE in listing.categories and listing.area.everywhere:
        return False
    served = set(regions_served(listing))
    is_only_there = bool(served) and not listing.area.everywhere and served <= wanted.regions_to_avoid
    return listing.place.region_code in wanted.regions_to_avoid or is_only_there


def judge(listing: Listing, wanted: Wanted) -> Judged:
    """Put what she said beside what a listing says of itself, in the order of the limits."""
    told = dict(_answers(listing, wanted))
    sleeps = bool(SHELTER_CATEGORIES.intersection(listing.categories))
    asked = (name for name, answer in told.items() if answer == "unknown" and (sleeps or name not in OF_BEDS))
    return Judged(
        tuple(name for name, answer in told.items() if answer == "yes"),
        tuple(asked),
        tuple(name for name, answer in told.items() if answer == "no"),
    )


def spoken_there(listing: Listing, wanted: Wanted) -> tuple[str, ...]:
    """Return the languages of hers that a listing offers, in her order."""
    offered = set(list_attributes(listing))
    return tuple(code for code in wanted.filters.get("lang", ()) if f"lang={code}" in offered)


def _answers(listing: Listing, wanted: Wanted) -> Iterator[tuple[str, Answer]]:
    keys = frozenset(list_attributes(listing))
    for name, values in wanted.filters.items():
        if name == "lang":
            yield name, _offers(listing, wanted)
        elif name == "gender":
            yield name, _admits(keys, wanted.gender, values[0])
        else:
            answers = {_answer(keys, name, value) for value in values}
            yield name, "yes" if "yes" in answers else "no" if answers == {"no"} else "unknown"
    if wanted.ages is not None:
        yield "age", _suits_age(listing, *wanted.ages)


def _answer(keys: Collection[str], name: str, value: str) -> Answer:
    if f"{name}={value}" in keys or f"{name}=*" in keys:
        return "yes"
    is_no = f"{name}!" in keys if FILTERS[name].closed else f"{name}!{value}" in keys
    return "no" if is_no else "unknown"


def _admits(keys: Collection[str], gender: str | None, person: str) -> Answer:
    """Answer no of a house for men only and a trans woman, though nothing is told of trans people."""
    answer = _answer(keys, "gender", person)
    if answer == "unknown" and gender == "trans-woman" and _answer(keys, "gender", "woman") == "no":
        return "no"
    return answer


def _offers(listing: Listing, wanted: Wanted) -> Answer:
    """Answer never no of languages; French need not be asked about where nothing is told."""
    if spoken_there(listing, wanted):
        return "yes"
    is_usual = USUAL_LANGUAGE in wanted.filters["lang"] and not listing.languages
    return "yes" if is_usual else "unknown"


def _suits_age(listing: Listing, youngest: int, oldest: int) -> Answer:
    least, most = listing.minimum_age, listing.maximum_age
    if (least is not None and least > oldest) or (most is not None and most < youngest):
        return "no"
    if oldest < MAJORITY and (alone := _takes_minors(listing)) is not None:
        return alone
    if least is None and most is None:
        return _suits_untold(listing, oldest)
    return "yes" if (least or 0) <= youngest and (most is None or most >= oldest) else "unknown"


def _takes_minors(listing: Listing) -> Answer | None:
    """Say whether somebody under 18 is received without a parent; None where it need not be asked."""
    told = listing.eligibility.get("accepts_unaccompanied_minors", "unknown")
    sleeps = SHELTER_CATEGORIES.intersection(listing.categories)
    return told if told == "no" or sleeps else None


def _suits_untold(listing: Listing, oldest: int) -> Answer:
    """Answer of a listing without ages: one for the young is asked about adults, and the other way."""
    clientele = set(listing.clientele)
    if oldest < MAJORITY:
        return "yes" if clientele & (YOUNG | {"anyone"}) else "unknown"
    return "unknown" if clientele and clientele <= YOUNG else "yes"
