"""Reads a catalogue of files: a folder of sheets, or one file of services; and checks it as a whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from referral.catalogue.confidentiality import url_traces
from referral.catalogue.places import HAS_TRACE, check_confidential
from referral.catalogue.problems import N_, FileRemarks, Remarks
from referral.catalogue.rows import SERVICE_COLUMNS, SERVICES, ServiceRow, parse_services
from referral.catalogue.sheet import Row, read_sheet
from referral.catalogue.sheets import AREAS, ELIGIBILITY, LANGUAGES, SCHEDULES, SHEETS, Details, parse_details
from referral.geo.precision import LARGE_MUNICIPALITIES

NO_SHEET = N_("This is not a sheet of the catalogue; those are %(known)s.")
NO_SERVICE = N_("There is no such service in services.csv.")
REPEATED = N_("The same is said on line %(other)s.")
SAME_ID = N_("The same identifier is on line %(other)s.")
SAME_SERVICE = N_("The organization has a service of this name in this place on line %(other)s.")
OTHER_NAME = N_("The organization has another name on line %(other)s: that one is kept.")
TOWN_SERVED = N_(
    "The place is confidential: the territory served may name no municipality under 50,000 inhabitants."
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the files say, checked as far as files alone can tell."""

    services: list[ServiceRow]
    details: Details
    file: str


def read_catalogue(path: Path, remarks: Remarks) -> Catalogue:
    """Read and check every sheet; what is wrong in any of them is noted."""
    if not path.is_dir():
        rows = read_sheet(path, SERVICE_COLUMNS, remarks)
        return Catalogue(_read_services(rows, remarks.of(path.name)), Details(), path.name)
    known = (SERVICES, *SHEETS)
    for file in sorted(path.glob("*.csv")):
        if file.name not in known:
            remarks.refuse(file.name, None, None, NO_SHEET, known=", ".join(known))
    services = _read_services(read_sheet(path / SERVICES, SERVICE_COLUMNS, remarks), remarks.of(SERVICES))
    sheets = {
        name: read_sheet(path / name, columns, remarks)
        for name, columns in SHEETS.items()
        if (path / name).exists()
    }
    details = parse_details(sheets, remarks)
    if services:
        _check_details(details, services, remarks)
    return Catalogue(services, details, SERVICES)


def _read_services(rows: list[Row], remarks: FileRemarks) -> list[ServiceRow]:
    services = parse_services(rows, remarks)
    for row, service in zip(rows, services, strict=True):
        check_confidential(service, row.cells, remarks)
    _refuse_repeated(services, lambda row: row.slug, "service_id", SAME_ID, remarks)
    _refuse_repeated(services, _identity, "service_name_fr", SAME_SERVICE, remarks)
    names: dict[str, ServiceRow] = {}
    for service in services:
        first = names.setdefault(service.organization_slug, service)
        if first.organization_name != service.organization_name:
            remarks.flag(service.line, "org_name_fr", OTHER_NAME, other=first.line)
    return services


def _identity(row: ServiceRow) -> Hashable:
    """Return what makes two rows the same service under two identifiers."""
    name = row.name.fr or row.name.en or ""
    return row.organization_slug, name.casefold(), row.region_code, (row.city or "").casefold()


def _refuse_repeated(
    rows: Sequence[Any], key: Callable[[Any], Hashable], column: str, reason: str, remarks: FileRemarks
) -> None:
    """Note each row that says again what an earlier row says; a blank key was refused already."""
    seen: dict[Hashable, int] = {}
    for row in rows:
        identity = key(row)
        line = seen.setdefault(identity, row.line)
        if identity and line != row.line:
            remarks.refuse(row.line, column, reason, other=line)


def _check_details(details: Details, services: list[ServiceRow], remarks: Remarks) -> None:
    """Note rows about no service, rows said twice, and towns that give a confidential place away."""
    known = {service.slug: service for service in services}
    sheets: list[tuple[str, Sequence[Any], Callable[[Any], Hashable]]] = [
        (SCHEDULES, details.schedules, lambda row: (row.slug, row.byday, row.opens_at, row.valid_from)),
        (LANGUAGES, details.languages, lambda row: (row.slug, row.code, row.mode)),
        (ELIGIBILITY, details.eligibility, lambda row: (row.slug, row.criterion)),
        (AREAS, details.areas, lambda row: (row.slug, row.region_code, row.municipality)),
    ]
    for name, rows, key in sheets:
        for row in rows:
            if row.slug and row.slug not in known:
                remarks.refuse(name, row.line, "service_id", NO_SERVICE)
        _refuse_repeated(rows, key, "service_id", REPEATED, remarks.of(name))
    hidden = {slug for slug, service in known.items() if service.confidential}
    _refuse_giving_away(details, sheets, hidden, remarks)


def _refuse_giving_away(
    details: Details, sheets: Iterable[tuple[str, Sequence[Any], Any]], hidden: set[str], remarks: Remarks
) -> None:
    """Note what would tell where a confidential place is."""
    for name, rows, _ in sheets:
        for row in rows:
            if row.slug in hidden and url_traces(row.source.url):
                remarks.refuse(name, row.line, "source_url", HAS_TRACE)
    for area in details.areas:
        if area.slug in hidden and area.municipality and area.municipality not in LARGE_MUNICIPALITIES:
            remarks.refuse(AREAS, area.line, "municipality", TOWN_SERVED)
