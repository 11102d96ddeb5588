"""The catalogue of the demonstration is fictional from the first cell to the last, and rich enough to try."""

from __future__ import annotations

import csv
import re
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from referral.catalogue.importing import import_catalogue
from referral.catalogue.models import Organization, Service
from referral.shared.database import writing
from tools.demo import CATALOGUE

FICTION = re.compile(r"\+1\d{3}55501\d\d")
PHONES = ("phone", "phone_tollfree", "phone_tty_or_sms")
NAMES = ("org_name_fr", "service_name_fr"), ("org_name_en", "service_name_en")
NOWHERE = (".invalid", ".example")


def sheet(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = sheet("services.csv")
SHEETS = sorted(path.name for path in CATALOGUE.glob("*.csv"))


def test_every_name_says_that_it_is_an_example():
    french, english = NAMES

    assert [row["service_id"] for row in ROWS if not all("xemple" in row[name] for name in french)] == []
    assert [row["service_id"] for row in ROWS if not all("Example" in row[name] for name in english)] == []


def test_every_identifier_of_an_organization_says_so_too():
    assert [row["org_id"] for row in ROWS if "exemple" not in row["org_id"]] == []


def test_every_number_is_of_the_series_kept_for_fiction():
    numbers = [row[name] for row in ROWS for name in PHONES if row[name]]

    assert [number for number in numbers if not FICTION.fullmatch(number)] == []


def test_no_two_services_have_the_same_number():
    numbers = [row[name] for row in ROWS for name in PHONES if row[name]]

    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("name", SHEETS)
def test_every_address_of_the_web_leads_nowhere(name):
    cells = [text for row in sheet(name) for text in row.values() if "://" in text]

    assert [text for text in cells if not (urlsplit(text).hostname or "").endswith(NOWHERE)] == []


def test_every_mailbox_is_nobodys():
    assert [row["email"] for row in ROWS if row["email"] and not row["email"].endswith(NOWHERE)] == []


def test_it_is_imported_whole_and_nothing_is_flagged(session):
    with writing(session):
        report = import_catalogue(session, CATALOGUE, "Exemple")

    counts = [
        session.scalar(sa.select(sa.func.count()).select_from(each)) for each in (Service, Organization)
    ]
    assert (report.added, list(report.flagged), counts) == (len(ROWS), [], [len(ROWS), 12])


def test_there_is_enough_to_try_the_map_the_hours_the_languages_and_what_is_not_known():
    regions = {row["region_code"] for row in ROWS}
    languages = {code for row in ROWS for code in row["languages"].split(";")}

    assert len(regions) >= 10
    assert len(languages) >= 8
    assert any(row["address_confidential"] == "yes" and row["city"] for row in ROWS)
    assert any(not row["hours_text"] for row in ROWS)
    assert {row["accepts_no_status"] for row in ROWS} >= {"yes", "unknown"}
