from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
import sqlalchemy as sa

from referral.catalogue import importing, places
from referral.catalogue.importing import ImportRefusedError, import_catalogue
from referral.catalogue.models import (
    Answer,
    Confidence,
    LanguageMode,
    Location,
    Organization,
    PhoneType,
    Revision,
    Service,
    Verification,
)
from referral.catalogue.services import take_step
from referral.catalogue.trust import Method, Trust
from referral.shared.bilingual import Bilingual
from referral.shared.database import DirectoryBase, writing
from tests.catalogue.making import make_row, make_shelter, write_services, write_sheet

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ID = "organisme-exemple-1--ecoute"


@pytest.fixture
def bring(session):
    """Return a function that imports as the command does."""

    def bring(path, progress=None):
        with writing(session):
            return import_catalogue(session, path, "Exemple", progress)

    return bring


@pytest.fixture
def step(session):
    """Return a function by which a person moves a listing."""

    def step(slug, wanted, method=Method.PHONE):
        with writing(session):
            take_step(session, find(session, slug), wanted, method, "Personne Exemple", "exemple", AT)

    return step


def find(session, slug=ID):
    return session.scalars(sa.select(Service).where(Service.slug == slug)).one()


def counts(report):
    return report.added, report.changed, report.unchanged


def dump(session):
    """Return every row of every table, to see that nothing changed."""
    connection = session.connection(bind_arguments={"mapper": Service})
    tables = DirectoryBase.metadata.sorted_tables
    return {table.name: sorted(map(str, connection.execute(sa.select(table)))) for table in tables}


def test_every_column_arrives(session, bring, tmp_path):
    row = make_row(
        min_age="14",
        max_age="25",
        languages="fr;es",
        phone_tollfree="+18005550199",
        phone_tty_or_sms="535353",
        reach="phone;text;website",
        email="bonjour@exemple.example",
        website="https://exemple.example",
        website_scope="own",
        street_address="1234, rue des Exemples",
        postal_code="H2X 1Y4",
        service_area_en="Montréal Island",
        hours_text="Jours ouvrables",
        hours_text_en="Business days",
        open_24_7="no",
        cost="free",
        referral_procedure="self;police",
        accepts_no_status="yes",
        phone_source_url="https://exemple.example/contact",
        phone_source_date="2025",
        other_source_urls="public-list-3;https://exemple.example/autre",
        fallback_org_id="organisme-exemple-1",
    )
    write_services(tmp_path, row)
    hours = {"byday": "TU,MO", "opens_at": "20:00", "closes_at": "02:00", "valid_from": "2026-11-01"}
    write_sheet(tmp_path, "schedules.csv", {"service_id": ID, **hours})
    write_sheet(tmp_path, "languages.csv", {"service_id": ID, "code": "mul", "mode": "interpreter"})
    write_sheet(tmp_path, "eligibility.csv", {"service_id": ID, "criterion": "accepts_pets", "answer": "no"})
    write_sheet(
        tmp_path,
        "areas.csv",
        {"service_id": ID, "region_code": "06"},
        {"service_id": ID, "region_code": "13", "municipality": "Laval"},
    )
    assert counts(bring(tmp_path)) == (1, 0, 0)

    service = find(session)
    assert service.name == Bilingual("Écoute et accompagnement", "Listening and support")
    assert (service.minimum_age, service.maximum_age, service.always_open) == (14, 25, False)
    assert service.hours == Bilingual("Jours ouvrables", "Business days")
    assert (service.email, service.website) == ("bonjour@exemple.example", "https://exemple.example")
    assert service.organization.website == "https://exemple.example"
    assert service.fallback is service.organization
    assert [(phone.number, phone.type, phone.toll_free) for phone in service.phones] == [
        ("+15145550123", PhoneType.VOICE, False),
        ("+18005550199", PhoneType.VOICE, True),
        ("535353", PhoneType.TEXT, False),
    ]
    assert {(each.code, each.mode) for each in service.languages} == {
        ("fr", LanguageMode.SPOKEN),
        ("es", LanguageMode.SPOKEN),
        ("mul", LanguageMode.INTERPRETER),
    }
    assert {(each.criterion, each.answer) for each in service.eligibilities} == {
        ("accepts_no_status", Answer.YES),
        ("accepts_pets", Answer.NO),
    }
    schedule = service.schedules[0]
    assert (schedule.byday, schedule.opens_at, schedule.closes_at) == ("MO,TU", time(20), time(2))
    assert (schedule.valid_from, schedule.valid_to) == (date(2026, 11, 1), None)
    assert {(area.region_code, area.municipality, area.name.en) for area in service.service_areas} == {
        ("06", None, None),
        ("13", "Laval", None),
        (None, None, "Montréal Island"),
    }
    assert [cost.option for cost in service.cost_options] == ["free"]
    assert {(each.taxonomy_term.taxonomy, each.taxonomy_term.code) for each in service.attributes} == {
        ("categories", "mental_health"),
        ("categories", "youth"),
        ("clientele", "anyone"),
        ("referral_routes", "self"),
        ("referral_routes", "police"),
    }
    place = service.service_at_locations[0].location
    assert (place.confidential, place.municipality, place.region_code) == (False, "Montréal", "06")
    assert (place.address_1, place.postal_code) == ("1234, rue des Exemples", "H2X 1Y4")
    assert {(each.fact, each.url, each.date, each.confidence) for each in service.sources} == {
        ("listing", "https://exemple.example/page", "2026-10", Confidence.HIGH),
        ("phone", "https://exemple.example/contact", "2025", Confidence.HIGH),
        ("other", "public-list-3", None, Confidence.UNVERIFIED),
        ("other", "https://exemple.example/autre", None, Confidence.UNVERIFIED),
        ("hours", "https://exemple.example/page", "2026-10", Confidence.HIGH),
        ("languages", "https://exemple.example/page", "2026-10", Confidence.HIGH),
        ("eligibility", "https://exemple.example/page", "2026-10", Confidence.HIGH),
        ("area", "https://exemple.example/page", "2026-10", Confidence.HIGH),
    }


def test_what_is_unknown_stays_unknown(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row(city="", languages="", open_24_7="", cost="")))

    service = find(session)
    assert (service.always_open, service.minimum_age, service.assured_date) == (None, None, None)
    assert (service.languages, service.eligibilities, service.cost_options) == ([], [], [])


def test_number_for_texts_only_where_the_row_says_text(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row(phone_tty_or_sms="+15145550199")))

    assert find(session).phones[1].type is PhoneType.TEXTPHONE


def test_address_is_placed_no_more_precisely_than_its_town(session, bring, tmp_path):
    bring(
        write_services(
            tmp_path, make_row(), make_row(2, street_address="1234, rue des Exemples", postal_code="H2X 1Y4")
        )
    )

    points = {(place.latitude, place.longitude) for place in session.scalars(sa.select(Location))}
    assert len(points) == 1
    assert None not in points.pop()


def test_service_without_territory_serves_its_region(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row(service_area_fr="", region_code="00", city="")))

    assert [area.region_code for area in find(session).service_areas] == ["00"]
    assert find(session).service_at_locations == []


def test_same_files_again_change_nothing(session, bring, tmp_path):
    path = write_services(tmp_path, make_row(), make_shelter(2))
    bring(path)
    before = dump(session)
    report = bring(path)

    assert counts(report) == (0, 0, 2)
    assert report.revision is None
    assert dump(session) == before


def test_ids_are_the_same_everywhere(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row()))

    assert str(find(session).id) == "7c7d4b7e-cec8-57e2-a1ec-9a8efeae8e1f"


@pytest.mark.parametrize(
    "change",
    [
        {"description_fr": "Un autre exemple."},
        {"phone": "+15145550199"},
        {"categories": "mental_health"},
        {"last_seen": "2026-11"},
        {"source_confidence": "medium"},
        {"city": ""},
        {"org_name_fr": "Organisme Autre"},
        {"publishable": "no"},
        {"service_area_fr": "Île de Montréal"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_one_changed_cell_is_one_changed_service(session, bring, tmp_path, change):
    bring(write_services(tmp_path, make_row(), make_row(2)))
    report = bring(write_services(tmp_path, make_row(**change), make_row(2)))

    assert counts(report) == (0, 1, 1)
    assert find(session, "organisme-exemple-2--ecoute").revision == 1
    service = find(session)
    assert max(service.revision, service.organization.revision) == report.revision == 2
    assert counts(bring(write_services(tmp_path, make_row(**change), make_row(2)))) == (0, 0, 2)


def test_changed_service_takes_a_new_version(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row()))
    bring(write_services(tmp_path, make_row(phone="+15145550199")))

    assert find(session).version == 2
    assert [phone.number for phone in find(session).phones] == ["+15145550199"]


def test_each_import_that_changes_something_is_one_revision(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row(), make_row(2)))
    bring(write_services(tmp_path, make_row(), make_row(2)))
    bring(write_services(tmp_path, make_row(), make_row(2), make_row(3)))

    revisions = session.scalars(sa.select(Revision).order_by(Revision.number)).all()
    assert [(each.number, each.actor, each.reason) for each in revisions] == [
        (1, "Exemple", "import"),
        (2, "Exemple", "import"),
    ]


def test_what_is_no_longer_in_the_file_stays_and_is_flagged(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row(), make_row(2)))
    report = bring(write_services(tmp_path, make_row(2)))

    assert report.absent == 1
    assert [(flag.reason, flag.values) for flag in report.flagged] == [(importing.IS_ABSENT, {"service": ID})]
    assert find(session).trust is Trust.SOURCED


@pytest.mark.parametrize(
    ("file", "break_it"),
    [
        ("services.csv", lambda data: data.replace(b"+15145550123", b"514-555")),
        ("services.csv", lambda data: data.replace(b"mental_health", b"shelter")),
        ("services.csv", lambda data: b"\xef\xbb\xbf" + data),
        ("services.csv", lambda data: data.decode().encode("cp1252")),
        ("services.csv", lambda data: data[:-200].rstrip(b"\n")),
        ("services.csv", lambda data: data.replace(b"Organisme", b"=Organisme")),
        ("services.csv", lambda data: data.replace(b",clientele,", b",clients,")),
        ("services.csv", lambda data: data + data.splitlines(keepends=True)[-1]),
        ("languages.csv", lambda data: data.replace(b",es,", b",xx,")),
    ],
)
def test_one_mistake_anywhere_changes_nothing(session, bring, tmp_path, file, break_it):
    write_services(tmp_path, make_row())
    bring(tmp_path)
    before = dump(session)
    write_services(tmp_path, make_row(description_fr="Écoute changée"), make_row(2))
    write_sheet(tmp_path, "languages.csv", {"service_id": ID, "code": "es", "mode": "spoken"})
    (tmp_path / file).write_bytes(break_it((tmp_path / file).read_bytes()))
    with pytest.raises(ImportRefusedError) as refusal:
        bring(tmp_path)

    assert {problem.file for problem in refusal.value.problems} == {file}
    assert dump(session) == before


def test_fallback_that_nobody_knows_is_refused(session, bring, tmp_path):
    with pytest.raises(ImportRefusedError) as refusal:
        bring(write_services(tmp_path, make_row(fallback_org_id="inconnu")))

    assert [(each.line, each.column, each.reason) for each in refusal.value.problems] == [
        (2, "fallback_org_id", importing.NO_FALLBACK)
    ]


def test_fallback_may_be_in_the_directory_already(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row()))
    bring(write_services(tmp_path, make_row(2, fallback_org_id="organisme-exemple-1")))

    assert find(session, "organisme-exemple-2--ecoute").fallback.slug == "organisme-exemple-1"


@pytest.mark.parametrize(
    ("changes", "trust"),
    [
        ({}, Trust.SOURCED),
        ({"source_confidence": "medium"}, Trust.SOURCED),
        ({"source_confidence": "low"}, Trust.CANDIDATE),
        ({"source_confidence": "unverified"}, Trust.CANDIDATE),
        ({"publishable": "no"}, Trust.CANDIDATE),
        ({"phone": ""}, Trust.CANDIDATE),
        ({"phone": "", "website": "https://exemple.example", "website_scope": "network"}, Trust.SOURCED),
    ],
)
def test_public_source_reaches_sourced_at_most(session, bring, tmp_path, changes, trust):
    bring(write_services(tmp_path, make_row(**changes)))

    assert find(session).trust is trust
    assert [
        (each.from_trust, each.to_trust, each.method, each.actor) for each in find(session).verifications
    ] == ([(Trust.CANDIDATE, Trust.SOURCED, Method.IMPORT, "Exemple")] if trust is Trust.SOURCED else [])


def test_source_that_grows_weak_takes_a_listing_down_again(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row()))
    bring(write_services(tmp_path, make_row(publishable="no")))

    assert find(session).trust is Trust.CANDIDATE
    assert [each.to_trust for each in find(session).verifications] == [Trust.SOURCED, Trust.CANDIDATE]


@pytest.mark.parametrize("lowered", [Trust.SUSPENDED, Trust.RETIRED, Trust.CANDIDATE])
def test_what_a_person_took_down_an_import_does_not_put_back(session, bring, step, tmp_path, lowered):
    bring(write_services(tmp_path, make_row()))
    step(ID, lowered)
    bring(write_services(tmp_path, make_row(description_fr="Changée")))

    assert find(session).trust is lowered
    assert find(session).description.fr == "Changée"


def test_contacted_listing_is_not_lowered(session, bring, step, tmp_path):
    bring(write_services(tmp_path, make_row()))
    step(ID, Trust.CONTACTED)
    bring(write_services(tmp_path, make_row(publishable="no")))

    assert find(session).trust is Trust.CONTACTED


@pytest.mark.parametrize("confirmed", [Trust.VERIFIED, Trust.VETTED])
def test_what_a_person_confirmed_an_import_does_not_change(session, bring, step, tmp_path, confirmed):
    bring(write_services(tmp_path, make_row()))
    step(ID, Trust.VERIFIED)
    if confirmed is Trust.VETTED:
        step(ID, Trust.VETTED)
    before = dump(session)
    report = bring(write_services(tmp_path, make_row(phone="+15145550199", org_name_fr="Autre")))

    assert dump(session) == before
    assert (counts(report), report.kept) == ((0, 0, 1), 1)
    assert [flag.reason for flag in report.flagged] == [importing.IS_KEPT]


def test_confirmed_listing_that_the_file_repeats_is_not_flagged(session, bring, step, tmp_path):
    path = write_services(tmp_path, make_row())
    bring(path)
    step(ID, Trust.VERIFIED)
    report = bring(path)

    assert (report.kept, report.flagged) == (0, ())


def test_confidential_place_is_its_region_only(session, bring, tmp_path):
    report = bring(write_services(tmp_path, make_shelter(city="Gaspé", region_code="11")))

    place = session.scalars(sa.select(Location)).one()
    assert (place.confidential, place.region_code, place.public_municipality) == (True, "11", None)
    assert (place.municipality, place.address_1, place.postal_code) == (None, None, None)
    assert (place.latitude, place.longitude) == (None, None)
    assert [(flag.column, flag.reason) for flag in report.flagged] == [("city", places.TOWN_DROPPED)]


@pytest.mark.parametrize(
    ("changes", "town"),
    [
        ({"city": "Laval", "region_code": "13"}, "Laval"),
        ({"city": "laval", "region_code": "13"}, "Laval"),
        ({"city": "Laval", "region_code": "13", "source_url": "https://autre.example/"}, None),
        ({"city": "Laval", "region_code": "13", "source_confidence": "medium"}, None),
        ({"city": "Laval", "region_code": "13", "website_scope": "network"}, None),
        ({"city": "Gaspé", "region_code": "11"}, None),
    ],
)
def test_large_town_that_the_organization_publishes_may_be_named(session, bring, tmp_path, changes, town):
    website = {"website": "https://www.exemple.example/", "website_scope": "own"}
    bring(write_services(tmp_path, make_shelter(**website | changes)))

    assert session.scalars(sa.select(Location)).one().public_municipality == town


def test_place_that_becomes_confidential_loses_its_address(session, bring, tmp_path):
    address = {"street_address": "1234, rue des Exemples", "postal_code": "H2X 1Y4"}
    bring(write_services(tmp_path, make_row(**address)))
    bring(write_services(tmp_path, make_row(address_confidential="yes")))

    place = session.scalars(sa.select(Location)).one()
    assert (place.confidential, place.address_1, place.latitude) == (True, None, None)


def test_place_that_is_gone_leaves_no_address_behind(session, bring, tmp_path):
    bring(write_services(tmp_path, make_row(street_address="1234, rue des Exemples")))
    bring(write_services(tmp_path, make_row(city="", region_code="00")))

    assert session.scalars(sa.select(Location)).all() == []


def test_disclosure_that_an_organization_agreed_to_stays(session, bring, tmp_path):
    bring(write_services(tmp_path, make_shelter()))
    with writing(session):
        place = session.scalars(sa.select(Location)).one()
        place.confidential, place.disclosure_agreed_on = False, date(2026, 11, 1)
        place.address_1 = "1234, rue des Exemples"
    bring(write_services(tmp_path, make_shelter(description_fr="Changée")))

    assert session.scalars(sa.select(Location)).one().address_1 == "1234, rue des Exemples"


def test_progress_ends_with_all_services(session, bring, tmp_path):
    told = []
    bring(
        write_services(tmp_path, *(make_row(number) for number in range(1, 451))),
        lambda *done: told.append(done),
    )

    assert told == [(0, 450), (200, 450), (400, 450), (450, 450)]


def test_one_organization_has_one_row(session, bring, tmp_path):
    other = make_row(
        2, org_id="organisme-exemple-1", org_name_fr="Organisme Exemple 1", service_name_fr="Autre"
    )
    bring(write_services(tmp_path, make_row(), other))

    assert len(session.scalars(sa.select(Organization)).all()) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Verification)) == 2
