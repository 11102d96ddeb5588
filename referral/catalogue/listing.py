"""A listing as the public reads it: one service with its organization, in plain immutable values.

The edition stores listings, the search engine indexes them, pages and exports show them.
Nothing that must stay confidential has a field here: a place that may not be shown has no
street, postal code or point to hold.
"""

from __future__ import annotations

from datetime import date, time
from typing import Literal

import msgspec

Answer = Literal["yes", "no", "unknown"]


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """One text in French, in English, or in both."""

    fr: str | None = None
    en: str | None = None


class PhoneNumber(msgspec.Struct, frozen=True, omit_defaults=True):
    """``number`` is E.164, or a short number as dialled (911, 535353)."""

    number: str
    type: Literal["voice", "text", "textphone"] = "voice"
    toll_free: bool = False
    description: Text = Text()


class SpokenLanguage(msgspec.Struct, frozen=True, omit_defaults=True):
    """``code`` is ISO 639-1, or 639-3 where there is none."""

    code: str
    mode: Literal["spoken", "interpreter", "written"] = "spoken"


class Opening(msgspec.Struct, frozen=True, omit_defaults=True):
    """Weekly hours on some days; a closing at or before the opening is on the next day.

    Hours that hold on one day only replace those of the week on that day, also on a holiday.
    """

    byday: tuple[str, ...]
    opens_at: time
    closes_at: time
    valid_from: date | None = None
    valid_to: date | None = None


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a service is, as far as the public may know.

    ``precision`` says what the point stands for: the address, somewhere in the municipality,
    or only the public area (whose ``latitude`` and ``longitude`` are then absent). ``is_held`` where
    a reader knows more and does not show it, because nobody has told it for long that it still may.
    """

    precision: Literal["address", "municipality", "public_area", "none"] = "none"
    region_code: str | None = None
    municipality: str | None = None
    address: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_held: bool = False


class AreaServed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Regions (codes 01 to 17) served, or the whole province; ``municipalities`` narrow a region."""

    everywhere: bool = False
    regions: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    description: Text = Text()


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a fact comes from; ``date`` as the source gives it (a year, a month or a day)."""

    fact: str
    url: str
    date: str | None = None
    confidence: Literal["high", "medium", "low", "unverified"] = "unverified"


class OrganizationCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a listing shows of the organization that offers it."""

    id: str
    name: Text
    website: str | None = None
    website_scope: Literal["own", "network"] | None = None


class Listing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One published service. Ids are UUIDs as text; codes are those of data/vocabulary."""

    id: str
    slug: str
    organization: OrganizationCard
    name: Text
    description: Text
    trust: str
    status: str = "active"
    categories: tuple[str, ...] = ()
    clientele: tuple[str, ...] = ()
    minimum_age: int | None = None
    maximum_age: int | None = None
    languages: tuple[SpokenLanguage, ...] = ()
    phones: tuple[PhoneNumber, ...] = ()
    email: str | None = None
    website: str | None = None
    website_scope: Literal["own", "network"] | None = None
    place: Place = Place()
    area: AreaServed = AreaServed()
    always_open: bool | None = None
    hours: Text = Text()
    openings: tuple[Opening, ...] = ()
    closed_on: tuple[date, ...] = ()
    eligibility: dict[str, Answer] = {}
    cost: str | None = None
    referral_routes: tuple[str, ...] = ()
    required_documents: tuple[Text, ...] = ()
    accessibility: dict[str, Answer] = {}
    confidential: bool = False
    assured_date: date | None = None
    last_seen: str | None = None
    sources: tuple[Source, ...] = ()
    fallback: OrganizationCard | None = None
