"""A listing as readers would see it with values that nobody published yet; pure."""

from __future__ import annotations

from typing import Any

import msgspec

from referral.catalogue.fields import Territory, Values
from referral.catalogue.listing import AreaServed, Listing
from referral.edition.withholding import withhold_traces


def with_values(listing: Listing, values: Values) -> Listing:
    """Return a listing with other values; what may give a confidential place away is left out, as published.

    Raises HeldBackError where the name itself would tell.
    """
    changed: dict[str, Any] = {
        name: values[name]
        for name in (
            "name",
            "description",
            "phones",
            "email",
            "website",
            "referral_routes",
            "categories",
            "clientele",
            "languages",
            "eligibility",
            "cost",
            "required_documents",
            "accessibility",
        )
    }
    hours, ages = values["hours"], values["ages"]
    changed |= {
        "always_open": hours.always_open,
        "hours": hours.description,
        "openings": hours.openings,
        "closed_on": hours.closed_on,
        "minimum_age": ages.minimum,
        "maximum_age": ages.maximum,
        "area": make_area(values["area"]),
        "website_scope": (listing.website_scope or "own") if values["website"] else None,
    }
    made = msgspec.structs.replace(listing, **changed)
    return withhold_traces(made)[0] if made.confidential else made


def make_area(area: Territory) -> AreaServed:
    """Return a territory as readers see it."""
    return AreaServed(
        everywhere=area.everywhere,
        regions=tuple(sorted({each.region_code for each in area.areas if each.region_code})),
        municipalities=tuple(sorted({each.municipality for each in area.areas if each.municipality})),
        description=area.description,
    )
