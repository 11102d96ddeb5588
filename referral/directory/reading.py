"""The part of an edition that results come from."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from referral.catalogue.listing import Listing
from referral.edition.manifest import Manifest
from referral.search.index import Index


class Readable(Protocol):
    """What can be searched, and read where something was found."""

    @property
    def index(self) -> Index:
        """What is searched."""

    @property
    def manifest(self) -> Manifest:
        """What it says of itself."""

    def position_of(self, service_id: UUID) -> int | None:
        """Return where a service stands, or None where it is not shown."""

    def listing(self, position: int) -> Listing:
        """Return the listing at a position."""
