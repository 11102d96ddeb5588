"""A confidential place is nowhere: not in a file, a page, an order or a count."""

import json
import re
from datetime import UTC, date, datetime

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from referral.catalogue.listing import Listing, OrganizationCard, Source, Text
from referral.catalogue.models import (
    CostOption,
    FactSource,
    Location,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from referral.edition.compilation import compile_listing
from referral.edition.folder import EditionFolder
from referral.edition.reader import Edition
from referral.edition.withholding import HeldBackError, withhold_traces
from referral.search.engine import search
from referral.search.query import Query
from referral.shared.bilingual import Bilingual
from tests.conftest import ON_ONE_BACKEND

AT = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
STREET, POSTAL, POINT = "4321, rue des Oubliettes", "H7Z 9X9", "45.98765, -73.12345"
PLANTED = f"Voir {STREET}, {POSTAL}, {POINT}"
SECRETS = ("Oubliettes", "4321", "H7Z", "9X9", "45.98765", "73.12345")
CHANCE = 4
PAGES = ("/fr/", "/fr/services", "/en/services?near=Laval", "/fr/services.geojson")
TEXTS = [
    (model, column.key)
    for model in (
        Organization,
        Service,
        Phone,
        Schedule,
        ServiceArea,
        CostOption,
        RequiredDocument,
        FactSource,
    )
    for column in sa.inspect(model).columns
    if isinstance(column.type, sa.String)
    and not isinstance(column.type, sa.Enum)
    and column.type.length is None
    and column.key not in {"number", "byday", "option", "website_scope"}
]


def tells(secret, text):
    """Find a secret as a reader would: a few letters inside a digest, an id or a seal are chance."""
    pattern = re.escape(secret)
    return re.search(rf"(?<![\w-]){pattern}(?![\w-])" if len(secret) <= CHANCE else pattern, text)


def add_shelter(directory, **location):
    service = directory.add(
        "Maison Exemple",
        category="emergency_shelter",
        location={"confidential": True, "region_code": "13"} | location,
    )
    service.required_documents.append(RequiredDocument(document=Bilingual("Rien", None)))
    service.cost_options.append(CostOption(option="free", amount_description=Bilingual(None, None)))
    service.sources.append(
        FactSource(fact="listing", url="https://exemple.test/", date="2026", confidence="high")
    )
    directory.session.commit()
    return service


def plant(directory, service, model, column):
    """Write where the application's own doors would have refused it."""
    owner = {"organization": Organization.id == service.organization_id, "service": Service.id == service.id}
    where = owner.get(model.__tablename__)
    if where is None:
        where = model.service_id == service.id
    table = model.__table__
    directory.session.execute(sa.update(table).where(where).values({table.c[column]: PLANTED}))
    service.revision = service.organization.revision = directory.revise()
    directory.session.commit()
    directory.session.expire_all()


@pytest.fixture
def everything(app, client):
    """Return a function that gives all that the public side says: files, pages, points, search."""

    def everything():
        folder = EditionFolder(app.config["EDITION_DIR"]).current()
        said = [path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
        for listing in Edition(folder).listings:
            said += [client.get(f"/{language}/services/{listing.id}").text for language in ("fr", "en")]
            said.append(client.get(f"/fr/organizations/{listing.organization.id}").text)
        said += [client.get(path).text for path in PAGES]
        search = app.test_cli_runner().invoke(args=["relais", "search", "", "--near", "Laval", "--json"])
        return [*said, search.output]

    return everything


@ON_ONE_BACKEND
@pytest.mark.parametrize(("model", "column"), TEXTS, ids=lambda each: getattr(each, "__tablename__", each))
def test_a_place_written_in_any_column_reaches_no_output(model, column, directory, build, everything):
    service = add_shelter(directory)
    plant(directory, service, model, column)
    build()

    for text in everything():
        assert not [secret for secret in SECRETS if tells(secret, text)]


QUERIES = ("", "maison exemple", "Oubliettes", "4321 rue des Oubliettes", "H7Z 9X9", "45.98765")


def answers(app):
    """Return order, counts and distances of every query."""
    edition = Edition(EditionFolder(app.config["EDITION_DIR"]).current())
    found = [search(edition.index, Query(at=AT, words=words)) for words in QUERIES]
    return [
        (each.total, [edition.listing(hit.position).id for hit in each.hits], each.facets) for each in found
    ]


def test_a_place_written_in_a_text_changes_no_order_and_no_count(directory, build, app):
    service = add_shelter(directory)
    directory.add("Aide Exemple")
    service.description = Bilingual(None, None)
    service.revision = directory.revise()
    directory.session.commit()
    build()
    before = answers(app)
    plant(directory, service, Service, "description_fr")
    build()

    assert answers(app) == before


@pytest.mark.parametrize(
    "location",
    [
        {"confidential": True, "region_code": "13", "public_municipality": "Laval"},
        {"confidential": False, "region_code": "13", "municipality": "Laval"},
        {
            "confidential": False,
            "region_code": "13",
            "municipality": "Laval",
            "address_1": STREET,
            "postal_code": POSTAL,
            "latitude": 45.98765,
            "longitude": -73.12345,
        },
    ],
    ids=["confidential", "said to be public", "with an address and no agreement"],
)
def test_a_shelter_without_a_written_agreement_shows_its_public_area_only(location, directory, build, app):
    directory.add("Maison Exemple", category="emergency_shelter", location=location)
    build()
    place = Edition(EditionFolder(app.config["EDITION_DIR"]).current()).listing(0).place

    assert msgspec.to_builtins(place).keys() <= {"precision", "region_code", "municipality"}
    assert place.precision == "public_area"


def test_a_shelter_that_agreed_is_still_never_a_point(directory, build, app):
    location = {
        "confidential": False,
        "disclosure_agreed_on": date(2026, 1, 1),
        "municipality": "Laval",
        "address_1": "1, rue Exemple",
        "latitude": 45.6,
        "longitude": -73.7,
    }
    directory.add("Maison Exemple", category="emergency_shelter", location=location)
    build()
    place = Edition(EditionFolder(app.config["EDITION_DIR"]).current()).listing(0).place

    assert (place.address, place.latitude, place.longitude) == ("1, rue Exemple", None, None)


@pytest.mark.parametrize(
    "columns",
    [
        {"address_1": STREET},
        {"postal_code": POSTAL},
        {"municipality": "Saint-Exemple"},
        {"latitude": 45.9, "longitude": -73.1},
        {"public_municipality": "Matane"},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_the_database_refuses_to_know_where_a_confidential_place_is(columns, directory):
    with pytest.raises(IntegrityError):
        directory.add(location={"confidential": True, "region_code": "13"} | columns)


def test_a_place_is_confidential_unless_someone_says_otherwise(directory):
    service = directory.add(location={"region_code": "13"})
    location = directory.session.get(ServiceAtLocation, service.service_at_locations[0].id).location

    assert location.confidential is True


def test_a_service_whose_name_tells_of_a_place_is_held_back(directory, build):
    service = add_shelter(directory)
    service.name = Bilingual(PLANTED, None)
    service.revision = directory.revise()
    directory.session.commit()
    built = build()

    assert (built.manifest.services, built.held_back) == (0, (str(service.id),))


def test_how_many_texts_were_withheld_is_told(directory, build):
    service = add_shelter(directory)
    plant(directory, service, Service, "description_fr")

    assert build().manifest.withheld == 1


NUMBERS = st.integers(1, 99_999)
KINDS = st.sampled_from(["rue", "boulevard", "avenue", "chemin", "rang", "boul.", "place", "montée", "côte"])
WORDS = st.sampled_from(["Exemple", "des Oubliettes", "de la Fiction", "Saint-Exemple", "du Faux-Lieu"])
LETTERS = st.sampled_from("ABCEGHJKLMNPRSTVWXYZ")
FIRST = st.sampled_from("GHJ")
STREETS = st.one_of(
    st.builds("{}, {} {}".format, NUMBERS, KINDS, WORDS),
    st.builds("{} {} {}".format, NUMBERS, KINDS, WORDS),
    st.builds("{} {} Street".format, NUMBERS, st.sampled_from(["Example", "Fiction", "Old Example"])),
)
POSTALS = st.builds(
    "{}{}{}{}{}{}{}".format,
    FIRST,
    st.integers(0, 9),
    st.sampled_from("ABCEGHJKLMNPRSTV"),
    st.sampled_from(["", " ", "-"]),
    st.integers(0, 9),
    st.sampled_from("ABCEGHJKLMNPRSTV"),
    st.integers(0, 9),
)
POINTS = st.builds("{:.5f}, {:.5f}".format, st.floats(45.0, 62.0), st.floats(-79.0, -57.1))
OPTIONAL = [
    "description",
    "hours",
    "area",
    "email",
    "website",
    "phone",
    "document",
    "source",
    "last_seen",
    "town",
]


def confidential_listing(**fields):
    card = OrganizationCard("0" * 8, Text("Organisme Exemple"))
    return Listing(
        id="1" * 8,
        slug="exemple",
        organization=card,
        name=Text("Maison Exemple"),
        description=Text("Accueille des femmes de 18 ans et plus, 24 h/24, 12 places."),
        trust="sourced",
        categories=("emergency_shelter",),
        confidential=True,
        **fields,
    )


@given(st.one_of(STREETS, POSTALS, POINTS), st.sampled_from(["", "Près de chez nous : ", "Écrire au "]))
def test_no_text_of_a_confidential_listing_keeps_a_trace(trace, before):
    told = before + trace
    listing = msgspec.structs.replace(
        confidential_listing(hours=Text(told, told), last_seen=told, required_documents=(Text(told),)),
        description=Text("Bonne", told),
        sources=(
            Source("listing", "https://exemple.test/", told),
            Source("phone", "https://exemple.test/bon"),
        ),
    )
    kept, withheld = withhold_traces(listing)

    assert trace not in json.dumps(msgspec.to_builtins(kept), ensure_ascii=False)
    assert kept.description.fr == "Bonne"
    assert withheld == 6


@given(st.one_of(STREETS, POSTALS, POINTS))
def test_no_name_of_a_confidential_listing_keeps_a_trace(trace):
    listing = msgspec.structs.replace(confidential_listing(), name=Text(trace))

    with pytest.raises(HeldBackError):
        withhold_traces(listing)


def test_what_tells_nothing_is_kept_whole():
    listing = confidential_listing(hours=Text("24 h/24, 7 j/7"), email="ecrire@exemple.test")

    assert withhold_traces(listing) == (listing, 0)


def test_a_public_address_is_shown(directory, session):
    service = directory.add(
        location={
            "confidential": False,
            "region_code": "13",
            "municipality": "Laval",
            "address_1": "1, rue Exemple",
        }
    )
    listing, withheld = compile_listing(service)

    assert (listing.place.address, listing.place.precision, withheld) == ("1, rue Exemple", "municipality", 0)


def test_a_point_without_a_street_is_somewhere_in_its_town(directory):
    location = {"confidential": False, "municipality": "Laval", "latitude": 45.6, "longitude": -73.7}
    listing, _ = compile_listing(directory.add(location=location))

    assert listing.place.precision == "municipality"


def test_the_location_table_keeps_no_address_column_that_the_constraint_forgets():
    guarded = {"address_1", "postal_code", "municipality", "latitude", "longitude"}
    named = {"id", "organization_id", "location_type", "confidential", "disclosure_agreed_on"}

    assert {column.key for column in Location.__table__.columns} - guarded == named | {
        "public_municipality",
        "region_code",
    }
