from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from filelock import Timeout

from referral.catalogue.models import ServiceStatus
from referral.catalogue.trust import Trust
from referral.edition import builder
from referral.edition.builder import OlderDirectoryError
from referral.edition.folder import EditionFolder
from referral.edition.manifest import read_manifest, write_manifest
from referral.edition.reader import Edition, EditionReader
from referral.edition.store import ListingStore
from referral.shared.bilingual import Bilingual
from tests.conftest import ON_ONE_BACKEND


@pytest.fixture
def folder(app, session):
    return EditionFolder(app.config["EDITION_DIR"])


def names(folder):
    return {listing.name.fr for listing in ListingStore(folder.current())}


def test_the_number_of_an_edition_is_the_revision_of_the_directory(directory, build):
    directory.add()
    directory.add()

    assert build().manifest.number == 2


def test_the_same_directory_gives_the_same_digest(directory, build, folder):
    directory.add()
    first = build().manifest
    folder.pointer.unlink()

    assert build().manifest.digest == first.digest


def test_building_again_keeps_the_edition_that_is_shown(directory, build, folder):
    directory.add()
    build()
    before = folder.pointer.stat()
    again = build()

    assert (again.compiled, again.reused) == (0, 1)
    assert folder.pointer.stat().st_ino == before.st_ino


def test_only_what_changed_is_compiled_again(directory, build, folder):
    changed = directory.add("Avant")
    directory.add("Autre")
    build()
    directory.change(changed, name=Bilingual("Après", None))
    built = build()

    assert (built.compiled, built.reused) == (1, 1)
    assert names(folder) == {"Après", "Autre"}


def test_an_edition_made_of_pieces_is_the_one_made_at_once(directory, build, folder):
    changed = directory.add("Avant")
    directory.add("Autre")
    build()
    directory.change(changed, name=Bilingual("Après", None))
    in_pieces = build().manifest.digest
    folder.pointer.unlink()

    assert build().manifest.digest == in_pieces


def test_a_change_of_the_organization_reaches_its_listings(directory, build, folder):
    service = directory.add()
    build()
    service.organization.name = Bilingual("Organisme Exemple renommé", None)
    service.organization.revision = directory.revise()
    directory.session.commit()
    build()

    assert ListingStore(folder.current())[0].organization.name.fr == "Organisme Exemple renommé"


def test_another_least_step_compiles_everything_anew(directory, build):
    directory.add(trust=Trust.VETTED)
    build("sourced")

    assert build("vetted").compiled == 1


@ON_ONE_BACKEND
@pytest.mark.parametrize("least", ["sourced", "contacted", "verified", "vetted"])
@pytest.mark.parametrize("trust", Trust)
def test_only_the_steps_from_the_least_one_on_are_shown(trust, least, directory, build):
    directory.add(trust=trust)
    order = ["sourced", "contacted", "verified", "vetted"]
    shown = trust.value in order[order.index(least) :]

    assert build(least).manifest.services == int(shown)


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (ServiceStatus.ACTIVE, 1),
        (ServiceStatus.TEMPORARILY_CLOSED, 1),
        (ServiceStatus.INACTIVE, 0),
        (ServiceStatus.DEFUNCT, 0),
    ],
)
def test_what_no_longer_exists_is_not_shown(status, shown, directory, build):
    directory.add(status=status)

    assert build().manifest.services == shown


def test_an_empty_directory_gives_an_empty_edition(build):
    assert build().manifest.services == 0


def test_an_interrupted_build_shows_nothing_and_leaves_nothing(directory, build, folder, monkeypatch):
    directory.add("Avant")
    build()
    shown = folder.current()
    directory.add("Après")
    monkeypatch.setattr(builder, "write_manifest", lambda *_: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        build()

    assert folder.current() == shown
    assert [path for path in folder.root.iterdir() if path.name.startswith(".building")] == []


def test_a_directory_older_than_what_is_shown_is_refused(directory, build, folder):
    directory.add()
    build()
    manifest = read_manifest(folder.current())
    write_manifest(folder.current(), msgspec.structs.replace(manifest, number=manifest.number + 1))

    with pytest.raises(OlderDirectoryError):
        build()


def test_a_damaged_edition_is_mended_by_the_next_build(directory, build, folder):
    directory.add()
    digest = build().manifest.digest
    (folder.current() / "listings.jsonl").write_bytes(b"not a listing\n")
    build()

    assert Edition(folder.current()).manifest.digest == digest


def test_old_editions_are_deleted_but_for_the_newest(directory, build, folder):
    for number in range(5):
        directory.add(f"Service {number}")
        build(kept=2)

    assert len([path for path in folder.root.iterdir() if path.is_dir()]) == 2


def test_a_second_publisher_waits_for_the_first(directory, build, folder):
    directory.add()
    with ThreadPoolExecutor(1) as other, folder.lock():
        waiting = other.submit(folder.lock().acquire, timeout=0.05)

        assert isinstance(waiting.exception(), Timeout)


def test_a_reader_notices_the_next_edition(directory, build, folder):
    directory.add()
    build()
    reader = EditionReader(folder.root)
    assert len(reader.current().listings) == 1
    directory.add()
    build()

    assert len(reader.current().listings) == 2


def test_a_reader_never_goes_back_to_an_older_edition(directory, build, folder):
    directory.add()
    build()
    older = folder.current()
    directory.add()
    build()
    reader = EditionReader(folder.root)
    reader.current()
    folder.show(older)

    assert reader.current().manifest.number == 2


def test_a_reader_keeps_what_it_has_when_the_next_is_damaged(directory, build, folder, caplog):
    directory.add("Bon")
    build()
    reader = EditionReader(folder.root)
    reader.current()
    directory.add("Autre")
    build()
    (folder.current() / "organizations.json").write_bytes(b"[]")

    assert [listing.name.fr for listing in reader.current().listings] == ["Bon"]
    assert "damaged" in caplog.text


def test_an_edition_stays_readable_after_its_files_are_deleted(directory, build, folder):
    directory.add("Bon")
    build()
    edition = EditionReader(folder.root).current()
    directory.add("Autre")
    build(kept=1)

    assert edition.listing(0).name.fr == "Bon"


def test_a_listing_without_a_name_in_french_is_not_published(directory, build):
    service = directory.add()
    directory.change(service, name=Bilingual(None, "Example Service"))

    assert build().manifest.services == 0


def test_a_listing_without_a_name_in_english_is_published(directory, build):
    directory.add("Service Exemple")

    assert build().manifest.services == 1
