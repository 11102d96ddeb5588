"""Rows of ``services.csv`` as values: each cell parsed, cells of a row checked against each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from referral.catalogue import columns as c
from referral.catalogue.confidentiality import is_shelter
from referral.catalogue.problems import N_, CellError, FileRemarks
from referral.catalogue.sheet import Columns, Row
from referral.geo.precision import region_contradicts
from referral.shared.bilingual import Bilingual

T = TypeVar("T")

SERVICES = "services.csv"
PHONES = ("phone", "phone_tollfree", "phone_tty_or_sms")
SERVICE_COLUMNS = Columns(
    required=(
        "org_id", "service_id", "publishable", "reach", "org_name_fr", "org_name_en",
        "service_name_fr", "service_name_en", "description_fr", "description_en", "categories",
        "clientele", "min_age", "max_age", "languages", *PHONES, "email", "website",
        "street_address", "city", "postal_code", "address_confidential", "region_code",
        "service_area_fr", "hours_text", "open_24_7", "cost", "referral_procedure",
        "accepts_no_status", "source_url", "source_date", "source_confidence", "last_seen",
        "phone_source_url", "phone_source_date", "website_source_url", "website_scope",
        "other_source_urls", "fallback_org_id",
    ),
    optional=("service_area_en", "hours_text_en"),
    phones=frozenset(PHONES),
)  # fmt: skip
REACHES = ("phone", "text", "website", "network_page")

NO_NAME = N_("Neither the French nor the English name is given.")
AGES_CROSSED = N_("The greatest age is below the least age, %(least)s.")
CONTRADICTION = N_("%(city)s is not in region %(region)s.")
NO_SCOPE = N_("A website needs own or network here.")
BAD_REACH = N_("%(text)s is not a way to reach a service: phone, text, website or network_page.")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where a fact comes from; ``date`` as the source gives it."""

    url: str
    date: str | None
    confidence: str


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One row of services.csv; ``None`` is *not known*, never *no*."""

    line: int
    organization_slug: str
    slug: str
    publishable: bool
    organization_name: Bilingual
    name: Bilingual
    description: Bilingual
    categories: tuple[str, ...]
    clientele: tuple[str, ...]
    minimum_age: int | None
    maximum_age: int | None
    languages: tuple[str, ...]
    phone: str | None
    toll_free: str | None
    text_or_tty: str | None
    texts: bool
    email: str | None
    website: str | None
    website_scope: str | None
    street_address: str | None
    city: str | None
    postal_code: str | None
    address_confidential: bool
    region_code: str
    service_area: Bilingual
    hours: Bilingual
    always_open: bool | None
    cost: str | None
    referral_routes: tuple[str, ...]
    accepts_no_status: str
    source: SourceRow
    last_seen: str | None
    phone_source: SourceRow | None
    website_source: SourceRow | None
    other_sources: tuple[str, ...]
    fallback_slug: str | None

    @property
    def confidential(self) -> bool:
        """Shelter types are confidential whatever the file says."""
        return self.address_confidential or is_shelter(self.categories)

    @property
    def reachable(self) -> bool:
        """Say whether the row itself gives a way to reach someone."""
        return any((self.phone, self.toll_free, self.text_or_tty, self.email, self.website))


class Cells:
    """Reads the cells of one row; a cell that holds something else is noted, and read as blank."""

    def __init__(self, row: Row, remarks: FileRemarks) -> None:
        self.row, self.remarks = row, remarks

    def read(self, column: str, parse: Callable[[str], T], default: T) -> T:
        """Parse a cell; a refusal is noted and gives the default."""
        try:
            return parse(self.text(column) or "")
        except CellError as error:
            self.refuse(column, error.reason, **error.values)
            return default

    def text(self, column: str) -> str | None:
        """Return a cell as written, or ``None`` where it is blank or has no column."""
        return self.row.cells.get(column) or None

    def choice(self, column: str, *choices: str) -> str:
        """Return one of a few words, the last where the cell holds another."""
        return self.read(column, lambda text: c.parse_choice(text, choices), choices[-1])

    def codes(self, column: str, taxonomy: str) -> tuple[str, ...]:
        """Return the codes of a list."""
        return self.read(column, lambda text: c.parse_codes(text, taxonomy), ())

    def refuse(self, column: str, reason: str, **values: object) -> None:
        """Note what is wrong with a cell."""
        self.remarks.refuse(self.row.line, column, reason, **values)

    def source(self, prefix: str = "source") -> SourceRow:
        """Return the source that ends every kind of row."""
        return SourceRow(
            self.read(f"{prefix}_url", c.parse_source, ""),
            self.read(f"{prefix}_date", c.parse_dated, None),
            self.choice(f"{prefix}_confidence", "high", "medium", "low", "unverified"),
        )


def parse_services(rows: Sequence[Row], remarks: FileRemarks) -> list[ServiceRow]:
    """Return the rows as values; what is wrong is noted."""
    return [_parse_service(Cells(row, remarks)) for row in rows]


def _parse_service(cells: Cells) -> ServiceRow:
    _check_reach(cells)
    source = cells.source()
    row = ServiceRow(
        line=cells.row.line,
        organization_slug=cells.read("org_id", c.parse_slug, ""),
        slug=cells.read("service_id", c.parse_slug, ""),
        publishable=cells.choice("publishable", "yes", "no") == "yes",
        organization_name=_name(cells, "org_name"),
        name=_name(cells, "service_name"),
        description=Bilingual(cells.text("description_fr"), cells.text("description_en")),
        categories=cells.codes("categories", "categories"),
        clientele=cells.codes("clientele", "clientele"),
        minimum_age=cells.read("min_age", c.parse_age, None),
        maximum_age=cells.read("max_age", c.parse_age, None),
        languages=cells.codes("languages", "languages"),
        phone=cells.read("phone", c.parse_phone, None),
        toll_free=cells.read("phone_tollfree", c.parse_toll_free, None),
        text_or_tty=cells.read("phone_tty_or_sms", lambda text: c.parse_phone(text, texting=True), None),
        texts="text" in (cells.text("reach") or "").split(";"),
        email=cells.read("email", c.parse_email, None),
        website=cells.read("website", c.parse_url, None),
        website_scope=cells.choice("website_scope", "own", "network", "") or None,
        street_address=cells.text("street_address"),
        city=cells.text("city"),
        postal_code=cells.read("postal_code", c.parse_postal_code, None),
        address_confidential=cells.choice("address_confidential", "no", "yes") == "yes",
        region_code=cells.read("region_code", c.parse_region, ""),
        service_area=Bilingual(cells.text("service_area_fr"), cells.text("service_area_en")),
        hours=Bilingual(cells.text("hours_text"), cells.text("hours_text_en")),
        always_open={"yes": True, "no": False}.get(cells.choice("open_24_7", "yes", "no", "unknown", "")),
        cost=cells.read("cost", lambda text: c.parse_code(text, "costs") if text else None, None),
        referral_routes=cells.codes("referral_procedure", "referral_routes"),
        accepts_no_status=cells.choice("accepts_no_status", "yes", "no", "unknown", "") or "unknown",
        source=source,
        last_seen=cells.read("last_seen", c.parse_dated, None),
        phone_source=_partial_source(cells, "phone", source),
        website_source=_partial_source(cells, "website", source),
        other_sources=cells.read("other_source_urls", c.parse_sources, ()),
        fallback_slug=cells.text("fallback_org_id"),
    )
    _check_row(cells, row)
    return row


def _name(cells: Cells, column: str) -> Bilingual:
    name = Bilingual(cells.text(f"{column}_fr"), cells.text(f"{column}_en"))
    if not (name.fr or name.en):
        cells.refuse(f"{column}_fr", NO_NAME)
    return name


def _partial_source(cells: Cells, fact: str, listing: SourceRow) -> SourceRow | None:
    """Return the source of one fact, as good as that of the row; only phones have a date of their own."""
    column = f"{fact}_source_url"
    if cells.text(column) is None:
        return None
    dated = cells.read("phone_source_date", c.parse_dated, None) if fact == "phone" else None
    return SourceRow(cells.read(column, c.parse_source, ""), dated, listing.confidence)


def _check_reach(cells: Cells) -> None:
    for word in (cells.text("reach") or "").split(";"):
        if word and word not in REACHES:
            cells.refuse("reach", BAD_REACH, text=word)


def _check_row(cells: Cells, row: ServiceRow) -> None:
    """Note what no single cell shows."""
    if not row.categories and not cells.text("categories"):
        cells.refuse("categories", c.BLANK)
    if row.minimum_age is not None and row.maximum_age is not None and row.maximum_age < row.minimum_age:
        cells.refuse("max_age", AGES_CROSSED, least=row.minimum_age)
    if row.city and row.region_code and region_contradicts(row.city, row.region_code):
        cells.refuse("region_code", CONTRADICTION, city=row.city, region=row.region_code)
    if row.website and row.website_scope is None:
        cells.refuse("website_scope", NO_SCOPE)
