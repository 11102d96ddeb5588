"""What one compares between services: short words, and what is not known said as such."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from referral.catalogue.listing import Listing
from referral.directory import words
from referral.directory.details import Details, describe
from referral.directory.live import LiveLine
from referral.directory.overdue import SHORT, overdue_of
from referral.directory.reach import Organizations, Reach, reach


@dataclass(frozen=True, slots=True)
class Compared:
    """One service among others; an empty text is not known."""

    listing: Listing
    details: Details
    reach: Reach
    people: str
    trust: str
    live: LiveLine

    @property
    def is_reached_by_another(self) -> bool:
        """Whether the numbers are those of who leads to it."""
        return self.reach.listing is not self.listing


def compare(listing: Listing, organizations: Organizations, at: datetime, live: LiveLine) -> Compared:
    """Return what to compare of a service at an aware moment, with what holds then."""
    details = describe(listing, at, is_closed=live.is_closed)
    overdue = overdue_of(listing, at)
    people = (*details.clientele, details.ages)
    return Compared(
        listing=listing,
        details=details,
        reach=reach(listing, organizations),
        people=", ".join(each for each in people if each),
        trust=str(SHORT[overdue] if overdue else words.TRUST_SHORT[listing.trust]),
        live=live,
    )
