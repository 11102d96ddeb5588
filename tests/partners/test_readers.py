from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from referral.access.policy import Actor, Role
from referral.catalogue.change_models import Via, WithdrawalKind
from referral.catalogue.changes import Author
from referral.catalogue.models import Revision, Service
from referral.edition.reader import READER, EditionReader
from referral.edition.readers import ReaderNote, list_readers, note_contact
from referral.edition.withdrawal import withdraw
from referral.shared.bilingual import Bilingual
from referral.shared.database import writing
from tests.accounts.conftest import START, browser_of, clock, open_browser, people
from tests.conftest import Visitor
from tests.edition.conftest import Directory, build, directory

__all__ = ["browser_of", "build", "clock", "directory", "open_browser", "people"]

STREET, CODE, TOWN = "4321 rue Introuvable", "H2X 9Z9", "Village-Exemple"
SHOWN = {
    "confidential": False,
    "region_code": "06",
    "municipality": TOWN,
    "address_1": STREET,
    "postal_code": CODE,
}


def shelter(directory: Directory, name: str = "Maison Exemple", **more):
    agreed = SHOWN | {"disclosure_agreed_on": date(2026, 1, 5)}
    more.setdefault("description", Bilingual(f"Au {STREET}.", None))
    return directory.add(name, category="emergency_shelter", location=agreed, **more)


@pytest.fixture
def edition(app, clock, directory, build):
    """An edition with a shelter that agreed to have its address shown, and an office."""
    service = shelter(directory)
    directory.add("Bureau Exemple", location=SHOWN)
    app.extensions[READER] = EditionReader(app.config["EDITION_DIR"])
    build()
    found = app.extensions[READER].current()
    found.shelter = found.position_of(service.id)
    found.office = 1 - found.shelter
    found.shelter_id = service.id
    return found


@pytest.fixture
def visitor(app, edition):
    app.test_client_class = Visitor
    return app.test_client()


def test_an_address_that_was_agreed_to_is_shown_while_there_is_contact(edition):
    assert edition.listing(edition.shelter).place.address == STREET


def test_a_reader_that_hears_nothing_shows_the_region_of_a_shelter_only(edition, clock):
    clock.shift(timedelta(hours=49))
    place = edition.listing(edition.shelter).place

    assert (place.precision, place.region_code, place.municipality) == ("public_area", "06", None)
    assert (place.address, place.postal_code, place.is_held) == (None, None, True)


def test_the_address_comes_back_with_the_next_sign(app, edition, clock):
    clock.shift(timedelta(hours=49))
    assert edition.listing(edition.shelter).place.is_held
    clock.shift(timedelta(seconds=2))
    note_contact(app.config["EDITION_DIR"], datetime.now(UTC))
    clock.shift(timedelta(seconds=2))

    assert edition.listing(edition.shelter).place.address == STREET


def test_what_is_no_shelter_keeps_its_address(edition, clock):
    clock.shift(timedelta(days=30))
    assert edition.listing(edition.office).place.address == STREET


def test_no_text_of_a_held_listing_tells_of_the_place(edition, clock):
    clock.shift(timedelta(hours=49))
    assert "Introuvable" not in repr(edition.listing(edition.shelter))


def test_a_name_that_tells_of_the_place_is_replaced_by_the_kind_of_help(app, clock, directory, build):
    shelter(directory, f"Maison du {STREET}", description=Bilingual(None, None))
    build()
    clock.shift(timedelta(hours=49))
    listing = EditionReader(app.config["EDITION_DIR"]).current().listing(0)

    assert "Introuvable" not in repr(listing)
    assert listing.name.fr


def test_a_note_of_contact_from_the_future_does_not_count(app, edition, clock):
    note_contact(app.config["EDITION_DIR"], START + timedelta(days=400))
    clock.shift(timedelta(hours=49))

    assert edition.listing(edition.shelter).place.is_held


def test_a_clock_set_back_by_more_than_the_time_is_silence(edition, clock):
    clock.move_to(START - timedelta(hours=49))
    assert edition.listing(edition.shelter).place.is_held


def test_the_time_is_a_setting(app, edition, clock):
    reader = EditionReader(app.config["EDITION_DIR"], timedelta(hours=6))
    clock.shift(timedelta(hours=7))

    assert reader.current().listing(edition.shelter).place.is_held
    assert not edition.listing(edition.shelter).place.is_held


def pages_of(service_id):
    return (
        "/fr/services?q=maison",
        "/en/services?q=maison",
        f"/fr/services/{service_id}",
        f"/en/services/{service_id}",
        "/fr/services.geojson?q=maison",
        f"/fr/selection?id={service_id}",
    )


def test_no_page_shows_the_address_after_the_silence_not_even_one_kept_from_before(visitor, edition, clock):
    pages = pages_of(edition.shelter_id)
    before = [visitor.get(page).text for page in pages]
    assert any(STREET in text for text in before)
    clock.shift(timedelta(hours=49))
    after = "".join(visitor.get(page).text for page in pages)

    assert not any(secret in after for secret in ("Introuvable", CODE))


@pytest.fixture
def serves_nobody_knows_whom(session, edition, build):
    """The shelter without a territory, so that its card says where it is."""
    service = session.get_one(Service, edition.shelter_id)
    service.service_areas.clear()
    service.revision = 12
    session.add(Revision(number=12, occurred_at=START, actor="Exemple", reason="test"))
    session.commit()
    build()


@pytest.mark.usefixtures("serves_nobody_knows_whom")
def test_cards_kept_from_before_the_silence_are_not_shown(visitor, clock):
    assert TOWN in visitor.get("/fr/services?q=hebergement").text
    clock.shift(timedelta(hours=49))

    assert TOWN not in visitor.get("/fr/services?q=hebergement").text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The address is not shown for now"),
        ("fr", "L’adresse n’est pas affichée pour le moment"),
    ],
)
def test_the_page_says_why_it_shows_no_address(visitor, edition, clock, language, sentence):
    clock.shift(timedelta(hours=49))
    text = visitor.get(f"/{language}/services/{edition.shelter_id}").text

    assert sentence in text.replace("&#39;", "'")


def silent_reader(app, number, name="autre.exemple-1"):
    """Leave the note of a process of another machine, not heard of for an hour."""
    folder = app.config["EDITION_DIR"] / "readers"
    folder.mkdir(exist_ok=True)
    note = ReaderNote(name, "autre.exemple", 1, number, START - timedelta(hours=1))
    (folder / f"{name}.json").write_bytes(msgspec.json.encode(note))


@pytest.fixture
def run(app, session, clock):
    def run(*arguments):
        return app.test_cli_runner(env={"LC_ALL": "en_CA.UTF-8"}).invoke(args=["relais", *arguments])

    return run


def test_the_command_names_each_reader_and_says_who_is_silent(app, run):
    silent_reader(app, 3)
    output = run("edition", "readers").output

    assert "autre.exemple-1 shows edition 3" in output
    assert "silent" in output


def test_the_command_forgets_a_reader(app, run):
    silent_reader(app, 3)
    assert run("edition", "readers", "--forget", "autre.exemple-1").exit_code == 0
    assert list_readers(app.config["EDITION_DIR"]) == []


def test_the_command_refuses_to_forget_who_is_not_there(run):
    assert run("edition", "readers", "--forget", "../tick").exit_code == 1


def test_the_doctor_mentions_a_silent_reader(app, run):
    silent_reader(app, 3)
    assert "autre.exemple-1 was not heard of" in run("doctor").output


def test_the_doctor_says_that_no_sign_comes(app, run):
    note_contact(app.config["EDITION_DIR"], START - timedelta(hours=60))
    assert "No sign of whoever publishes for 48 hours" in run("doctor").output


def test_a_vetter_sees_who_is_silent_and_what_waits_for_it(app, session, people, browser_of, directory):
    service = directory.add()
    silent_reader(app, 0)
    author = Author(Actor("Exemple"), Via.VETTER)
    with writing(session):
        withdraw(session, service, WithdrawalKind.CLOSED, author, START)
    vetter = people.add("robin.exemple", (Role.VETTER, None))
    page = browser_of(vetter).get("/en/vetting/readers").text

    assert "Silent" in page
    assert page.count("autre.exemple-1") == 2


def test_only_whoever_runs_relais_forgets_a_reader(app, people, browser_of, clock):
    silent_reader(app, 3)
    vetter = browser_of(people.add("robin.exemple", (Role.VETTER, None)))
    assert vetter.post("/en/vetting/readers/forget", {"name": "autre.exemple-1"}).status_code == 404
    operator = browser_of(people.operator())
    assert operator.post("/en/vetting/readers/forget", {"name": "autre.exemple-1"}).status_code == 303
    assert list_readers(app.config["EDITION_DIR"]) == []


def test_a_partner_sees_no_readers(people, browser_of):
    assert browser_of(people.lead()).get("/en/vetting/readers").status_code == 404
