"""From rows to listings: what the public may see of a service, field by field.

An allow-list: a column that is not named here reaches no edition. What must stay confidential
is refused here once more, whatever the database holds: a shelter without a written agreement
shows its public area only, is never a point, and no text of a confidential listing may tell
of a street, a postal code or a point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

from referral.catalogue.confidentiality import is_shelter
from referral.catalogue.listing import (
    AreaServed,
    Listing,
    Opening,
    OrganizationCard,
    PhoneNumber,
    Place,
    Source,
    SpokenLanguage,
    Text,
)
from referral.catalogue.models import Location, Organization, Service
from referral.edition.withholding import withhold_traces
from referral.geo.precision import LARGE_MUNICIPALITIES
from referral.shared.bilingual import Bilingual

EVERYWHERE = "00"


def compile_listing(service: Service) -> tuple[Listing, int]:
    """Return what the public may see of a service, and how many texts were withheld.

    Raises HeldBackError where nothing would remain to name it by.
    """
    categories = _codes(service, "categories")
    location = _location_of(service)
    confidential = is_confidential(categories, location)
    listing = Listing(
        id=str(service.id),
        slug=service.slug,
        organization=compile_organization(service.organization),
        name=_text(service.name),
        description=_text(service.description),
        trust=service.trust.value,
        status=service.status.value,
        categories=categories,
        clientele=_codes(service, "clientele"),
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        languages=tuple(_sorted(SpokenLanguage(each.code, each.mode.value) for each in service.languages)),
        phones=tuple(
            PhoneNumber(each.number, each.type.value, each.toll_free, _text(each.description))
            for each in service.phones
        ),
        email=service.email,
        website=service.website,
        website_scope=_scope(service.website_scope),
        place=compile_place(location, confidential=confidential, shelter=is_shelter(categories)),
        area=compile_area(service),
        always_open=service.always_open,
        hours=_text(service.hours),
        openings=tuple(
            _sorted(
                Opening(
                    tuple(each.byday.split(",")),
                    each.opens_at,
                    each.closes_at,
                    each.valid_from,
                    each.valid_to,
                )
                for each in service.schedules
            )
        ),
        closed_on=tuple(sorted(each.day for each in service.closed_days)),
        eligibility={each.criterion: each.answer.value for each in _by(service.eligibilities, "criterion")},
        cost=next((each.option for each in _by(service.cost_options, "option")), None),
        referral_routes=_codes(service, "referral_routes"),
        required_documents=tuple(_sorted(_text(each.document) for each in service.required_documents)),
        accessibility=_accessibility(location),
        confidential=confidential,
        assured_date=service.assured_date,
        last_seen=service.last_seen,
        sources=tuple(
            _sorted(Source(each.fact, each.url, each.date, each.confidence.value) for each in service.sources)
        ),
        fallback=compile_organization(service.fallback) if service.fallback else None,
    )
    return withhold_traces(listing) if confidential else (listing, 0)


def _location_of(service: Service) -> Location | None:
    """Return the one place shown of a service: where one of them must stay confidential, that one."""
    return min(
        (each.location for each in service.service_at_locations),
        key=lambda each: (not each.confidential, each.disclosure_agreed_on is not None, str(each.id)),
        default=None,
    )


def is_confidential(categories: Iterable[str], location: Location | None) -> bool:
    """Say whether the place of a service may not be shown: unless told otherwise, it may not."""
    if location is None:
        return is_shelter(categories)
    return location.confidential or (is_shelter(categories) and location.disclosure_agreed_on is None)


def compile_place(location: Location | None, *, confidential: bool, shelter: bool) -> Place:
    """Return where a service is, as far as that may be shown."""
    if location is None:
        return Place()
    if confidential:
        town = location.public_municipality if location.public_municipality in LARGE_MUNICIPALITIES else None
        return Place("public_area", location.region_code, town)
    precision: Literal["address", "municipality", "public_area"] = (
        "municipality" if location.municipality else "public_area"
    )
    return Place(
        precision=precision,
        region_code=location.region_code,
        municipality=location.municipality,
        address=location.address_1,
        postal_code=location.postal_code,
        latitude=None if shelter else location.latitude,
        longitude=None if shelter else location.longitude,
    )


def compile_area(service: Service) -> AreaServed:
    """Return the territory served: regions by code, towns that narrow them, and the source's words."""
    areas = service.service_areas
    codes = sorted({area.region_code for area in areas if area.region_code})
    return AreaServed(
        everywhere=EVERYWHERE in codes,
        regions=tuple(code for code in codes if code != EVERYWHERE),
        municipalities=tuple(sorted({area.municipality for area in areas if area.municipality})),
        description=next((_text(area.name) for area in areas if area.name.fr or area.name.en), Text()),
    )


def compile_organization(organization: Organization) -> OrganizationCard:
    """Return what is shown of an organization."""
    return OrganizationCard(
        str(organization.id),
        _text(organization.name),
        organization.website,
        _scope(organization.website_scope),
    )


def _codes(service: Service, taxonomy: str) -> tuple[str, ...]:
    terms = (each.taxonomy_term for each in service.attributes)
    return tuple(sorted(term.code for term in terms if term.taxonomy == taxonomy))


def _accessibility(location: Location | None) -> dict[str, Literal["yes", "no", "unknown"]]:
    if location is None:
        return {}
    return {each.feature: each.answer.value for each in _by(location.accessibilities, "feature")}


def _text(value: Bilingual) -> Text:
    return Text(value.fr or None, value.en or None)


def _scope(value: str | None) -> Literal["own", "network"] | None:
    return "own" if value == "own" else "network" if value == "network" else None


def _by(rows: Iterable[Any], name: str) -> list[Any]:
    key: Callable[[Any], Any] = lambda row: getattr(row, name)  # noqa: E731
    return sorted(rows, key=key)


def _sorted(values: Iterable[Any]) -> list[Any]:
    """Order values by what they hold: the same rows give the same bytes, whatever order they came in."""
    return sorted(values, key=msgspec.json.encode)
