"""What to show of the duty to report when a search is about someone under 18.

Law: Youth Protection Act (chapter P-34.1), sections 38 and 39. Nothing is sent by this site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from referral.catalogue.listing import Listing
from referral.directory.cards import first_phone
from referral.directory.criteria import Criteria
from referral.directory.reading import Readable
from referral.geo.places import KnownPlace
from referral.search.asking import MAJORITY
from referral.search.engine import search
from referral.search.query import Query

LAW = "https://www.legisquebec.gouv.qc.ca/fr/document/lc/P-34.1"
ABOUT_MINORS = frozenset({"minor", "runaway", "youth_protection", "child_exploitation", "youth_shelter"})
YOUNG = frozenset({"children", "youth"})
REPORTING = frozenset({"child_protection", "youth", "helpline"})
"""Kinds of help of a service that takes reports and does nothing else."""
TYPED_AGE = re.compile(
    r"""(?<!\bdepuis\ )(?<!\bpendant\ )(?<!\bdurant\ )(?<!\bil\ y\ a\ )(?<!\bplus\ de\ )(?<!\bmore\ than\ )
    \b(?P<age>\d{1,3})(?:\ ?ans?\b|[\ -]?years?[\ -]old\b|\ ?y/?o\b)
    |\b(?:âgée?\ de|aged?)\ (?P<said>\d{1,3})\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""An age among typed words, « 15 ans », “15-year-old”; not how long something has lasted."""
MOST_LINES = 4
LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Duty:
    """The reporting lines of the place asked; none where no place was asked or none is known."""

    lines: tuple[Listing, ...]
    has_place: bool
    law: str = LAW


def find_duty(
    edition: Readable, criteria: Criteria, place: KnownPlace | None, concepts: Iterable[str], at: datetime
) -> Duty | None:
    """Return what to show, or None where nothing says that a minor is concerned."""
    if not is_about_a_minor(criteria, concepts):
        return None
    regions = criteria.chosen.get("region", ())
    has_place = bool(place or regions)
    return Duty(tuple(_lines(edition, place, regions, at)) if has_place else (), has_place)


def is_about_a_minor(criteria: Criteria, concepts: Iterable[str]) -> bool:
    """Say whether ages, children, the clientele or the words tell of someone under 18."""
    chosen = criteria.chosen
    return (
        any(int(age) < MAJORITY for age in chosen.get("age", ()))
        or any(int(age) < MAJORITY for age in chosen.get("child_age", ()))
        or bool(YOUNG.intersection(chosen.get("clientele", ())))
        or bool(ABOUT_MINORS.intersection(concepts))
        or any(age < MAJORITY for age in find_typed_ages(criteria.q))
    )


def find_typed_ages(words: str) -> list[int]:
    """Return the ages told in what was typed, in years, in the order typed."""
    plain = " ".join(words.split())
    return [int(found["age"] or found["said"]) for found in TYPED_AGE.finditer(plain)]


def find_lines(edition: Readable, regions: tuple[str, ...], at: datetime) -> list[Listing]:
    """Return the services of some regions that take reports and have a telephone."""
    return _lines(edition, None, regions, at)


def _lines(
    edition: Readable, place: KnownPlace | None, regions: tuple[str, ...], at: datetime
) -> list[Listing]:
    filters = {"need": ("child_protection",)} | ({} if place else {"region": regions})
    found = search(edition.index, Query(at=at, near=place, filters=filters, limit=LOOKED_AT))
    local = (edition.listing(hit.position) for hit in found.hits if hit.serves in ("place", "region"))
    taking = [each for each in local if REPORTING.issuperset(each.categories) and first_phone(each, "voice")]
    return taking[:MOST_LINES]
