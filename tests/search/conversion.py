"""Listings from the rows of the catalogue's CSV, as far as a search needs them."""

from __future__ import annotations

import csv
import uuid
from pathlib import Path

from referral.catalogue.listing import (
    AreaServed,
    Listing,
    OrganizationCard,
    PhoneNumber,
    Place,
    SpokenLanguage,
    Text,
)
from referral.catalogue.vocabulary import SHELTER_CATEGORIES
from referral.geo.precision import LARGE_MUNICIPALITIES

SPACE = uuid.UUID("6f0c2f5e-4a55-4a8e-9d7e-0f6f0c2f5e4a")
ANSWERS = {"yes": "yes", "no": "no"}


def read_listings(path: Path) -> list[Listing]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [make_listing(row) for row in csv.DictReader(file) if row["publishable"] == "yes"]


def make_listing(row: dict[str, str]) -> Listing:
    categories = _codes(row["categories"])
    region = row["region_code"]
    return Listing(
        id=str(uuid.uuid5(SPACE, row["service_id"])),
        slug=row["service_id"],
        organization=OrganizationCard(
            str(uuid.uuid5(SPACE, row["org_id"])),
            Text(row["org_name_fr"] or None, row["org_name_en"] or None),
        ),
        name=Text(row["service_name_fr"] or None, row["service_name_en"] or None),
        description=Text(row["description_fr"] or None, row["description_en"] or None),
        trust="sourced",
        categories=categories,
        clientele=_codes(row["clientele"]),
        minimum_age=int(row["min_age"]) if row["min_age"] else None,
        maximum_age=int(row["max_age"]) if row["max_age"] else None,
        languages=tuple(SpokenLanguage(code) for code in _codes(row["languages"])),
        phones=tuple(_phones(row)),
        place=_place(row, categories),
        area=AreaServed(
            everywhere=region == "00",
            regions=() if region == "00" else (region,),
            description=Text(row["service_area_fr"] or None),
        ),
        always_open=True if row["open_24_7"] == "yes" else None,
        hours=Text(row["hours_text"] or None),
        eligibility={"accepts_no_status": ANSWERS.get(row["accepts_no_status"], "unknown")},
        cost=row["cost"] or None,
        referral_routes=_codes(row["referral_procedure"]),
        confidential=row["address_confidential"] == "yes",
    )


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(sorted(filter(None, (code.strip() for code in cell.split(";")))))


def _phones(row: dict[str, str]) -> list[PhoneNumber]:
    phones = [PhoneNumber(row[name]) for name in ("phone", "phone_tollfree") if row[name]]
    return phones + ([PhoneNumber(row["phone_tty_or_sms"], "text")] if row["phone_tty_or_sms"] else [])


def _place(row: dict[str, str], categories: tuple[str, ...]) -> Place:
    if row["region_code"] == "00":
        return Place()
    if row["address_confidential"] == "yes" or SHELTER_CATEGORIES.intersection(categories):
        town = row["city"] if row["city"] in LARGE_MUNICIPALITIES else None
        return Place("public_area", row["region_code"], town)
    return Place("municipality", row["region_code"], row["city"] or None)
