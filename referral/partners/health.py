"""The health of the catalogue: how old, how complete, how level in both languages, where and for which needs.

Everything is read in a fixed number of statements, whatever the catalogue's size; counting is done here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.change_models import LanguageToReview, ServiceForWorkers
from referral.catalogue.fields import LACKS
from referral.catalogue.freshness import Months, Standing, months_between, standing, thresholds_for
from referral.catalogue.models import (
    Attribute,
    CostOption,
    Eligibility,
    Language,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceStatus,
    TaxonomyTerm,
)
from referral.catalogue.trust import LADDER, Trust, is_published
from referral.catalogue.values import EVERYWHERE
from referral.geo.areas import REGIONS

Key = object
"""An id as the database gives it."""
SHOWN = (ServiceStatus.ACTIVE, ServiceStatus.TEMPORARILY_CLOSED)
NOWHERE = ""
"""For services of no region that is known."""
AGES = ((3, "under-3"), (6, "3-5"), (12, "6-11"), (15, "12-14"), (18, "15-17"))
OLDEST, NEVER = "18-or-more", "never"
AGE_BANDS = (*(band for _most, band in AGES), OLDEST, NEVER)
STANDINGS: tuple[Standing, ...] = ("fresh", "due", "last", "hidden", "unconfirmed")
GAPS = (
    "description",
    "phones",
    "email",
    "website",
    "hours",
    "languages",
    "area",
    "clientele",
    "ages",
    "eligibility",
    "cost",
    "referral_routes",
)


@dataclass(slots=True)
class Row:
    """How a part of the catalogue stands: how many services, and of them in each standing."""

    services: int = 0
    standings: Counter[str] = field(default_factory=Counter)

    @property
    def confirmed(self) -> int:
        """How many were confirmed and are not due again."""
        return self.standings["fresh"]

    @property
    def overdue(self) -> int:
        """How many were confirmed, too long ago."""
        return self.standings["due"] + self.standings["last"] + self.standings["hidden"]

    @property
    def never(self) -> int:
        """How many nobody ever confirmed."""
        return self.standings["unconfirmed"]


@dataclass(slots=True)
class Health:
    """All counts; keys are codes. ``grid`` is by need and region."""

    whole: Row = field(default_factory=Row)
    ages: Counter[str] = field(default_factory=Counter)
    gaps: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    regions: dict[str, Row] = field(default_factory=lambda: defaultdict(Row))
    needs: dict[str, Row] = field(default_factory=lambda: defaultdict(Row))
    grid: Counter[tuple[str, str]] = field(default_factory=Counter)
    lacks: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What hangs from services, by service."""

    terms: dict[Key, dict[str, set[str]]]
    regions: dict[Key, set[str]]
    known: dict[str, set[Key]]
    marks: dict[str, set[Key]]
    lacks: dict[Key, str]


def measure(session: Session, least: Trust, months: Months, today: date) -> Health:
    """Count what is published, at this moment."""
    facts = _read_facts(session)
    found = Health()
    for service in _list_published(session, least):
        terms = facts.terms.get(service.id, {})
        state = standing(
            service.assured_date,
            thresholds_for(terms.get("categories", ()), always_open=service.always_open, months=months),
            today,
        )
        _count_service(found, service, facts, state, today)
        regions = facts.regions.get(service.id, set())
        places = sorted(REGIONS) if EVERYWHERE in regions else sorted(regions & REGIONS.keys()) or [NOWHERE]
        _count_places(found, places, terms.get("categories", set()), state)
    return found


def _count_service(found: Health, service: Any, facts: _Facts, state: str, today: date) -> None:
    _add(found.whole, state)
    found.ages[band_of(service.assured_date, today)] += 1
    found.gaps.update(name for name in GAPS if not _is_known(service, name, facts))
    found.languages.update(_languages_of(service, facts))
    found.lacks.update(code for code in facts.lacks.get(service.id, "").split(";") if code in LACKS)


def _count_places(found: Health, places: Iterable[str], needs: set[str], state: str) -> None:
    for place in places:
        _add(found.regions[place], state)
        for need in needs:
            found.grid[need, place] += 1
    for need in needs:
        _add(found.needs[need], state)


def _add(row: Row, state: str) -> None:
    row.services += 1
    row.standings[state] += 1


def band_of(assured: date | None, today: date) -> str:
    """Return how long ago a service was confirmed, as a band of months."""
    if assured is None:
        return NEVER
    months = months_between(assured, today)
    return next((band for most, band in AGES if months < most), OLDEST)


def _languages_of(service: Any, facts: _Facts) -> list[str]:
    """Return in which ways French and English of a service are out of step."""
    texts = (
        (service.name_fr, service.name_en),
        (service.description_fr, service.description_en),
        (service.hours_fr, service.hours_en),
    )
    told = {
        "no-english": any(french and not english for french, english in texts),
        "no-french": any(english and not french for french, english in texts),
        "review-english": service.id in facts.marks["en"],
        "review-french": service.id in facts.marks["fr"],
    }
    return [name for name, holds in told.items() if holds]


def _is_known(service: Any, name: str, facts: _Facts) -> bool:
    if name in facts.known:
        return service.id in facts.known[name] or (
            name == "hours" and bool(service.always_open or service.hours_fr or service.hours_en)
        )
    if name in {"clientele", "referral_routes"}:
        return name in facts.terms.get(service.id, {})
    if name == "description":
        return bool(service.description_fr or service.description_en)
    if name == "ages":
        return service.minimum_age is not None or service.maximum_age is not None
    return bool(getattr(service, name))


def _raw(column: Any) -> Any:
    """Return a column of ids as the database gives it: to make an object of each takes most of the time."""
    return sa.type_coerce(column, sa.String)


def _list_published(session: Session, least: Trust) -> Iterable[Any]:
    """Return what the count needs of each service, without making objects of them."""
    columns = (
        "assured_date", "always_open", "email", "website", "minimum_age", "maximum_age",
        "name_fr", "name_en", "description_fr", "description_en", "hours_fr", "hours_en",
    )  # fmt: skip
    steps = [step for step in LADDER if is_published(step, least)]
    return session.execute(
        sa.select(_raw(Service.id).label("id"), *(getattr(Service, name) for name in columns))
        .where(Service.trust.in_(steps), Service.status.in_(SHOWN))
        .order_by(Service.id)
    )


def _read_facts(session: Session) -> _Facts:
    terms: dict[Key, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    known_terms = {
        term_id: (taxonomy, code)
        for term_id, taxonomy, code in session.execute(
            sa.select(_raw(TaxonomyTerm.id), TaxonomyTerm.taxonomy, TaxonomyTerm.code)
        )
    }
    rows = session.execute(sa.select(_raw(Attribute.service_id), _raw(Attribute.taxonomy_term_id)))
    for service_id, term_id in rows:
        taxonomy, code = known_terms[term_id]
        terms[service_id][taxonomy].add(code)
    regions, served = _read_regions(session)
    known = {
        name: set(session.scalars(sa.select(_raw(table.service_id)).distinct()))
        for name, table in (
            ("phones", Phone),
            ("hours", Schedule),
            ("languages", Language),
            ("eligibility", Eligibility),
            ("cost", CostOption),
        )
    }
    marks: dict[str, set[Key]] = {"fr": set(), "en": set()}
    for service_id, language in session.execute(
        sa.select(_raw(LanguageToReview.service_id), LanguageToReview.language)
    ):
        marks[language].add(service_id)
    lacking = sa.select(_raw(ServiceForWorkers.service_id), ServiceForWorkers.lacks)
    lacks = {service_id: codes for service_id, codes in session.execute(lacking) if codes}
    return _Facts(terms, regions, known | {"area": served}, marks, lacks)


def _read_regions(session: Session) -> tuple[dict[Key, set[str]], set[Key]]:
    """Return the regions served, else that of the place; and which services tell whom they serve."""
    served: dict[Key, set[str]] = defaultdict(set)
    told = set()
    for service_id, code in session.execute(
        sa.select(_raw(ServiceArea.service_id), ServiceArea.region_code).distinct()
    ):
        told.add(service_id)
        if code:
            served[service_id].add(code)
    placed = sa.select(_raw(ServiceAtLocation.service_id), Location.region_code).join(
        Location, Location.id == ServiceAtLocation.location_id
    )
    for service_id, code in session.execute(placed):
        if code and not served.get(service_id):
            served[service_id].add(code)
    return served, told
