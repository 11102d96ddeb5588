"""The sheets beside services.csv: hours, languages, admission and territory, by service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from referral.catalogue import columns as c
from referral.catalogue.problems import N_, Remarks
from referral.catalogue.rows import Cells, SourceRow
from referral.catalogue.sheet import Columns, Row
from referral.geo.precision import region_contradicts

SOURCE = ("source_url", "source_date", "source_confidence")
SCHEDULES = "schedules.csv"
LANGUAGES = "languages.csv"
ELIGIBILITY = "eligibility.csv"
AREAS = "areas.csv"
SHEETS = {
    SCHEDULES: Columns(("service_id", "byday", "opens_at", "closes_at", "valid_from", "valid_to", *SOURCE)),
    LANGUAGES: Columns(("service_id", "code", "mode", *SOURCE)),
    ELIGIBILITY: Columns(("service_id", "criterion", "answer", *SOURCE)),
    AREAS: Columns(("service_id", "region_code", "municipality", *SOURCE)),
}

TOWN_ELSEWHERE = N_("%(city)s is not in region %(region)s.")
DAYS_CROSSED = N_("The last day is before the first.")
TOWN_EVERYWHERE = N_("A municipality needs its own region.")


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """Weekly hours on some days."""

    line: int
    slug: str
    byday: str
    opens_at: time
    closes_at: time
    valid_from: date | None
    valid_to: date | None
    source: SourceRow


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """A language, and how it is offered."""

    line: int
    slug: str
    code: str
    mode: str
    source: SourceRow


@dataclass(frozen=True, slots=True)
class EligibilityRow:
    """The answer to one criterion of admission."""

    line: int
    slug: str
    criterion: str
    answer: str
    source: SourceRow


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A region served, or a municipality of it."""

    line: int
    slug: str
    region_code: str
    municipality: str | None
    source: SourceRow


@dataclass(frozen=True, slots=True)
class Details:
    """What the sheets say of all services."""

    schedules: Sequence[ScheduleRow] = ()
    languages: Sequence[LanguageRow] = ()
    eligibility: Sequence[EligibilityRow] = ()
    areas: Sequence[AreaRow] = ()


def parse_details(sheets: dict[str, list[Row]], remarks: Remarks) -> Details:
    """Return the rows of every sheet as values; what is wrong is noted."""

    def cells(name: str) -> list[Cells]:
        return [Cells(row, remarks.of(name)) for row in sheets.get(name, [])]

    return Details(
        [_parse_schedule(row) for row in cells(SCHEDULES)],
        [_parse_language(row) for row in cells(LANGUAGES)],
        [_parse_eligibility(row) for row in cells(ELIGIBILITY)],
        [_parse_area(row) for row in cells(AREAS)],
    )


def _slug(cells: Cells) -> str:
    return cells.read("service_id", c.parse_slug, "")


def _parse_schedule(cells: Cells) -> ScheduleRow:
    row = ScheduleRow(
        cells.row.line,
        _slug(cells),
        cells.read("byday", c.parse_days, ""),
        cells.read("opens_at", c.parse_time, time()),
        cells.read("closes_at", c.parse_time, time()),
        cells.read("valid_from", c.parse_day, None),
        cells.read("valid_to", c.parse_day, None),
        cells.source(),
    )
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        cells.refuse("valid_to", DAYS_CROSSED)
    return row


def _parse_language(cells: Cells) -> LanguageRow:
    return LanguageRow(
        cells.row.line,
        _slug(cells),
        cells.read("code", lambda text: c.parse_code(text, "languages"), ""),
        cells.choice("mode", "spoken", "interpreter", "written"),
        cells.source(),
    )


def _parse_eligibility(cells: Cells) -> EligibilityRow:
    return EligibilityRow(
        cells.row.line,
        _slug(cells),
        cells.read("criterion", lambda text: c.parse_code(text, "eligibility"), ""),
        cells.choice("answer", "yes", "no", "unknown"),
        cells.source(),
    )


def _parse_area(cells: Cells) -> AreaRow:
    row = AreaRow(
        cells.row.line,
        _slug(cells),
        cells.read("region_code", c.parse_region, ""),
        cells.text("municipality"),
        cells.source(),
    )
    if row.municipality and row.region_code == c.EVERYWHERE:
        cells.refuse("municipality", TOWN_EVERYWHERE)
    elif row.municipality and region_contradicts(row.municipality, row.region_code):
        cells.refuse("region_code", TOWN_ELSEWHERE, city=row.municipality, region=row.region_code)
    return row
