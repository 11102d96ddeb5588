"""The real catalogue, imported and built into an edition once for all tests that search it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from referral.catalogue.importing import import_catalogue
from referral.catalogue.listing import Listing
from referral.edition.builder import INDEX, EditionFolder, build_edition
from referral.edition.store import ListingStore
from referral.search.index import Index
from referral.shared.database import db, directory_session, writing
from referral.shared.paths import DATA
from tests.conftest import migrated_app


@dataclass(frozen=True)
class RealCatalogue:
    """What an edition of data/catalogue holds."""

    listings: list[Listing]
    index: Index


@pytest.fixture(scope="session")
def real_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCatalogue]:
    """Take the catalogue the whole way: import, edition, index as a worker opens it."""
    folder: Path = tmp_path_factory.mktemp("real")
    applications = migrated_app(f"sqlite:///{folder}/directory.db", folder / "editions")
    with next(applications).app_context():
        with writing(directory_session()) as session:
            import_catalogue(session, DATA / "catalogue", "test")
        build_edition(directory_session(), folder / "editions", "sourced", kept=1)
        shown = EditionFolder(folder / "editions").current()
        assert shown is not None
        yield RealCatalogue(list(ListingStore(shown)), Index.open(shown / INDEX))
        db.session.remove()
    next(applications, None)
