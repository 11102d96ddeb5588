from __future__ import annotations

import pytest

from referral.catalogue import columns, places, reading, rows, sheets
from referral.catalogue.problems import MOST_PROBLEMS, ImportRefusedError, Remarks
from referral.catalogue.reading import read_catalogue
from tests.catalogue.making import make_row, make_shelter, write_services, write_sheet

ID = "organisme-exemple-1--ecoute"


def read(path):
    remarks = Remarks()
    return read_catalogue(path, remarks), remarks


def places_of(problems):
    return [(problem.file, problem.line, problem.column, problem.reason) for problem in problems]


def test_row_without_fault_is_read(tmp_path):
    catalogue, remarks = read(write_services(tmp_path, make_row()))

    assert remarks.problems == []
    assert remarks.flags == []
    assert catalogue.services[0].phone == "+15145550123"


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("org_id", "Organisme Exemple", columns.BAD_SLUG),
        ("org_id", "", columns.BAD_SLUG),
        ("service_id", "é", columns.BAD_SLUG),
        ("publishable", "oui", columns.BAD_CHOICE),
        ("publishable", "", columns.BAD_CHOICE),
        ("reach", "pigeon", rows.BAD_REACH),
        ("categories", "", columns.BLANK),
        ("categories", "shelter", columns.UNKNOWN_CODE),
        ("categories", "youth;youth", columns.REPEATED_CODE),
        ("clientele", "women;dogs", columns.UNKNOWN_CODE),
        ("min_age", "douze", columns.BAD_AGE),
        ("max_age", "121", columns.BAD_AGE),
        ("languages", "fr;xx", columns.UNKNOWN_CODE),
        ("phone", "514 555-01", columns.BAD_PHONE),
        ("phone", "5145550123", columns.BAD_PHONE),
        ("phone", "+15145550123 poste 4", columns.BAD_PHONE),
        ("phone", "535353", columns.BAD_PHONE),
        ("phone_tollfree", "+15145550123", columns.NOT_TOLL_FREE),
        ("phone_tty_or_sms", "12", columns.BAD_PHONE),
        ("email", "exemple", columns.BAD_EMAIL),
        ("website", "exemple.example", columns.BAD_URL),
        ("website", "javascript:alert(1)", columns.BAD_URL),
        ("website", "ftp://exemple.example", columns.BAD_URL),
        ("website", "https://localhost/", columns.BAD_URL),
        ("website", "https://moi:secret@exemple.example", columns.URL_WITH_PASSWORD),
        ("website", 'https://exemple.example/"><script>', columns.BAD_URL),
        ("postal_code", "H2X", columns.BAD_POSTAL_CODE),
        ("address_confidential", "peut-être", columns.BAD_CHOICE),
        ("region_code", "18", columns.BAD_REGION),
        ("region_code", "", columns.BAD_REGION),
        ("region_code", "03", rows.CONTRADICTION),
        ("open_24_7", "24/7", columns.BAD_CHOICE),
        ("cost", "gratuit", columns.UNKNOWN_CODE),
        ("referral_procedure", "friend", columns.UNKNOWN_CODE),
        ("accepts_no_status", "maybe", columns.BAD_CHOICE),
        ("source_url", "", columns.BLANK),
        ("source_url", "liste", columns.BAD_SOURCE),
        ("source_date", "octobre 2026", columns.BAD_DATE),
        ("source_date", "2026-02-30", columns.BAD_DATE),
        ("source_date", "04/10/2026", columns.BAD_DATE),
        ("source_confidence", "certain", columns.BAD_CHOICE),
        ("last_seen", "hier", columns.BAD_DATE),
        ("phone_source_url", "un ami", columns.BAD_SOURCE),
        ("website_source_url", "ici", columns.BAD_SOURCE),
        ("website_scope", "mine", columns.BAD_CHOICE),
        ("other_source_urls", "public-list-x", columns.BAD_SOURCE),
    ],
)
def test_cell_that_its_column_does_not_hold_is_refused(tmp_path, column, text, reason):
    _, remarks = read(write_services(tmp_path, make_row(), make_row(2, **{column: text})))

    assert ("services.csv", 3, column, reason) in places_of(remarks.problems)


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"org_name_fr": "", "org_name_en": ""}, "org_name_fr", rows.NO_NAME),
        ({"service_name_fr": "", "service_name_en": ""}, "service_name_fr", rows.NO_NAME),
        ({"min_age": "18", "max_age": "12"}, "max_age", rows.AGES_CROSSED),
        ({"website": "https://exemple.example"}, "website_scope", rows.NO_SCOPE),
        ({"city": "Gaspé"}, "region_code", rows.CONTRADICTION),
    ],
)
def test_cells_that_contradict_each_other_are_refused(tmp_path, changes, column, reason):
    _, remarks = read(write_services(tmp_path, make_row(**changes)))

    assert places_of(remarks.problems) == [("services.csv", 2, column, reason)]


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"service_id": ID}, "service_id", reading.SAME_ID),
        ({"org_id": "organisme-exemple-1"}, "service_name_fr", reading.SAME_SERVICE),
    ],
)
def test_same_service_twice_is_refused_and_names_the_other_line(tmp_path, changes, column, reason):
    _, remarks = read(write_services(tmp_path, make_row(), make_row(2, **changes)))

    assert places_of(remarks.problems) == [("services.csv", 3, column, reason)]
    assert "line 2" in str(remarks.problems[0]).split(":")[-1]


def test_two_names_of_one_organization_are_flagged(tmp_path):
    other = make_row(2, org_id="organisme-exemple-1", service_name_fr="Autre")
    _, remarks = read(write_services(tmp_path, make_row(), other))

    assert [(flag.line, flag.reason) for flag in remarks.flags] == [(3, reading.OTHER_NAME)]


@pytest.mark.parametrize(
    ("name", "row", "column", "reason"),
    [
        ("schedules.csv", {"byday": "LU"}, "byday", columns.BAD_DAYS),
        ("schedules.csv", {"opens_at": "8 h"}, "opens_at", columns.BAD_TIME),
        ("schedules.csv", {"closes_at": "24:00"}, "closes_at", columns.BAD_TIME),
        ("schedules.csv", {"valid_from": "2026-10"}, "valid_from", columns.BAD_DAY),
        ("schedules.csv", {"valid_from": "2026-10-02", "valid_to": "2026-10-01"},
         "valid_to", sheets.DAYS_CROSSED),
        ("schedules.csv", {"service_id": "autre"}, "service_id", reading.NO_SERVICE),
        ("languages.csv", {"code": "xx"}, "code", columns.UNKNOWN_CODE),
        ("languages.csv", {"mode": "sung"}, "mode", columns.BAD_CHOICE),
        ("eligibility.csv", {"criterion": "is_nice"}, "criterion", columns.UNKNOWN_CODE),
        ("eligibility.csv", {"answer": "perhaps"}, "answer", columns.BAD_CHOICE),
        ("areas.csv", {"region_code": "99"}, "region_code", columns.BAD_REGION),
        ("areas.csv", {"municipality": "Gaspé"}, "region_code", sheets.TOWN_ELSEWHERE),
        ("areas.csv", {"region_code": "00", "municipality": "Laval"}, "municipality", sheets.TOWN_EVERYWHERE),
        ("areas.csv", {"source_confidence": ""}, "source_confidence", columns.BAD_CHOICE),
    ],
)  # fmt: skip
def test_sheets_beside_services_are_as_strict(tmp_path, name, row, column, reason):
    good = {
        "schedules.csv": {"byday": "MO,TU", "opens_at": "08:30", "closes_at": "16:30"},
        "languages.csv": {"code": "es", "mode": "interpreter"},
        "eligibility.csv": {"criterion": "accepts_pets", "answer": "yes"},
        "areas.csv": {"region_code": "06"},
    }[name]
    write_services(tmp_path, make_row())
    write_sheet(tmp_path, name, {"service_id": ID, **good, **row})
    _, remarks = read(tmp_path)

    assert places_of(remarks.problems) == [(name, 2, column, reason)]


def test_same_thing_said_twice_in_a_sheet_is_refused(tmp_path):
    write_services(tmp_path, make_row())
    answer = {"service_id": ID, "criterion": "accepts_pets", "answer": "yes"}
    write_sheet(tmp_path, "eligibility.csv", answer, answer | {"answer": "no"})
    _, remarks = read(tmp_path)

    assert places_of(remarks.problems) == [("eligibility.csv", 3, "service_id", reading.REPEATED)]


def test_unknown_sheet_of_a_folder_is_refused(tmp_path):
    write_services(tmp_path, make_row())
    (tmp_path / "horaires.csv").write_text("a\n")
    _, remarks = read(tmp_path)

    assert places_of(remarks.problems) == [("horaires.csv", None, None, reading.NO_SHEET)]


def test_problems_of_all_files_come_together(tmp_path):
    write_services(tmp_path, make_row(cost="gratuit"))
    write_sheet(tmp_path, "languages.csv", {"service_id": ID, "code": "xx", "mode": "spoken"})
    _, remarks = read(tmp_path)

    assert [problem.file for problem in remarks.problems] == ["services.csv", "languages.csv"]


def test_problems_beyond_a_hundred_are_only_counted(tmp_path):
    _, remarks = read(write_services(tmp_path, *(make_row(number, cost="?") for number in range(150))))

    with pytest.raises(ImportRefusedError) as refusal:
        remarks.check()
    assert (len(refusal.value.problems), refusal.value.total) == (MOST_PROBLEMS, 150)


@pytest.mark.parametrize("column", ["street_address", "postal_code"])
@pytest.mark.parametrize("confidential", ["yes", "no"])
def test_address_of_a_shelter_is_refused_whatever_the_file_says(tmp_path, column, confidential):
    text = "H2X 1Y4" if column == "postal_code" else "1234, rue des Exemples"
    _, remarks = read(
        write_services(tmp_path, make_shelter(address_confidential=confidential, **{column: text}))
    )

    assert places_of(remarks.problems) == [("services.csv", 2, column, places.HAS_ADDRESS)]


@pytest.mark.parametrize("trace", ["au 1234, rue des Exemples", "H2X 1Y4", "45.50170, -73.56730"])
@pytest.mark.parametrize(
    "column",
    [
        "org_name_fr", "org_name_en", "service_name_fr", "service_name_en", "description_fr",
        "description_en", "service_area_fr", "service_area_en", "hours_text", "hours_text_en", "city",
    ],
)  # fmt: skip
def test_address_in_any_text_of_a_confidential_row_is_refused(tmp_path, column, trace):
    _, remarks = read(write_services(tmp_path, make_shelter(**{column: trace})))

    assert ("services.csv", 2, column, places.HAS_TRACE) in places_of(remarks.problems)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("website", "https://exemple.example/1234-rue-des-exemples"),
        ("source_url", "https://exemple.example/?q=1234+rue+des+exemples"),
        ("phone_source_url", "https://exemple.example/h2x1y4"),
        ("website_source_url", "https://www.google.com/maps/place/x"),
        ("other_source_urls", "https://exemple.example/@45.50170,-73.56730"),
        ("service_id", "maison-1234-rue-des-exemples"),
        ("org_id", "maison-1234-rue-des-exemples"),
    ],
)
def test_address_in_a_link_or_identifier_of_a_confidential_row_is_refused(tmp_path, column, text):
    row = make_shelter(website_scope="own", **{column: text})
    _, remarks = read(write_services(tmp_path, row))

    assert ("services.csv", 2, column, places.HAS_TRACE) in places_of(remarks.problems)


def test_public_place_keeps_its_address(tmp_path):
    row = make_row(street_address="1234, rue des Exemples", postal_code="h2x1y4")
    catalogue, remarks = read(write_services(tmp_path, row))

    assert remarks.problems == []
    assert catalogue.services[0].postal_code == "H2X 1Y4"


def test_small_town_in_the_text_of_a_confidential_row_is_flagged_not_refused(tmp_path):
    _, remarks = read(write_services(tmp_path, make_shelter(description_fr="Près de Gaspé, un exemple.")))

    assert remarks.problems == []
    assert [(flag.column, flag.values["town"]) for flag in remarks.flags] == [("description_fr", "Gaspé")]


def test_small_town_served_by_a_confidential_place_is_refused(tmp_path):
    write_services(tmp_path, make_shelter(region_code="11"))
    area = {"region_code": "11", "municipality": "Gaspé"}
    write_sheet(tmp_path, "areas.csv", {"service_id": "organisme-exemple-1--hebergement", **area})
    _, remarks = read(tmp_path)

    assert places_of(remarks.problems) == [("areas.csv", 2, "municipality", reading.TOWN_SERVED)]


def test_source_of_a_sheet_may_not_lead_to_a_confidential_place(tmp_path):
    write_services(tmp_path, make_shelter())
    row = {"service_id": "organisme-exemple-1--hebergement", "region_code": "06"}
    write_sheet(tmp_path, "areas.csv", row | {"source_url": "https://exemple.example/1234-rue-des-exemples"})
    _, remarks = read(tmp_path)

    assert places_of(remarks.problems) == [("areas.csv", 2, "source_url", places.HAS_TRACE)]
