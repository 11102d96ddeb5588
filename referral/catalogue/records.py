"""Turns what the files say of a service into rows of the database, with ids that are the same everywhere."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from referral.catalogue.columns import is_toll_free
from referral.catalogue.places import place_kept
from referral.catalogue.rows import ServiceRow, SourceRow
from referral.catalogue.sheets import Details
from referral.shared.bilingual import Bilingual

NAMESPACE = uuid.UUID("6f1c9a52-3f0e-5b1c-9d55-0d8f6a1f7c21")
"""Never to change: the public addresses of services are made from it."""

Values = dict[str, Any]


@dataclass(slots=True)
class ServiceRecord:
    """The rows of one service: its own, and those that hang from it by table and id."""

    line: int
    slug: str
    id: uuid.UUID
    values: Values
    parts: dict[str, dict[uuid.UUID, Values]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, table: str, values: Values) -> None:
        """Add a row that hangs from the service; the same row has the same id at every import."""
        name = f"{table} " + " ".join(f"{key}={value}" for key, value in sorted(values.items()))
        self.parts[table][uuid.uuid5(self.id, name)] = {"service_id": self.id, **values}


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids of what is in the database already, by what the files call it."""

    organizations: Mapping[str, uuid.UUID]
    services: Mapping[str, uuid.UUID]
    terms: Mapping[tuple[str, str], uuid.UUID]

    def organization(self, slug: str) -> uuid.UUID:
        """Return the id of an organization, stored or to be."""
        return self.organizations.get(slug) or make_id("organization", slug)

    def service(self, slug: str) -> uuid.UUID:
        """Return the id of a service, stored or to be."""
        return self.services.get(slug) or make_id("service", slug)


class DetailsByService:
    """The rows of the sheets, found by service."""

    def __init__(self, details: Details) -> None:
        self.schedules = _by_slug(details.schedules)
        self.languages = _by_slug(details.languages)
        self.eligibility = _by_slug(details.eligibility)
        self.areas = _by_slug(details.areas)


def make_id(kind: str, name: str) -> uuid.UUID:
    """Return the id of something by its name."""
    return uuid.uuid5(NAMESPACE, f"{kind}/{name}")


def organization_values(row: ServiceRow, rows: Iterable[ServiceRow]) -> Values:
    """Return an organization's columns: the name of its first row, the first website of its own."""
    own = next((each for each in rows if each.website_scope == "own"), None)
    found = own or next((each for each in rows if each.website), None)
    return {
        "slug": row.organization_slug,
        **bilingual("name", row.organization_name),
        "website": found.website if found else None,
        "website_scope": found.website_scope if found else None,
        "email": None,
    }


def service_record(row: ServiceRow, details: DetailsByService, ids: Ids) -> ServiceRecord:
    """Return every row of one service."""
    record = ServiceRecord(row.line, row.slug, ids.service(row.slug), _service_values(row, ids))
    _add_terms(record, row, ids)
    _add_phones(record, row)
    _add_place(record, row, ids)
    _add_details(record, row, details)
    _add_sources(record, row)
    return record


def bilingual(name: str, value: Bilingual) -> Values:
    """Return the two columns of a text."""
    return {f"{name}_fr": value.fr, f"{name}_en": value.en}


def _service_values(row: ServiceRow, ids: Ids) -> Values:
    return {
        "slug": row.slug,
        "organization_id": ids.organization(row.organization_slug),
        **bilingual("name", row.name),
        **bilingual("description", row.description),
        "minimum_age": row.minimum_age,
        "maximum_age": row.maximum_age,
        "always_open": row.always_open,
        **bilingual("hours", row.hours),
        "email": row.email,
        "website": row.website,
        "website_scope": row.website_scope,
        "last_seen": row.last_seen,
        "fallback_organization_id": ids.organization(row.fallback_slug) if row.fallback_slug else None,
    }


def _add_terms(record: ServiceRecord, row: ServiceRow, ids: Ids) -> None:
    lists = {
        "categories": row.categories,
        "clientele": row.clientele,
        "referral_routes": row.referral_routes,
    }
    for taxonomy, codes in lists.items():
        for code in codes:
            record.add("attribute", {"taxonomy_term_id": ids.terms[taxonomy, code]})


def _add_phones(record: ServiceRecord, row: ServiceRow) -> None:
    voice = [number for number in dict.fromkeys((row.phone, row.toll_free)) if number]
    numbers = [(number, "voice") for number in voice]
    if row.text_or_tty:
        numbers.append((row.text_or_tty, "text" if row.texts else "textphone"))
    for position, (number, kind) in enumerate(numbers):
        record.add(
            "phone",
            {
                "number": number,
                "type": kind,
                "toll_free": kind == "voice" and is_toll_free(number),
                "position": position,
                **bilingual("description", Bilingual(None, None)),
            },
        )


def _add_place(record: ServiceRecord, row: ServiceRow, ids: Ids) -> None:
    """Add the place of a service, which keeps its id when what is known of it changes."""
    kept = place_kept(row)
    if kept is None:
        return
    location_id = uuid.uuid5(record.id, "location")
    record.parts["location"][location_id] = {
        "organization_id": ids.organization(row.organization_slug),
        "location_type": "physical",
        **asdict(kept),
    }
    record.add("service_at_location", {"location_id": location_id})


def _add_details(record: ServiceRecord, row: ServiceRow, details: DetailsByService) -> None:
    languages = {(code, "spoken") for code in row.languages}
    languages |= {(each.code, each.mode) for each in details.languages[row.slug]}
    for code, mode in sorted(languages):
        record.add("language", {"code": code, "mode": mode})
    answers = {"accepts_no_status": row.accepts_no_status}
    answers |= {each.criterion: each.answer for each in details.eligibility[row.slug]}
    for criterion, answer in answers.items():
        if answer != "unknown":
            record.add("eligibility", {"criterion": criterion, "answer": answer})
    for each in details.schedules[row.slug]:
        hours = {"byday": each.byday, "opens_at": each.opens_at, "closes_at": each.closes_at}
        record.add("schedule", {**hours, "valid_from": each.valid_from, "valid_to": each.valid_to})
    if row.cost:
        amount = bilingual("amount_description", Bilingual(None, None))
        record.add("cost_option", {"option": row.cost, "amount": None, **amount})
    areas = [(each.region_code, each.municipality) for each in details.areas[row.slug]]
    for region_code, municipality in areas or [(row.region_code, None)]:
        _add_area(record, region_code, municipality, Bilingual(None, None))
    if row.service_area.fr or row.service_area.en:
        _add_area(record, None, None, row.service_area)
    _add_detail_sources(record, row.slug, details)


def _add_area(record: ServiceRecord, region_code: str | None, town: str | None, name: Bilingual) -> None:
    record.add("service_area", {"region_code": region_code, "municipality": town, **bilingual("name", name)})


def _add_detail_sources(record: ServiceRecord, slug: str, details: DetailsByService) -> None:
    sheets: dict[str, Iterable[Any]] = {
        "hours": details.schedules[slug],
        "languages": details.languages[slug],
        "eligibility": details.eligibility[slug],
        "area": details.areas[slug],
    }
    for fact, rows in sheets.items():
        for each in rows:
            _add_source(record, fact, each.source)


def _add_sources(record: ServiceRecord, row: ServiceRow) -> None:
    _add_source(record, "listing", row.source)
    if row.phone_source:
        _add_source(record, "phone", row.phone_source)
    if row.website_source:
        _add_source(record, "website", row.website_source)
    for url in row.other_sources:
        _add_source(record, "other", SourceRow(url, None, "unverified"))


def _add_source(record: ServiceRecord, fact: str, source: SourceRow) -> None:
    record.add(
        "fact_source",
        {"fact": fact, "url": source.url, "date": source.date, "confidence": source.confidence},
    )


def _by_slug(rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.slug].append(row)
    return found
