"""What a reader does that has heard nothing for long from whoever publishes editions.

A shelter that agreed to have its address shown may have taken that back since: a reader that no sign
reaches cannot know. It then shows the region only, until the next sign.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

from referral.catalogue.confidentiality import is_shelter
from referral.catalogue.listing import Listing, Place, Text
from referral.catalogue.vocabulary import label
from referral.edition.readers import last_contact
from referral.edition.withholding import HeldBackError, withhold_traces
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now

LOOK_EVERY = timedelta(seconds=1)
UNSAID = Text("Nom non affiché", "Name not shown")


class Contact:
    """Knows how long ago whoever publishes gave a sign, from a note beside the editions and their dates.

    A clock that was set wrong, before the last sign by as much, counts as silence too.
    """

    def __init__(self, root: Path, patience: timedelta) -> None:
        self._root, self._patience = root, patience
        self._looked: tuple[datetime, datetime | None] | None = None

    def is_silent(self, built_at: datetime) -> bool:
        """Say whether no sign came for longer than one may go on showing addresses of shelters."""
        at = now()
        noted = self._note(at)
        last = max(built_at, noted) if noted is not None and abs(at - noted) <= self._patience else built_at
        return abs(at - last) > self._patience

    def _note(self, at: datetime) -> datetime | None:
        """Return the sign noted, looked for once a second: a page shows many listings."""
        if self._looked is None or abs(at - self._looked[0]) >= LOOK_EVERY:
            self._looked = (at, last_contact(self._root))
        return self._looked[1]


def may_be_held(listing: Listing) -> bool:
    """Say whether a listing is of a kind of place that is confidential unless its people agreed otherwise."""
    return not listing.confidential and is_shelter(listing.categories)


@lru_cache(maxsize=1024)
def hold_place(data: bytes) -> Listing:
    """Return an encoded listing as one of a confidential place: region only, and no text that tells more."""
    listing = msgspec.json.decode(data, type=Listing)
    held = msgspec.structs.replace(
        listing,
        confidential=True,
        place=Place("public_area", listing.place.region_code, is_held=True),
    )
    try:
        return withhold_traces(held)[0]
    except HeldBackError:
        return withhold_traces(_unnamed(held))[0]


def _unnamed(listing: Listing) -> Listing:
    """Return a listing named by its kind of help, where its name or its organization's tells of the place."""
    kind = next(iter(listing.categories), None)
    words = label("categories", kind) if kind else Bilingual(UNSAID.fr, UNSAID.en)
    organization = msgspec.structs.replace(listing.organization, name=UNSAID, website=None)
    return msgspec.structs.replace(listing, name=Text(words.fr, words.en), organization=organization)
