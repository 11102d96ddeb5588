"""Services that the directory's own engine proposes for a file, with reasons and near misses.

The engine is asked within this process, with codes and never with her words; its cards are made
anew, since those of public pages are kept. Nothing is written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from referral.catalogue.listing import Listing
from referral.directory.cards import Card, make_card
from referral.directory.live import Lesser
from referral.directory.reading import Readable
from referral.intake.matching import CATEGORIES, Judged, Wanted, is_to_avoid, judge
from referral.intake.matching_words import say_fits, say_missing, say_to_ask
from referral.intake.vocabulary import Need, NeedState
from referral.search.engine import search
from referral.search.query import Hit, Query

MOST_PROPOSED, MOST_NEAR = 5, 3
AT_ONCE, MOST_READ = 40, 400
"""Listings read of one answer of the engine, and in all for one question."""


class Movable(Readable, Protocol):
    """An edition that knows what became part of another."""

    def moved_to(self, old_id: UUID) -> UUID | None:
        """Return what something became part of, or None."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A service with the reasons why, what to ask on the telephone, and what is missing."""

    listing: Listing
    card: Card
    fits: tuple[str, ...]
    to_ask: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposals:
    """What is proposed for one need; ``has_kind`` is false where the directory lists no such kind of help."""

    need: Need
    state: NeedState
    fitting: tuple[Proposal, ...]
    near: tuple[Proposal, ...]
    has_kind: bool = True


@dataclass(frozen=True, slots=True)
class Search:
    """An edition at a moment, for one person."""

    edition: Movable
    wanted: Wanted
    at: datetime
    lesser: Lesser

    def propose(self, need: Need, state: NeedState) -> Proposals:
        """Return what fits, and what nearly does; services of other regions only where nothing fits."""
        kinds = CATEGORIES[need]
        if not kinds:
            return Proposals(need, state, (), (), has_kind=False)
        fitting = tuple(self._take(kinds, self.wanted.filters, lambda said: not said.missing, MOST_PROPOSED))
        near = self._near_misses(kinds)
        if not fitting and not near and self.wanted.regions:
            near = tuple(self._take(kinds, self._without_region(), lambda said: said.missing == ("region",)))
        return Proposals(need, state, fitting, near)

    def _near_misses(self, kinds: tuple[str, ...]) -> tuple[Proposal, ...]:
        """Return what one thing alone speaks against, in the regions asked."""
        region = {"region": self.wanted.regions} if self.wanted.regions else {}
        return tuple(self._take(kinds, region, lambda said: len(said.missing) == 1))

    def _without_region(self) -> Mapping[str, tuple[str, ...]]:
        return {name: values for name, values in self.wanted.filters.items() if name != "region"}

    def _take(
        self,
        kinds: tuple[str, ...],
        filters: Mapping[str, tuple[str, ...]],
        is_taken: Callable[[Judged], bool],
        most: int = MOST_NEAR,
    ) -> Iterator[Proposal]:
        taken = 0
        for hit in self._hits({"need": kinds, **filters}):
            listing = self.edition.listing(hit.position)
            if "need" in hit.unknown or is_to_avoid(listing, self.wanted):
                continue
            said = judge(listing, self.wanted)
            if is_taken(said):
                yield self._proposal(listing, hit, said)
                taken += 1
                if taken == most:
                    return

    def _hits(self, filters: Mapping[str, tuple[str, ...]]) -> Iterator[Hit]:
        query = Query(
            at=self.at,
            filters=filters,
            limit=AT_ONCE,
            closed=self.lesser.closed,
            without_room=self.lesser.without_room,
        )
        for offset in range(0, MOST_READ, AT_ONCE):
            hits = search(self.edition.index, replace(query, offset=offset)).hits
            yield from hits
            if len(hits) < AT_ONCE:
                return

    def _proposal(self, listing: Listing, hit: Hit, said: Judged) -> Proposal:
        return Proposal(
            listing,
            make_card(listing, hit, None),
            tuple(say_fits(said, listing, self.wanted)),
            tuple(say_to_ask(said.to_ask)),
            tuple(say_missing(said, self.wanted)),
        )


def follow_moves(edition: Movable, wanted: Wanted) -> Wanted:
    """Return the same with what organizations to avoid became part of: it is avoided as well."""
    moved = {edition.moved_to(UUID(each)) for each in wanted.organizations_to_avoid}
    also = frozenset(str(each) for each in moved if each is not None)
    return replace(wanted, organizations_to_avoid=wanted.organizations_to_avoid | also)
