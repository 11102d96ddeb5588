"""What one reads of a listing in a second: plain values, in words, for the templates."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask_babel import gettext

from referral.catalogue.listing import Listing, OrganizationCard, PhoneNumber, Text
from referral.catalogue.schedules import is_open
from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory import words
from referral.directory.overdue import SHORT, overdue_of
from referral.directory.pins import area_code, area_of
from referral.geo.areas import REGIONS
from referral.geo.places import KnownPlace
from referral.i18n.languages import name_language
from referral.i18n.lists import say_list, say_number
from referral.i18n.locale import current_language
from referral.i18n.typography import set_text
from referral.search.query import Hit
from referral.shared.bilingual import Bilingual

MOST_SHOWN = 2
"""Words of one tag: more would not be read in a second."""
MOST_REGIONS = 3
UNSAID_LANGUAGES = frozenset({"fr", "en"})

Openness = Literal["open", "closed", "always", "unknown"]


@dataclass(frozen=True, slots=True)
class Card:
    """A listing among results. ``organization`` is absent where it would repeat the name."""

    id: str
    name: Text
    organization: Text | None
    phone: PhoneNumber | None
    text_phone: PhoneNumber | None
    website: str | None
    fallback: OrganizationCard | None
    territory: str
    distance: str | None
    openness: Openness
    opening: str
    trust: str
    is_confirmed: bool
    why: str
    call_first_about: tuple[str, ...]
    tags: tuple[str, ...]
    area: str | None
    """Where the map counts it, if it is no pin there."""


def make_card(listing: Listing, hit: Hit, near: KnownPlace | None) -> Card:
    """Return the card of a listing found; ``near`` is the place asked."""
    openness = openness_of(listing, hit.open_now)
    overdue = SHORT.get(hit.overdue) if hit.overdue else None
    return Card(
        id=listing.id,
        name=listing.name,
        organization=None if listing.organization.name == listing.name else listing.organization.name,
        phone=first_phone(listing, "voice"),
        text_phone=first_phone(listing, "text"),
        website=listing.website or listing.organization.website,
        fallback=listing.fallback,
        territory=territory_of(listing, hit, near),
        distance=distance_of(listing, hit, near),
        openness=openness,
        opening=str(words.OPENNESS[openness]),
        trust=str(overdue or words.TRUST_SHORT[listing.trust]),
        is_confirmed=listing.trust in words.CONFIRMED and overdue is None,
        why=next((str(words.REASONS[code]) for code in hit.reasons if code in words.REASONS), ""),
        call_first_about=_unique(str(words.FILTERS[name]) for name in hit.unknown if name in words.FILTERS),
        tags=tags_of(listing),
        area=area_code(area_of(listing)),
    )


def list_cards(listings: Iterable[Listing], at: datetime, closed: Collection[str] = ()) -> list[Card]:
    """Return cards of listings that nobody searched for, as on the page of their organization.

    ``closed`` are the ids of those that told that they are closed for now.
    """
    return [
        make_card(
            each,
            Hit(0, 0.0, "unknown", each.id not in closed and is_open(each, at), overdue=overdue_of(each, at)),
            None,
        )
        for each in listings
    ]


def label(taxonomy: str, code: str) -> str:
    """Return the words of a code in the page's language; the code itself where nobody named it."""
    return in_words(TAXONOMIES[taxonomy].get(code)) or code


def labels(taxonomy: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Return the words of codes, in the order of their vocabulary."""
    order = {code: place for place, code in enumerate(TAXONOMIES[taxonomy])}
    return tuple(
        label(taxonomy, code) for code in sorted(codes, key=lambda code: order.get(code, len(order)))
    )


def in_words(text: Bilingual | None) -> str:
    """Return a short text of ours in the page's language, as it is printed."""
    if text is None:
        return ""
    return set_text(*text.best(current_language()))


def language_name(code: str) -> str:
    """Return what a language is called, from our vocabulary before the standard's."""
    return in_words(TAXONOMIES["languages"].get(code)) or name_language(code, current_language())


def region_name(code: str | None) -> str:
    """Return the name of an administrative region."""
    return in_words(REGIONS.get(code or ""))


def first_phone(listing: Listing, kind: str) -> PhoneNumber | None:
    """Return the number to try first: the one without charge from anywhere, where there is one."""
    numbers = [phone for phone in listing.phones if phone.type == kind]
    return next((phone for phone in numbers if phone.toll_free), numbers[0] if numbers else None)


def openness_of(listing: Listing, open_now: bool | None) -> Openness:  # noqa: FBT001 (yes, no, unknown)
    """Say in one code whether a service answers now."""
    if open_now and listing.always_open:
        return "always"
    return "unknown" if open_now is None else ("open" if open_now else "closed")


def territory_of(listing: Listing, hit: Hit, near: KnownPlace | None) -> str:
    """Say whom a service is for, as to where they are."""
    if listing.area.everywhere or hit.serves == "province":
        return gettext("Serves all of Québec")
    if hit.serves == "place" and near:
        return gettext("Serves %(place)s", place=near.name)
    return area_served(listing) or gettext("Area served not known")


def area_served(listing: Listing) -> str:
    """Name the regions served, or where the service is; empty where neither is known."""
    names = [region_name(code) for code in listing.area.regions]
    if names and len(names) <= MOST_REGIONS:
        return gettext("Serves %(place)s", place=say_list(names, current_language()))
    if names:
        return gettext("Serves %(count)d regions", count=len(names))
    where = listing.place.municipality or region_name(listing.place.region_code)
    return gettext("In %(place)s", place=where) if where else ""


def distance_of(listing: Listing, hit: Hit, near: KnownPlace | None) -> str | None:
    """Say how far a service is, no more precisely than its place may be known.

    A town is measured from its middle: within the town asked, kilometres would tell nothing.
    """
    if near is None or (hit.distance_km is not None and listing.place.municipality == near.name):
        return None
    if hit.distance_km is not None:
        return gettext(
            "about %(km)s km away", km=say_number(max(1, round(hit.distance_km)), current_language())
        )
    return str(words.BANDS[hit.distance_band]) if hit.distance_band else None


def tags_of(listing: Listing) -> tuple[str, ...]:
    """Return at most three: the kind of help, for whom, and the languages that one would not expect."""
    people = labels("clientele", (code for code in listing.clientele if code != "anyone"))
    spoken = [each.code for each in listing.languages if each.code not in UNSAID_LANGUAGES]
    kinds = labels("categories", listing.categories)
    told = (kinds[:1], people, _unique(language_name(code) for code in spoken))
    return tuple(_shortened(each) for each in told if each)


def _shortened(texts: tuple[str, ...]) -> str:
    """Name the first few, and say that there are others."""
    shown = ", ".join(texts[:MOST_SHOWN])
    return gettext("%(some)s and others", some=shown) if len(texts) > MOST_SHOWN else shown


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
