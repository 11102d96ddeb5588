"""What is known of a query while it is answered."""

from __future__ import annotations

from dataclasses import dataclass

from pyroaring import BitMap

from referral.search.asking import Ask
from referral.search.index import Index
from referral.search.overdue import NOTHING, Standings
from referral.search.query import Query
from referral.search.ranking import Order
from referral.search.selection import Choice
from referral.search.territory import Territory, beyond


@dataclass(frozen=True, slots=True)
class Results:
    """A query as read, and what it says of every listing. ``moment``: who is open, who is closed."""

    index: Index
    query: Query
    ask: Ask
    choices: list[Choice]
    territory: Territory
    order: Order
    moment: tuple[BitMap, BitMap]
    standings: Standings = NOTHING

    def fitting(self, candidates: BitMap) -> BitMap:
        """Return those that no filter is known to exclude."""
        for choice in self.choices:
            candidates = candidates - choice.no
        return candidates

    def beyond(self, km: float) -> BitMap:
        """Return those known to be farther that do not serve the place."""
        return beyond(self.index, self.territory, km)

    def unknown(self, position: int) -> tuple[str, ...]:
        """Return the filters whose answer nobody knows for a listing."""
        return tuple(choice.name for choice in self.choices if choice.counts and position not in choice.yes)

    def open_now(self, position: int) -> bool | None:
        """Say whether a listing is open at the moment asked; None when nobody knows."""
        opened, closed = self.moment
        if position in opened:
            return True
        return False if position in closed else None
