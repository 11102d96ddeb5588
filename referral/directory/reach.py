"""Which number to call: a service's own, else that of who leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from referral.catalogue.listing import Listing, PhoneNumber
from referral.directory.cards import first_phone
from referral.edition.store import OrganizationEntry


class Organizations(Protocol):
    """Where organizations and their services are found."""

    def organization(self, organization_id: UUID) -> OrganizationEntry | None:
        """Return an organization with the positions of its listings, or None."""

    def listing(self, position: int) -> Listing:
        """Return the listing at a position."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who answers, and the first number of each kind; no number where nobody is known to."""

    listing: Listing
    phones: tuple[PhoneNumber, ...]


def reach(listing: Listing, edition: Organizations) -> Reach:
    """Return how to reach a service, directly or by who leads to it."""
    own = numbers_of(listing)
    way = None if own else find_way(listing, edition)
    return Reach(way, numbers_of(way)) if way else Reach(listing, own)


def find_way(listing: Listing, edition: Organizations) -> Listing | None:
    """Return the service to call in place of one that cannot be reached, or that does not answer."""
    entry = edition.organization(UUID(listing.fallback.id)) if listing.fallback else None
    services = [edition.listing(position) for position in entry.positions] if entry else []
    return next((each for each in services if numbers_of(each)), None)


def numbers_of(listing: Listing) -> tuple[PhoneNumber, ...]:
    """Return the number to call first and the one to text first."""
    found = (first_phone(listing, "voice"), first_phone(listing, "text"))
    return tuple(phone for phone in found if phone)
