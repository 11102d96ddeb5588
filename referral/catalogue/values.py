"""The fields of a listing, read from the tables and written to them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.catalogue.change_models import ServiceForWorkers
from referral.catalogue.columns import is_toll_free
from referral.catalogue.fields import (
    Ages,
    ForWorkers,
    Hours,
    Lacks,
    ServedArea,
    Territory,
    Values,
    find_field,
)
from referral.catalogue.listing import Opening, PhoneNumber, SpokenLanguage, Text
from referral.catalogue.models import (
    Accessibility,
    Answer,
    Attribute,
    ClosedDay,
    CostOption,
    Eligibility,
    Language,
    LanguageMode,
    Location,
    Phone,
    PhoneType,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    TaxonomyTerm,
)
from referral.shared.bilingual import Bilingual

EVERYWHERE = "00"
TERMS = ("categories", "clientele", "referral_routes")


def read_values(session: Session, service: Service) -> dict[str, Any]:
    """Return what a listing says, by field, in an order that does not depend on the database."""
    workers = session.get(ServiceForWorkers, service.id)
    return {
        "name": _text(service.name),
        "description": _text(service.description),
        "phones": tuple(
            PhoneNumber(each.number, each.type.value, each.toll_free, _text(each.description))
            for each in sorted(service.phones, key=lambda phone: (phone.position, phone.number))
        ),
        "email": service.email,
        "website": service.website,
        "hours": _hours(service),
        **{taxonomy: _codes(service, taxonomy) for taxonomy in TERMS},
        "ages": Ages(service.minimum_age, service.maximum_age),
        "languages": tuple(
            SpokenLanguage(each.code, each.mode.value)
            for each in sorted(service.languages, key=lambda language: (language.code, language.mode.value))
        ),
        "area": _area(service),
        "eligibility": {
            each.criterion: each.answer.value
            for each in sorted(service.eligibilities, key=lambda eligibility: eligibility.criterion)
        },
        "cost": next(iter(sorted(each.option for each in service.cost_options)), None),
        "required_documents": tuple(
            sorted((_text(each.document) for each in service.required_documents), key=_by_words)
        ),
        "accessibility": {
            each.feature: each.answer.value
            for location in list_locations(service)
            for each in sorted(location.accessibilities, key=lambda accessibility: accessibility.feature)
        },
        "for_workers": ForWorkers(workers.number, _text(workers.description)) if workers else ForWorkers(),
        "lacks": _lacks(workers),
    }


def write_value(session: Session, service: Service, name: str, value: Any) -> None:
    """Write one field; raises UnknownFieldError. The caller keeps who changed it, and when."""
    find_field(name)
    WRITERS[name](session, service, value)
    session.flush()


def list_locations(service: Service) -> list[Location]:
    """Return the places of a service, in an order of their own."""
    return sorted((each.location for each in service.service_at_locations), key=lambda place: str(place.id))


def write_values(session: Session, service: Service, values: Values) -> None:
    """Write several fields."""
    for name, value in values.items():
        write_value(session, service, name, value)


def _text(value: Bilingual) -> Text:
    return Text(value.fr or None, value.en or None)


def _bilingual(value: Text) -> Bilingual:
    return Bilingual(value.fr or None, value.en or None)


def _by_words(text: Text) -> tuple[str, str]:
    return text.fr or "", text.en or ""


def _codes(service: Service, taxonomy: str) -> tuple[str, ...]:
    terms = (each.taxonomy_term for each in service.attributes)
    return tuple(sorted(term.code for term in terms if term.taxonomy == taxonomy))


def _hours(service: Service) -> Hours:
    openings = (
        Opening(tuple(each.byday.split(",")), each.opens_at, each.closes_at, each.valid_from, each.valid_to)
        for each in service.schedules
    )
    in_order = sorted(
        openings, key=lambda each: (str(each.valid_from or ""), each.byday, each.opens_at, each.closes_at)
    )
    closed = tuple(sorted(each.day for each in service.closed_days))
    return Hours(service.always_open, tuple(in_order), _text(service.hours), closed)


def _area(service: Service) -> Territory:
    rows = service.service_areas
    served = {
        ServedArea(row.region_code, row.municipality)
        for row in rows
        if (row.region_code or row.municipality) and row.region_code != EVERYWHERE
    }
    worded = next((row.name for row in rows if row.name.fr or row.name.en), Bilingual(None, None))
    return Territory(
        everywhere=any(row.region_code == EVERYWHERE for row in rows),
        areas=tuple(sorted(served, key=lambda each: (each.region_code or "", each.municipality or ""))),
        description=_text(worded),
    )


def _lacks(workers: ServiceForWorkers | None) -> Lacks:
    if workers is None:
        return Lacks()
    return Lacks(tuple(workers.lacks.split(";")) if workers.lacks else (), _text(workers.lacks_description))


def _write_name(_session: Session, service: Service, value: Text) -> None:
    service.name = _bilingual(value)


def _write_description(_session: Session, service: Service, value: Text) -> None:
    service.description = _bilingual(value)


def _write_phones(session: Session, service: Service, value: tuple[PhoneNumber, ...]) -> None:
    service.phones.clear()
    session.flush()
    for position, each in enumerate(value):
        service.phones.append(
            Phone(
                number=each.number,
                type=PhoneType(each.type),
                toll_free=each.type == "voice" and is_toll_free(each.number),
                position=position,
                description=_bilingual(each.description),
            )
        )


def _write_email(_session: Session, service: Service, value: str | None) -> None:
    service.email = value


def _write_website(_session: Session, service: Service, value: str | None) -> None:
    service.website = value
    service.website_scope = (
        ("own" if service.website_scope is None else service.website_scope) if value else None
    )


def _write_hours(session: Session, service: Service, value: Hours) -> None:
    service.always_open, service.hours = value.always_open, _bilingual(value.description)
    service.schedules.clear()
    session.flush()
    service.schedules.extend(
        Schedule(
            byday=",".join(each.byday),
            opens_at=each.opens_at,
            closes_at=each.closes_at,
            valid_from=each.valid_from,
            valid_to=each.valid_to,
        )
        for each in value.openings
    )
    service.closed_days.clear()
    session.flush()
    service.closed_days.extend(ClosedDay(day=day) for day in sorted(set(value.closed_on)))


def _terms_writer(taxonomy: str) -> Callable[[Session, Service, tuple[str, ...]], None]:
    def write(session: Session, service: Service, value: tuple[str, ...]) -> None:
        kept = [each for each in service.attributes if each.taxonomy_term.taxonomy != taxonomy]
        service.attributes[:] = kept
        session.flush()
        terms = session.scalars(
            sa.select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == taxonomy, TaxonomyTerm.code.in_(value))
        ).all()
        service.attributes.extend(Attribute(taxonomy_term=term, taxonomy_term_id=term.id) for term in terms)

    return write


def _write_ages(_session: Session, service: Service, value: Ages) -> None:
    service.minimum_age, service.maximum_age = value.minimum, value.maximum


def _write_languages(session: Session, service: Service, value: tuple[SpokenLanguage, ...]) -> None:
    service.languages.clear()
    session.flush()
    service.languages.extend(Language(code=each.code, mode=LanguageMode(each.mode)) for each in value)


def _write_area(session: Session, service: Service, value: Territory) -> None:
    service.service_areas.clear()
    session.flush()
    nothing = Bilingual(None, None)
    served = [(each.region_code, each.municipality) for each in value.areas]
    if value.everywhere:
        served.append((EVERYWHERE, None))
    rows = [ServiceArea(region_code=region, municipality=town, name=nothing) for region, town in served]
    if value.description.fr or value.description.en:
        rows.append(ServiceArea(region_code=None, municipality=None, name=_bilingual(value.description)))
    service.service_areas.extend(rows)


def _write_eligibility(session: Session, service: Service, value: dict[str, str]) -> None:
    service.eligibilities.clear()
    session.flush()
    service.eligibilities.extend(
        Eligibility(criterion=criterion, answer=Answer(answer))
        for criterion, answer in sorted(value.items())
        if answer != Answer.UNKNOWN
    )


def _write_cost(session: Session, service: Service, value: str | None) -> None:
    service.cost_options.clear()
    session.flush()
    if value:
        service.cost_options.append(
            CostOption(option=value, amount=None, amount_description=Bilingual(None, None))
        )


def _write_documents(session: Session, service: Service, value: tuple[Text, ...]) -> None:
    service.required_documents.clear()
    session.flush()
    service.required_documents.extend(RequiredDocument(document=_bilingual(each)) for each in value)


def _write_accessibility(session: Session, service: Service, value: dict[str, str]) -> None:
    for location in list_locations(service):
        location.accessibilities.clear()
        session.flush()
        location.accessibilities.extend(
            Accessibility(feature=feature, answer=Answer(answer))
            for feature, answer in sorted(value.items())
            if answer != Answer.UNKNOWN
        )


def _write_for_workers(session: Session, service: Service, value: ForWorkers) -> None:
    row = _workers_row(session, service.id)
    row.number, row.description = value.number, _bilingual(value.description)


def _write_lacks(session: Session, service: Service, value: Lacks) -> None:
    row = _workers_row(session, service.id)
    row.lacks, row.lacks_description = ";".join(value.codes), _bilingual(value.description)


def _workers_row(session: Session, service_id: uuid.UUID) -> ServiceForWorkers:
    row = session.get(ServiceForWorkers, service_id)
    if row is None:
        nothing = Bilingual(None, None)
        row = ServiceForWorkers(
            service_id=service_id, number=None, description=nothing, lacks="", lacks_description=nothing
        )
        session.add(row)
    return row


WRITERS: dict[str, Callable[[Session, Service, Any], None]] = {
    "name": _write_name,
    "description": _write_description,
    "phones": _write_phones,
    "email": _write_email,
    "website": _write_website,
    "hours": _write_hours,
    "categories": _terms_writer("categories"),
    "clientele": _terms_writer("clientele"),
    "referral_routes": _terms_writer("referral_routes"),
    "ages": _write_ages,
    "languages": _write_languages,
    "area": _write_area,
    "eligibility": _write_eligibility,
    "cost": _write_cost,
    "required_documents": _write_documents,
    "accessibility": _write_accessibility,
    "for_workers": _write_for_workers,
    "lacks": _write_lacks,
}
