"""What of a listing may be on a map: a pin, or one more in the count of its public area. Pure."""

from __future__ import annotations

from referral.catalogue.confidentiality import is_shelter
from referral.catalogue.listing import Listing

Area = tuple[str, str | None]


def has_point(listing: Listing) -> bool:
    """Say whether a listing may be a point: never a shelter, whatever its place says."""
    place = listing.place
    return (
        place.precision in ("address", "municipality")
        and place.latitude is not None
        and place.longitude is not None
        and not listing.confidential
        and not is_shelter(listing.categories)
    )


def area_of(listing: Listing) -> Area | None:
    """Return the region, and the large municipality if told, on which a listing is counted.

    None for a listing that is a pin, or of which no region is known.
    """
    if has_point(listing) or not listing.place.region_code:
        return None
    town = listing.place.municipality if listing.place.precision == "public_area" else None
    return listing.place.region_code, town


def area_code(area: Area | None) -> str | None:
    """Return the code by which a card of the list and a count on the map find each other."""
    if area is None:
        return None
    region, town = area
    return f"{region}/{town}" if town else region
