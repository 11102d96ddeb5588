"""Fictional rows and sheets for the tests of the import."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from referral.catalogue.rows import SERVICE_COLUMNS
from referral.catalogue.sheets import SHEETS

COLUMNS = (*SERVICE_COLUMNS.required, *SERVICE_COLUMNS.optional)
SOURCE = {
    "source_url": "https://exemple.example/page",
    "source_date": "2026-10",
    "source_confidence": "high",
}


def make_row(number: int = 1, **changes: str) -> dict[str, str]:
    """Return a row of services.csv that nothing is wrong with."""
    row = dict.fromkeys(COLUMNS, "") | {
        "org_id": f"organisme-exemple-{number}",
        "service_id": f"organisme-exemple-{number}--ecoute",
        "publishable": "yes",
        "reach": "phone",
        "org_name_fr": f"Organisme Exemple {number}",
        "org_name_en": f"Example Organization {number}",
        "service_name_fr": "Écoute et accompagnement",
        "service_name_en": "Listening and support",
        "description_fr": "Écoute fictive pour les besoins d'un exemple.",
        "description_en": "Fictional listening, as an example.",
        "categories": "mental_health;youth",
        "clientele": "anyone",
        "phone": "+15145550123",
        "city": "Montréal",
        "address_confidential": "no",
        "region_code": "06",
        "service_area_fr": "Montréal",
        "accepts_no_status": "unknown",
        "referral_procedure": "self",
        "last_seen": "2026-10",
        **SOURCE,
    }
    assert changes.keys() <= row.keys()
    return row | changes


def make_shelter(number: int = 1, **changes: str) -> dict[str, str]:
    """Return a row of services.csv whose place is confidential."""
    shelter = {
        "service_id": f"organisme-exemple-{number}--hebergement",
        "categories": "emergency_shelter;domestic_violence",
        "service_name_fr": "Hébergement",
        "service_name_en": "Shelter",
        "city": "",
        "address_confidential": "yes",
    }
    return make_row(number, **(shelter | changes))


def as_csv(rows: list[dict[str, str]], columns: tuple[str, ...] = COLUMNS) -> str:
    """Return rows as the text of a sheet."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_services(folder: Path, *rows: dict[str, str]) -> Path:
    """Write services.csv and return its path."""
    path = folder / "services.csv"
    path.write_text(as_csv(list(rows)), encoding="utf-8")
    return path


def write_sheet(folder: Path, name: str, *rows: dict[str, str]) -> Path:
    """Write a sheet beside services.csv; a row without a source has the usual one."""
    path = folder / name
    columns = SHEETS[name].required
    path.write_text(as_csv([SOURCE | row for row in rows], columns), encoding="utf-8")
    return path
