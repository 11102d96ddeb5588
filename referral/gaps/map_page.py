"""What the page of the gap map holds: each region for one need, and each need for every region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from referral.directory.asked import seal_fields
from referral.directory.cards import label, region_name
from referral.edition.reader import Edition
from referral.gaps.choice import NEEDS, Choice, languages_of, population_of
from referral.gaps.drawing import Sign
from referral.gaps.map_words import STANDINGS, say_found, say_told
from referral.gaps.standing import Standing, stand
from referral.gaps.supply import Found, Supply, count_services
from referral.gaps.told import UNKNOWN, Period, ToldNeeds
from referral.geo.areas import REGIONS

NUMBERS = {Standing.NONE: "0", Standing.ASK: "?"}


@dataclass(frozen=True, slots=True)
class Region:
    """A region for the need chosen: services, how it stands, needs told, its list in the directory."""

    code: str
    name: str
    found: Found
    standing: Standing
    told: int | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A need in every region: how many services, how it stands, needs told; with the way to it."""

    need: str
    name: str
    url: str
    regions: tuple[tuple[Found, Standing, int | None], ...]
    everywhere: Found
    whole: Found
    told: int | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is known of one choice."""

    choice: Choice
    supply: Supply
    told: ToldNeeds
    period: Period

    def list_regions(self) -> list[Region]:
        """Return the regions for the need that is chosen, in their official order."""
        return [self._region(code) for code in REGIONS]

    def _region(self, code: str) -> Region:
        found = self.supply.regions[self.choice.need, code]
        return Region(
            code,
            region_name(code),
            found,
            stand(found),
            self.told.in_region(self.choice.need, code),
            self._list(code) if found.known or found.unsaid else None,
        )

    def _list(self, code: str) -> str:
        """Return the address of the directory's list, sealed as all its searches are."""
        asked = {"need": [self.choice.need], "region": [code], "lang": [*languages_of(self.choice)]}
        if population := population_of(self.choice):
            asked[population[0]] = [population[1]]
        return url_for(
            "directory.list_services",
            s=seal_fields({name: values for name, values in asked.items() if values}),
        )

    def list_lines(self) -> list[Line]:
        """Return every need in every region."""
        return [self._line(need) for need in NEEDS]

    def _line(self, need: str) -> Line:
        found = [(code, self.supply.regions[need, code]) for code in REGIONS]
        return Line(
            need,
            label("categories", need),
            url_for("gaps.show_map", **self.choice.fields(need)),
            tuple((each, stand(each), self.told.in_region(need, code)) for code, each in found),
            self.supply.everywhere[need],
            self.supply.whole[need],
            self.told.whole(need),
        )

    def find_signs(self) -> Mapping[str, Sign]:
        """Return what the map shows of each region."""
        return {
            each.code: Sign(
                each.name,
                each.standing,
                NUMBERS.get(each.standing, str(each.found.known)),
                each.told or 0,
                say_region(each),
            )
            for each in self.list_regions()
        }

    @property
    def told_nowhere(self) -> int | None:
        """About how many needs were told without a region."""
        return self.told.in_region(self.choice.need, UNKNOWN)

    @property
    def told_of_population(self) -> int | None:
        """About how many were told of the population that is chosen, in all of Québec."""
        return self.told.of_population(self.choice.need, self.choice.population)


def look(edition: Edition, at: datetime, choice: Choice, told: ToldNeeds, period: Period) -> Gaps:
    """Return what the directory and the needs told make of a choice."""
    return Gaps(choice, count_services(edition.index, at, choice), told, period)


def say_region(region: Region) -> str:
    """Say all that is known of a region in one line."""
    return _(
        "%(region)s: %(standing)s (%(found)s). Needs told: %(told)s.",
        region=region.name,
        standing=str(STANDINGS[region.standing]).lower(),
        found=say_found(region.found),
        told=say_told(region.told),
    )


def list_rows(gaps: Gaps) -> Iterator[list[str]]:
    """Yield every need and region as a row of a file, after a row of titles."""
    yield [
        _("Need"), _("Region number"), _("Region"), _("Services listed"), _("Services that do not say"),
        _("How it stands"), _("Needs told, any population"),
    ]  # fmt: skip
    for line in gaps.list_lines():
        for code, (found, standing, told) in zip(REGIONS, line.regions, strict=True):
            counts = (str(found.known), str(found.unsaid), str(STANDINGS[standing]))
            yield [line.name, code, region_name(code), *counts, say_told(told)]
