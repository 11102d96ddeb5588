"""How many services of an edition offer each need in each region, for a population and in a language.

Read from the index of the edition, by the rules of its search: what a listing does not say is neither a
yes nor a no. A service counts once in each region that it serves; one that serves all of Québec is counted
apart, since it is present in none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from referral.gaps.choice import NEEDS, Choice, languages_of, population_of
from referral.geo.areas import REGIONS
from referral.search.attributes import EVERYWHERE, INACTIVE
from referral.search.index import Index
from referral.search.overdue import judge
from referral.search.selection import answers

USUAL_LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class Found:
    """Services: those known to fit, and those that do not say whether they do."""

    known: int = 0
    unsaid: int = 0


NOTHING = Found()


@dataclass(frozen=True, slots=True)
class Supply:
    """Counts by need: in a region, for all of Québec, where no region is told, and different ones in all."""

    regions: Mapping[tuple[str, str], Found]
    everywhere: Mapping[str, Found]
    nowhere: Mapping[str, Found]
    whole: Mapping[str, Found]


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Positions of whoever fits, and of those that do not say."""

    yes: BitMap
    unsaid: BitMap

    def count(self, *within: BitMap) -> Found:
        held = BitMap.intersection(*within)
        return Found(
            self.yes.intersection_cardinality(held),
            self.unsaid.intersection_cardinality(held),
        )


def count_services(index: Index, at: datetime, choice: Choice) -> Supply:
    """Count what is shown at a moment and open to new people, for the population and language of a choice."""
    fitting = _fitting(index, at, choice)
    needs = {need: index.bitmap(f"need={need}") for need in NEEDS}
    everywhere = index.bitmap(EVERYWHERE)
    regions = {code: index.bitmap(f"region={code}") - everywhere for code in REGIONS}
    nowhere = BitMap(range(index.count)) - everywhere - index.bitmap("region!")
    return Supply(
        {
            (need, code): fitting.count(offering, serving)
            for need, offering in needs.items()
            for code, serving in regions.items()
        },
        {need: fitting.count(offering, everywhere) for need, offering in needs.items()},
        {need: fitting.count(offering, nowhere) for need, offering in needs.items()},
        {need: fitting.count(offering) for need, offering in needs.items()},
    )


def list_languages(index: Index) -> frozenset[str]:
    """Return the languages that some listing of the edition offers."""
    named = (each.removeprefix("lang=") for each in index.attributes if each.startswith("lang="))
    return frozenset(each for each in named if ":" not in each)


def _fitting(index: Index, at: datetime, choice: Choice) -> _Fitting:
    shown = BitMap(range(index.count)) - judge(index, at).hidden - index.bitmap(INACTIVE)
    yes, possible = shown, shown
    if population := population_of(choice):
        served, refused = answers(index, *population)
        yes, possible = yes & served, possible - refused
    if languages := languages_of(choice):
        yes = yes & _speaking(index, languages)  # in place would change what is shown
    return _Fitting(yes, possible - yes)


def _speaking(index: Index, languages: tuple[str, ...]) -> BitMap:
    """Return who offers a language; French also where no language at all is told, as elsewhere in Relais."""
    found = BitMap.union(*(index.bitmap(f"lang={code}") for code in languages))
    if USUAL_LANGUAGE in languages:
        told = (index.bitmap(f"lang={code}") for code in list_languages(index))
        found |= BitMap(range(index.count)) - BitMap.union(BitMap(), *told)
    return found
