"""The catalogue under data/: it imports whole, and nothing in it gives a confidential place away."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
import sqlalchemy as sa

from referral.catalogue.confidentiality import address_traces, is_shelter, url_traces
from referral.catalogue.importing import import_catalogue
from referral.catalogue.models import Location, Organization, Service, ServiceArea, Verification
from referral.catalogue.problems import Remarks
from referral.catalogue.reading import read_catalogue
from referral.catalogue.trust import Method, Trust
from referral.geo.precision import LARGE_MUNICIPALITIES
from referral.shared.database import writing
from referral.shared.paths import DATA

CATALOGUE = DATA / "catalogue"
SHEETS = ("services", "schedules", "languages", "eligibility", "areas")


def read(name):
    with (CATALOGUE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def services():
    return read("services")


@pytest.fixture(scope="module")
def confidential(services):
    return {
        row["service_id"]: row
        for row in services
        if row["address_confidential"] == "yes" or is_shelter(row["categories"].split(";"))
    }


def test_whole_catalogue_is_read_without_a_problem():
    remarks = Remarks()
    catalogue = read_catalogue(CATALOGUE, remarks)

    assert remarks.problems == []
    assert len(catalogue.services) == 423
    assert len({row.organization_slug for row in catalogue.services}) == 378


def test_whole_catalogue_is_imported_and_claims_nothing(session):
    with writing(session):
        report = import_catalogue(session, CATALOGUE, "Exemple")

    assert (report.added, report.changed, report.unchanged) == (423, 0, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Organization)) == 378
    assert Counter(session.scalars(sa.select(Service.trust))) == {Trust.SOURCED: 298, Trust.CANDIDATE: 125}
    assert session.scalars(sa.select(Service.assured_date).distinct()).all() == [None]
    assert set(session.scalars(sa.select(Verification.method))) == {Method.IMPORT}
    with writing(session):
        again = import_catalogue(session, CATALOGUE, "Exemple")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 423)


def test_every_service_serves_some_territory_and_every_shelter_is_nowhere(session):
    with writing(session):
        import_catalogue(session, CATALOGUE, "Exemple")

    served = set(
        session.scalars(sa.select(ServiceArea.service_id).where(ServiceArea.region_code.is_not(None)))
    )
    assert len(served) == 423
    hidden = session.scalars(sa.select(Location).where(Location.confidential)).all()
    assert len(hidden) == 200
    assert {place.public_municipality for place in hidden} - {None} <= LARGE_MUNICIPALITIES.keys()


@pytest.mark.parametrize("name", SHEETS)
def test_confidential_row_holds_no_address_in_any_cell(name, confidential):
    found = [
        (row["service_id"], column, trace)
        for row in read(name)
        if row["service_id"] in confidential
        for column, text in row.items()
        for trace in (url_traces(text) if "://" in text or column.endswith("_id") else address_traces(text))
    ]

    assert found == []


def test_confidential_row_names_no_town_but_a_large_one_that_its_organization_publishes(confidential):
    towns = {row["city"] for row in confidential.values()} - {""}

    assert towns <= LARGE_MUNICIPALITIES.keys()
    assert all(row["source_confidence"] == "high" for row in confidential.values() if row["city"])
    assert all(row["address_confidential"] == "yes" for row in confidential.values())
    assert not any(row["street_address"] or row["postal_code"] for row in confidential.values())


def test_every_page_is_whole_in_both_languages(services):
    texts = ("org_name", "service_name", "description", "service_area")
    for row in services:
        for name in texts:
            assert bool(row[f"{name}_fr"]) == bool(row[f"{name}_en"]), (row["service_id"], name)
        assert bool(row["hours_text"]) == bool(row["hours_text_en"]), row["service_id"]


@pytest.mark.parametrize("name", SHEETS)
def test_every_row_says_where_it_comes_from(name):
    assert all(row["source_url"] and row["source_confidence"] for row in read(name))


@pytest.mark.parametrize("name", SHEETS[1:])
def test_sheet_is_as_sure_as_the_row_that_it_structures(name, services):
    source = ("source_url", "source_date", "source_confidence")
    of_service = {row["service_id"]: [row[column] for column in source] for row in services}

    assert all([row[column] for column in source] == of_service[row["service_id"]] for row in read(name))


def test_texts_of_confidential_rows_name_no_town_beyond_the_name_of_their_organization():
    remarks = Remarks()
    read_catalogue(CATALOGUE, remarks)
    territories = {"Maria", "Brome"}  # as in Maria-Chapdelaine and Brome-Missisquoi, which are no towns

    beyond = [flag for flag in remarks.flags if not (flag.column or "").startswith("org_name")]
    assert {flag.values["town"] for flag in beyond} == territories
